-- One row is one quarter of issue and one class of keys, with the certificates known that were issued in it, oldest first.
-- All certificates of the inventory count, in service or not: only so does a trend show what is chosen, not what is left.
SELECT
    date_trunc('quarter', not_before)::TIMESTAMP AS quarter,
    CASE
        WHEN key_algorithm IN ('RSA', 'RSASSA-PSS') AND key_bits IS NULL THEN 'RSA of unknown size'
        WHEN
            key_algorithm IN ('RSA', 'RSASSA-PSS')
            AND strength_bits < (SELECT value FROM facts.threshold WHERE name = 'key_strength_bits')
            THEN 'RSA below 128 bits of strength'
        WHEN key_algorithm IN ('RSA', 'RSASSA-PSS') THEN 'RSA of 128 bits of strength or more'
        WHEN key_algorithm IN ('EC', 'Ed25519', 'Ed448') THEN 'elliptic curve'
        ELSE coalesce(key_algorithm, 'not known')
    END AS key_class,
    count(*) AS certificates
FROM inventory($as_of)
WHERE not_before <= $as_of::TIMESTAMP
GROUP BY quarter, key_class
ORDER BY quarter, key_class
