-- One row is one kind of key and whether it is weak, with the certificates in service that have it, most first.
SELECT
    key_algorithm,
    key_bits,
    key_curve,
    count(*) AS certificates,
    count(*) / nullif(sum(count(*)) OVER (), 0) AS share,
    weak_key IS NOT NULL AS weak,
    weak_key AS reason,
    min(strength_bits) AS strength_bits,
    min(quantum_vulnerable) AS quantum_vulnerable,
    sum(endpoints)::BIGINT AS endpoints
FROM inventory($as_of)
WHERE in_service
GROUP BY key_algorithm, key_bits, key_curve, weak_key
ORDER BY certificates DESC, key_algorithm, key_bits, key_curve, reason
