-- One row is one change of certificate at one endpoint, the new one in scope, latest first.
-- `recorded`: a CA, manager or cloud keeps a record of the new certificate; absent where no record could tell.
SELECT
    c.endpoint,
    c.previous,
    c.certificate,
    c.previous_last_shown,
    c.first_shown,
    c.material,
    c.differs,
    c.previous_ca_owner,
    c.ca_owner,
    c.previous_owner,
    i.owner,
    i.subject_cn,
    i.names,
    c.recorded,
    i.business_unit,
    i.criticality,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
JOIN endpoint_change($as_of) AS c ON c.certificate = i.certificate
ORDER BY c.first_shown DESC, c.endpoint, c.certificate
