-- One row is what can be said of the keys and signatures of all certificates in service.
-- An RSA or elliptic-curve key of which no export tells size or curve cannot be judged and is not known.
WITH chained AS (
    SELECT
        c.certificate,
        bool_or(a.weak_signature IS NOT NULL AND a.is_self_issued IS FALSE) AS weak,
        bool_or(a.is_self_issued IS NULL OR (a.signature_hash IS NULL AND NOT a.is_self_issued)) AS unclear
    FROM chain_above($as_of) AS c
    LEFT JOIN certificate_content($as_of) AS a ON a.certificate = c.above
    GROUP BY c.certificate
)

SELECT
    count(*) AS in_service,
    count(*) FILTER (
        WHERE
            i.key_algorithm IS NULL
            OR (i.key_algorithm IN ('RSA', 'RSASSA-PSS', 'EC') AND i.key_bits IS NULL AND i.key_curve IS NULL)
    ) AS key_unknown,
    count(*) FILTER (
        WHERE i.signature_hash IS NULL AND i.signature_algorithm IS NULL AND i.trust <> 'self-signed'
    ) AS signature_unknown,
    count(*) FILTER (WHERE i.trust = 'self-signed') AS self_signed,
    count(i.weak_key) AS weak_keys,
    count(i.weak_signature) AS weak_signatures,
    count(*) FILTER (WHERE i.key_algorithm IN ('RSA', 'RSASSA-PSS')) AS rsa,
    count(c.rsa_exponent) FILTER (WHERE i.key_algorithm IN ('RSA', 'RSASSA-PSS')) AS exponent_known,
    count(*) FILTER (
        WHERE
            i.key_algorithm IN ('RSA', 'RSASSA-PSS')
            AND c.rsa_exponent < (SELECT value FROM facts.threshold WHERE name = 'rsa_exponent_least')
    ) AS small_exponents,
    count(*) FILTER (WHERE h.weak OR NOT h.unclear) AS chain_known,
    count(*) FILTER (WHERE h.weak) AS weak_chains,
    count(*) FILTER (WHERE i.strength_bits IS NOT NULL AND i.key_bits IS NOT NULL) AS strength_known,
    count(*) FILTER (
        WHERE
            i.key_bits IS NOT NULL
            AND i.strength_bits >= (SELECT value FROM facts.threshold WHERE name = 'key_strength_bits')
    ) AS strong_keys,
    count(*) FILTER (WHERE i.quantum_vulnerable) AS quantum_vulnerable,
    count(*) FILTER (WHERE i.quantum_vulnerable AND i.not_after IS NULL) AS undated,
    count(*) FILTER (WHERE i.quantum_vulnerable AND year(i.not_after) > 2030) AS end_after_2030,
    count(*) FILTER (WHERE i.outlives_deprecation) AS outlive_deprecation,
    count(*) FILTER (WHERE i.outlives_disallowance) AS outlive_disallowance
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
LEFT JOIN chained AS h ON h.certificate = i.certificate
WHERE i.in_service
ORDER BY in_service
