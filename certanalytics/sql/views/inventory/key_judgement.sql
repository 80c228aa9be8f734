-- One row is one kind of key in the estate and what the facts say of it at $as_of.
-- A rule for any certificate gives `weak`, one for publicly trusted ones `weak_if_public`; what a rule asks about and no
-- export tells does not break it. The sunset years are those of NIST IR 8547, an initial public draft; a key it does not
-- list is not vulnerable to a quantum computer or unknown.
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
    any_value(s.strength_bits) AS strength_bits,
    any_value(s.deprecated_after) AS deprecated_after,
    any_value(s.disallowed_after) AS disallowed_after
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
    AND coalesce(k.key_bits, 0) >= s.bits_from
    AND coalesce(k.key_bits < s.bits_below, s.bits_below IS NULL)
GROUP BY k.key_algorithm, k.key_bits, k.key_curve, k.rsa_exponent
