-- One row is one revocation list, the newest loaded of its issuer and key, those that have ended first.
-- `certificates` counts those of the inventory that its issuer signed: where it is 0 the list is about somebody else's.
WITH signed AS (
    SELECT n.issuer_parts, l.authority_key_id, count(*) AS certificates, count(*) FILTER (WHERE i.in_service) AS in_service
    FROM inventory($as_of) AS i
    JOIN leaf_issuer AS l ON l.certificate = i.certificate
    JOIN issuer_spelling AS n ON n.issuer_dn = l.issuer_dn
    GROUP BY n.issuer_parts, l.authority_key_id
)

SELECT
    r.issuer_dn,
    r.crl_number,
    r.this_update,
    r.next_update,
    r.state,
    any_value(floor((epoch_us(r.next_update) - epoch_us($as_of::TIMESTAMP)) / 3600000000)::BIGINT) AS hours_left,
    any_value(r.entries) AS entries,
    coalesce(sum(s.certificates), 0)::BIGINT AS certificates,
    coalesce(sum(s.in_service), 0)::BIGINT AS in_service,
    r.path
FROM newest_list($as_of) AS r
LEFT JOIN signed AS s
    ON s.issuer_parts = r.issuer_parts AND (s.authority_key_id = r.authority_key_id) IS NOT FALSE
GROUP BY r.issuer_dn, r.authority_key_id, r.crl_number, r.this_update, r.next_update, r.state, r.path
ORDER BY list_position(['ended', 'open', 'current'], r.state), in_service DESC, r.issuer_dn, r.this_update
