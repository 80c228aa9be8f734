-- One row is one certificate in service and its key, with whether a certificate for that key is at hand in full.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.spki_sha256,
    i.key_algorithm,
    i.key_bits,
    m.sha256 IS NOT NULL AS at_hand,
    i.issuer_cn,
    i.trust,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.critical,
    i.owner,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
LEFT JOIN key_material($as_of) AS m ON m.spki_sha256 = i.spki_sha256
WHERE i.in_service
ORDER BY i.certificate
