-- One row is of how many certificates in service something is known above them.
SELECT
    count(*) AS in_service,
    count(*) FILTER (WHERE i.trust = 'self-signed') AS self_signed,
    count(p.issuer_dn) AS with_issuer,
    count(*) FILTER (WHERE p.has_root) AS with_root
FROM inventory($as_of) AS i
LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
LEFT JOIN (
    SELECT issuer_dn, authority_key_id, bool_or(is_root) AS has_root
    FROM issuer_ancestor($as_of)
    GROUP BY issuer_dn, authority_key_id
) AS p
    ON p.issuer_dn = l.issuer_dn AND p.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
WHERE i.in_service
ORDER BY in_service
