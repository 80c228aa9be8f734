-- One row is what can be said of the keys and signatures of all certificates in service.
-- An RSA or elliptic-curve key of which no export tells size or curve cannot be judged and is not known.
SELECT
    count(*) AS in_service,
    count(*) FILTER (
        WHERE
            key_algorithm IS NULL
            OR (key_algorithm IN ('RSA', 'RSASSA-PSS', 'EC') AND key_bits IS NULL AND key_curve IS NULL)
    ) AS key_unknown,
    count(*) FILTER (
        WHERE signature_hash IS NULL AND signature_algorithm IS NULL AND trust <> 'self-signed'
    ) AS signature_unknown,
    count(*) FILTER (WHERE trust = 'self-signed') AS self_signed,
    count(weak_key) AS weak_keys,
    count(weak_signature) AS weak_signatures,
    count(*) FILTER (WHERE quantum_vulnerable) AS quantum_vulnerable,
    count(*) FILTER (WHERE quantum_vulnerable AND not_after IS NULL) AS undated,
    count(*) FILTER (WHERE quantum_vulnerable AND year(not_after) > 2030) AS end_after_2030,
    count(*) FILTER (WHERE outlives_deprecation) AS outlive_deprecation,
    count(*) FILTER (WHERE outlives_disallowance) AS outlive_disallowance
FROM inventory($as_of)
WHERE in_service
ORDER BY in_service
