-- One row is one issuing CA, with its share of the certificates in service, largest first.
-- Certificates that sign themselves share one row: each is its own issuer.
SELECT
    issuing_ca,
    min(ca_owner) AS ca_owner,
    count(*) AS certificates,
    count(*) / nullif(sum(count(*)) OVER (), 0) AS share,
    count(*) FILTER (WHERE critical) AS critical,
    sum(endpoints)::BIGINT AS endpoints
FROM (
    SELECT *, if(trust = 'self-signed', trust, coalesce(issuer_cn, issuer_dn, 'unknown')) AS issuing_ca
    FROM inventory($as_of)
    WHERE in_service
)
GROUP BY issuing_ca
ORDER BY certificates DESC, issuing_ca
