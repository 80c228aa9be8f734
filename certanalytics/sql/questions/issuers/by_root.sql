-- One row is one root, with its share of the certificates in service, largest first.
-- The row without a root holds certificates of which no chain to a root was seen.
SELECT
    if(trust = 'self-signed', trust, root_cn) AS root,
    root AS root_dn,
    min(ca_owner) AS ca_owner,
    count(*) AS certificates,
    count(*) / nullif(sum(count(*)) OVER (), 0) AS share,
    count(*) FILTER (WHERE critical) AS critical,
    sum(endpoints)::BIGINT AS endpoints
FROM inventory($as_of)
WHERE in_service
GROUP BY ALL
ORDER BY certificates DESC, root_dn
