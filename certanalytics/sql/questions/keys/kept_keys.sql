-- One row is one certificate whose successor was issued for the same key, latest renewal first.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.successor,
    i.successor_rule,
    i.successor_in_service,
    i.in_service,
    i.spki_sha256,
    i.not_before,
    i.not_after,
    i.issuer_cn,
    i.business_unit,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS n ON n.certificate = i.successor
WHERE i.spki_sha256 = n.spki_sha256
ORDER BY i.not_after DESC, i.certificate
