-- One row is one certificate in service whose key is older than key_age_days, oldest key first.
-- `key_since` is when the key is first known to have existed; `renewed_with_it` says that the certificate began later.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    h.known_since AS key_since,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(h.known_since)) / 86400000000)::INTEGER AS key_age_days,
    i.not_before > h.known_since AS renewed_with_it,
    i.spki_sha256,
    i.key_algorithm,
    i.key_bits,
    i.key_curve,
    i.trust,
    i.not_before,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN key_history($as_of) AS h ON h.spki_sha256 = i.spki_sha256
WHERE
    i.in_service
    AND h.known_since <= $as_of::TIMESTAMP
    - to_days((SELECT value::INTEGER + 1 FROM facts.threshold WHERE name = 'key_age_days'))
ORDER BY h.known_since, i.endpoints DESC, i.certificate
