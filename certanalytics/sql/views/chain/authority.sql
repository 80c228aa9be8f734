-- One row is one CA certificate known at $as_of: met in a chain, a file, a log or a record, or listed by a root programme.
-- As elsewhere a list of CAs counts even if it is from later. `is_root`: it is self-issued, so a path ends with it. What is
-- only said of a CA is left out where a CA certificate of that common name is known in full: it is most likely the same.
SELECT
    c.identity AS authority,
    c.sha256,
    c.subject_dn,
    c.subject_cn,
    c.subject_o,
    c.subject_ou,
    c.subject_key_id,
    c.issuer_dn,
    c.issuer_cn,
    c.issuer_o,
    c.authority_key_id,
    coalesce(c.is_self_issued, c.subject_dn = c.issuer_dn) AS is_root,
    c.not_before,
    c.not_after,
    c.key_algorithm,
    c.spki_sha256
FROM certificate AS c
WHERE
    c.is_ca
    AND c.subject_dn IS NOT NULL
    AND c.identity IN (SELECT identity FROM known($as_of) UNION SELECT certificate FROM ca_listing)
QUALIFY c.evidence = 'der' OR NOT bool_or(c.evidence = 'der') OVER (PARTITION BY lower(c.subject_cn))
