-- One row is one issuer as certificates name it, and until when the paths above it are valid.
-- `path_ends`: until when the longest-lived path known is valid, the earliest end of the CA certificates on it.
-- `root_path_ends`: the same of paths known up to a root alone: what stands above the others may end earlier.
-- `is_dated` is false where the end of a CA certificate above it is not known.
SELECT
    n.issuer_dn,
    n.authority_key_id,
    max(n.ends) FILTER (WHERE n.is_end) AS path_ends,
    max(n.ends) FILTER (WHERE n.is_root) AS root_path_ends,
    bool_and(a.not_after IS NOT NULL) AS is_dated
FROM issuer_ancestor($as_of) AS n
JOIN authority($as_of) AS a ON a.authority = n.authority
GROUP BY n.issuer_dn, n.authority_key_id
