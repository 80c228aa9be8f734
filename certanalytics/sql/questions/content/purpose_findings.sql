-- One row is one certificate in service whose key usage or extended key usage breaks a rule, critical ones first.
WITH rule AS MATERIALIZED (
    SELECT * EXCLUDE (broken), unnest(broken, recursive := true) FROM purpose_judgement($as_of)
),

found AS (
    SELECT i.certificate, string_agg(r.reason, '; ' ORDER BY r.reason) AS reason
    FROM inventory($as_of) AS i
    JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
    JOIN rule AS r
        ON
        r.key_usage = c.key_usage
        AND r.extended_key_usage = c.extended_key_usage
        AND r.key_algorithm IS NOT DISTINCT FROM i.key_algorithm
        AND r.is_ca = coalesce(c.is_ca, false)
        AND r.whole = c.pointers_known
        AND r.issued_from <= coalesce(i.not_before, $as_of::TIMESTAMP)
        AND (r.applies_to = 'any' OR i.trust = 'public')
    WHERE i.in_service AND c.purposes_known
    GROUP BY i.certificate
)

SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    f.reason,
    i.trust,
    array_to_string(c.key_usage, ', ') AS key_usage,
    array_to_string(c.extended_key_usage, ', ') AS extended_key_usage,
    i.issuer_cn,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.critical,
    i.owner,
    i.owner_state
FROM found AS f
JOIN inventory($as_of) AS i ON i.certificate = f.certificate
JOIN certificate_content($as_of) AS c ON c.certificate = f.certificate
ORDER BY i.critical DESC, i.endpoints DESC, i.certificate
