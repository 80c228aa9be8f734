-- One row is one kind of key in the estate and what the facts say of it at $as_of.
-- A rule for any certificate gives `weak`, one for publicly trusted ones `weak_if_public`; what a rule asks about and no
-- export tells does not break it. The sunset years are those of NIST IR 8547, an initial public draft; a key it does not
-- list is not vulnerable to a quantum computer or unknown. Of a key of unknown size stands here what all sizes share.
WITH kind AS (
    SELECT DISTINCT key_algorithm, key_bits, key_curve, rsa_exponent
    FROM certificate
    WHERE key_algorithm IS NOT NULL
),

broken AS (
    SELECT k.key_algorithm, k.key_bits, k.key_curve, k.rsa_exponent, r.applies_to, r.reason
    FROM kind AS k
    JOIN facts.weak_key AS r ON r.key_algorithm = k.key_algorithm
    WHERE
        r.effective_from <= $as_of::TIMESTAMP
        AND coalesce(k.key_bits < r.bits_below, r.bits_below IS NULL)
        AND coalesce(k.key_bits % r.bits_multiple_of <> 0, r.bits_multiple_of IS NULL)
        AND coalesce(k.rsa_exponent < r.exponent_below, r.exponent_below IS NULL)
        AND coalesce((k.rsa_exponent % 2 = 0) = r.exponent_even, r.exponent_even IS NULL)
        AND NOT coalesce(list_contains(string_split(r.curves_allowed, ';'), k.key_curve), false)
        AND (r.curves_allowed IS NULL OR r.curves_allowed = 'none' OR k.key_curve IS NOT NULL)
)

SELECT
    k.key_algorithm,
    k.key_bits,
    k.key_curve,
    k.rsa_exponent,
    min(b.reason) FILTER (WHERE b.applies_to = 'any') AS weak,
    min(b.reason) FILTER (WHERE b.applies_to = 'public') AS weak_if_public,
    if(count(DISTINCT s.strength_bits) = 1, min(s.strength_bits), NULL) AS strength_bits,
    if(bool_and(s.deprecated_after IS NOT NULL), min(s.deprecated_after), NULL) AS deprecated_after,
    if(bool_and(s.disallowed_after IS NOT NULL), min(s.disallowed_after), NULL) AS disallowed_after
FROM kind AS k
LEFT JOIN broken AS b
    ON
    b.key_algorithm = k.key_algorithm
    AND b.key_bits IS NOT DISTINCT FROM k.key_bits
    AND b.key_curve IS NOT DISTINCT FROM k.key_curve
    AND b.rsa_exponent IS NOT DISTINCT FROM k.rsa_exponent
LEFT JOIN facts.algorithm_sunset AS s
    ON
    s.key_algorithm = k.key_algorithm
    AND (k.key_bits >= s.bits_from) IS NOT FALSE
    AND (k.key_bits < s.bits_below) IS NOT FALSE
GROUP BY k.key_algorithm, k.key_bits, k.key_curve, k.rsa_exponent
