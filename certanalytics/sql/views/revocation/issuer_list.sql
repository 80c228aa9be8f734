-- One row is one issuer as certificates name it, and the state of the best of its revocation lists: current before open
-- before ended. Issuers without a list are not in it.
SELECT
    n.issuer_dn,
    n.authority_key_id,
    list_extract(['current', 'open', 'ended'], min(list_position(['current', 'open', 'ended'], l.state))) AS state,
    max(l.this_update) AS this_update
FROM (SELECT DISTINCT issuer_dn, authority_key_id FROM leaf_issuer) AS n
JOIN issuer_spelling AS s ON s.issuer_dn = n.issuer_dn
JOIN newest_list($as_of) AS l
    ON l.issuer_parts = s.issuer_parts AND (l.authority_key_id = n.authority_key_id) IS NOT FALSE
GROUP BY n.issuer_dn, n.authority_key_id
