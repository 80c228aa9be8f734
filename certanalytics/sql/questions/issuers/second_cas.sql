-- One row is one public certificate in service, its owner, and which CA owners CAA records let issue for its names.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.ca_owner,
    i.owner,
    i.owner_state,
    i.critical,
    i.not_after,
    c.caa_told,
    c.caa_restricted,
    c.caa_allowed,
    c.caa_closed
FROM inventory($as_of) AS i
LEFT JOIN caa_allowance($as_of) AS c ON c.certificate = i.certificate
WHERE i.in_service AND i.trust = 'public'
ORDER BY i.critical DESC, i.not_after, i.certificate
