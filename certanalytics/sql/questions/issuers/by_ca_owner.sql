-- One row is one CA owner, with its share of the certificates in service, largest first.
SELECT
    ca_owner,
    count(*) AS certificates,
    count(*) / nullif(sum(count(*)) OVER (), 0) AS share,
    count(*) FILTER (WHERE critical) AS critical,
    count(*) FILTER (WHERE critical) / nullif(sum(count(*) FILTER (WHERE critical)) OVER (), 0) AS critical_share,
    count(DISTINCT issuer_cn) AS issuing_cas,
    sum(endpoints)::BIGINT AS endpoints,
    count(*) FILTER (WHERE trust = 'public') AS public
FROM inventory($as_of)
WHERE in_service
GROUP BY ca_owner
ORDER BY certificates DESC, ca_owner
