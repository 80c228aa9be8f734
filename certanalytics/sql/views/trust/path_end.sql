-- One row is one issuer as certificates name it, and where one of the paths above it ends.
-- It ends with a root, or with the last CA certificate known, whose issuer is then named (`is_known` is false): servers
-- do not send roots, so the root is often known by name alone. Where no CA certificate is known, the issuer itself is named.
WITH ancestor AS MATERIALIZED (
    SELECT
        i.issuer_dn,
        i.authority_key_id,
        i.is_root,
        a.sha256,
        if(i.is_root, a.subject_dn, a.issuer_dn) AS end_dn,
        if(i.is_root, coalesce(a.subject_cn, a.subject_ou), a.issuer_cn) AS end_name,
        if(i.is_root, a.subject_o, a.issuer_o) AS end_o
    FROM issuer_ancestor($as_of) AS i
    JOIN authority($as_of) AS a ON a.authority = i.authority
    WHERE i.is_end
)

SELECT DISTINCT
    issuer_dn,
    authority_key_id,
    is_root AS is_known,
    if(is_root, sha256, NULL) AS root_sha256,
    end_dn,
    end_name,
    end_o
FROM ancestor
UNION
SELECT DISTINCT c.issuer_dn, c.authority_key_id, false, NULL, c.issuer_dn, c.issuer_cn, c.issuer_o
FROM known($as_of) AS k
JOIN certificate AS c ON c.identity = k.identity
LEFT JOIN ancestor AS a
    ON a.issuer_dn = c.issuer_dn AND a.authority_key_id IS NOT DISTINCT FROM c.authority_key_id
WHERE c.issuer_dn IS NOT NULL AND c.is_self_issued IS NOT TRUE AND a.issuer_dn IS NULL
