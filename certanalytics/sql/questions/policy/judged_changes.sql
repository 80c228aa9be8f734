-- One row is one certificate in scope that an endpoint began to present after another that is gone, as controls judge it.
-- `material`: issuer, key type, names or owner differ; `recorded`: a CA or manager has the new certificate, not known
-- where no record of its CA is as young as the change.
SELECT
    c.certificate || ' at ' || c.endpoint AS subject,
    c.endpoint AS display_name,
    c.certificate,
    c.previous,
    c.previous_last_shown,
    c.first_shown,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(c.first_shown)) / 86400000000)::INTEGER AS days_since,
    c.material,
    c.differs,
    c.recorded,
    c.previous_ca_owner,
    nullif(c.ca_owner, 'unknown') AS ca_owner,
    c.previous_owner,
    i.subject_cn,
    i.environment,
    i.service,
    i.business_unit,
    i.owner
FROM endpoint_change($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
ORDER BY subject
