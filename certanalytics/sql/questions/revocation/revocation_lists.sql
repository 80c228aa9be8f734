-- One row is one issuer of certificates in service and what tells whether they are revoked, most certificates first.
-- `list_state` is that of its newest revocation list loaded: 'current', 'open' (it names no next update), 'ended' or 'none'.
-- `answered`: a valid OCSP response or a statement of revocation tells of the certificate itself.
SELECT
    i.issuer_cn,
    coalesce(n.state, 'none') AS list_state,
    max(n.this_update) AS this_update,
    count(*) AS certificates,
    count(*) FILTER (WHERE r.status IN ('good', 'revoked', 'hold')) AS answered,
    count(*) FILTER (WHERE r.status IN ('revoked', 'hold')) AS revoked,
    min(l.issuer_dn) AS issuer_dn
FROM inventory($as_of) AS i
LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
LEFT JOIN issuer_list($as_of) AS n
    ON n.issuer_dn = l.issuer_dn AND n.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
LEFT JOIN revocation_status($as_of) AS r ON r.certificate = i.certificate
WHERE i.in_service AND i.trust <> 'self-signed'
GROUP BY i.issuer_cn, l.issuer_dn, l.authority_key_id, n.state
ORDER BY certificates DESC, i.issuer_cn, issuer_dn, list_state
