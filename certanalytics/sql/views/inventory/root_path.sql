-- One row is one issuer as certificates name it, and the self-issued root reached from it through CA certificates.
-- Steps go from issuer and authority key identifier to a CA certificate with that subject and subject key identifier
-- (RFC 5280 section 4.2.1.1; a side without identifier fits by name). Of several roots the nearest counts, of several as
-- near the first by name.
WITH RECURSIVE met AS MATERIALIZED (
    SELECT c.*
    FROM known($as_of) AS k
    JOIN certificate AS c ON c.identity = k.identity
),

authority AS MATERIALIZED (
    SELECT DISTINCT subject_dn, subject_key_id, subject_cn, issuer_dn, authority_key_id, is_self_issued
    FROM met
    WHERE is_ca
),

climb AS (
    SELECT DISTINCT
        issuer_dn AS from_dn,
        authority_key_id AS from_key,
        issuer_dn AS dn,
        authority_key_id AS key_id,
        0 AS depth
    FROM met
    WHERE issuer_dn IS NOT NULL
    UNION
    SELECT c.from_dn, c.from_key, a.issuer_dn, a.authority_key_id, c.depth + 1
    FROM climb AS c
    JOIN authority AS a ON a.subject_dn = c.dn AND (a.subject_key_id = c.key_id) IS NOT FALSE
    WHERE NOT a.is_self_issued AND c.depth < 8
)

SELECT
    c.from_dn AS issuer_dn,
    c.from_key AS authority_key_id,
    arg_min(r.subject_dn, (c.depth, r.subject_dn, r.subject_key_id, r.subject_cn)) AS root,
    arg_min(coalesce(r.subject_cn, r.subject_dn), (c.depth, r.subject_dn, r.subject_key_id, r.subject_cn)) AS root_cn,
    arg_min(r.subject_key_id, (c.depth, r.subject_dn, r.subject_key_id, r.subject_cn)) AS root_key_id
FROM climb AS c
JOIN (SELECT subject_dn, subject_key_id, subject_cn FROM authority WHERE is_self_issued) AS r
    ON r.subject_dn = c.dn AND (r.subject_key_id = c.key_id) IS NOT FALSE
GROUP BY c.from_dn, c.from_key
