-- One row is one issuer as certificates name it, and one CA certificate above it on one of the paths known.
-- Steps go by issuer and authority key identifier, as in `root_path`; a CA with several certificates (renewed or
-- cross-signed) opens several paths. `ends` is the latest moment until which some path from the issuer up to and with
-- this CA certificate is valid. `is_end`: no known CA certificate stands above it.
WITH RECURSIVE ca AS MATERIALIZED (SELECT * FROM authority($as_of)),

issuer_named AS (
    SELECT DISTINCT c.issuer_dn, c.authority_key_id
    FROM known($as_of) AS k
    JOIN certificate AS c ON c.identity = k.identity
    WHERE c.issuer_dn IS NOT NULL AND c.is_self_issued IS NOT TRUE
),

climb AS (
    SELECT n.issuer_dn AS from_dn, n.authority_key_id AS from_key, a.authority, a.not_after AS ends, 1 AS depth
    FROM issuer_named AS n
    JOIN ca AS a ON a.subject_dn = n.issuer_dn AND (a.subject_key_id = n.authority_key_id) IS NOT FALSE
    UNION
    SELECT c.from_dn, c.from_key, a.authority, least(c.ends, a.not_after), c.depth + 1
    FROM climb AS c
    JOIN ca AS b ON b.authority = c.authority AND NOT b.is_root
    JOIN ca AS a
        ON
        a.subject_dn = b.issuer_dn
        AND (a.subject_key_id = b.authority_key_id) IS NOT FALSE
        AND a.authority <> b.authority
    WHERE c.depth < 8
),

parented AS (
    SELECT DISTINCT b.authority
    FROM ca AS b
    JOIN ca AS a
        ON
        a.subject_dn = b.issuer_dn
        AND (a.subject_key_id = b.authority_key_id) IS NOT FALSE
        AND a.authority <> b.authority
    WHERE NOT b.is_root
)

SELECT
    c.from_dn AS issuer_dn,
    c.from_key AS authority_key_id,
    c.authority,
    min(c.depth) AS depth,
    max(c.ends) AS ends,
    any_value(a.is_root) AS is_root,
    any_value(p.authority IS NULL) AS is_end
FROM climb AS c
JOIN ca AS a ON a.authority = c.authority
LEFT JOIN parented AS p ON p.authority = c.authority
GROUP BY c.from_dn, c.from_key, c.authority
