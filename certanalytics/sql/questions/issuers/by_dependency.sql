-- One row is one thing that certificates in service rest on: a CA owner, a root, an issuing key or an ACME account.
-- The row of a kind without a name holds certificates of which no loaded export tells it. A self-signed certificate
-- rests on itself alone. Endpoints are counted for each certificate they present.
WITH rests AS (
    SELECT
        i.certificate,
        i.critical,
        i.endpoints,
        if(i.trust = 'self-signed', 'self-signed ' || i.certificate, NULL) AS itself,
        nullif(i.ca_owner, 'unknown') AS ca_owner,
        i.root,
        k.issuing_key
    FROM inventory($as_of) AS i
    LEFT JOIN issuing_key($as_of) AS k ON k.certificate = i.certificate
    WHERE i.in_service
),

-- A certificate known to two clients rests on both accounts.
named AS (
    SELECT certificate, critical, endpoints, 'CA owner' AS dependency, coalesce(itself, ca_owner) AS name FROM rests
    UNION ALL
    SELECT certificate, critical, endpoints, 'root', coalesce(itself, root) FROM rests
    UNION ALL
    SELECT certificate, critical, endpoints, 'issuing key', coalesce(itself, issuing_key) FROM rests
    UNION ALL
    SELECT r.certificate, r.critical, r.endpoints, 'ACME account', a.acme_account
    FROM rests AS r
    LEFT JOIN acme_account($as_of) AS a ON a.certificate = r.certificate
)

SELECT
    dependency,
    name,
    count(*) AS certificates,
    count(*) FILTER (WHERE critical) AS critical,
    sum(endpoints)::BIGINT AS endpoints,
    coalesce(sum(endpoints) FILTER (WHERE critical), 0)::BIGINT AS critical_endpoints
FROM named
GROUP BY dependency, name
ORDER BY dependency, certificates DESC, name
