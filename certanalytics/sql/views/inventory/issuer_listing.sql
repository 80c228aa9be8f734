-- One row is one issuer as certificates name it that a public root programme lists, itself or by the root above it.
-- The issuer is told by name and key identifier together: a name alone can be anybody's.
WITH authority AS MATERIALIZED (SELECT * FROM listed_authority($as_of)),

issuer_of AS (
    SELECT DISTINCT issuer_dn, lower(issuer_cn) AS issuer_cn, authority_key_id
    FROM certificate
    WHERE issuer_dn IS NOT NULL AND authority_key_id IS NOT NULL
),

found AS (
    SELECT i.issuer_dn, i.authority_key_id, 'its issuing CA' AS what, unnest(a.programmes) AS programme
    FROM issuer_of AS i
    JOIN authority AS a
        ON
        a.subject_key_id = i.authority_key_id
        AND coalesce(a.subject_dn = i.issuer_dn, a.subject_cn = i.issuer_cn, false)
    UNION ALL
    SELECT r.issuer_dn, r.authority_key_id, 'the root above it', unnest(a.programmes)
    FROM root_path($as_of) AS r
    JOIN authority AS a
        ON a.subject_key_id = r.root_key_id AND coalesce(a.subject_dn = r.root, a.subject_cn = lower(r.root_cn), false)
)

SELECT
    issuer_dn,
    authority_key_id,
    min(what) || ' is on the root list of ' || array_to_string(list_sort(list(DISTINCT programme)), ', ') AS evidence
FROM found
GROUP BY issuer_dn, authority_key_id
