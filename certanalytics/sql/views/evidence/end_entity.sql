-- One row is one TLS server certificate known at $as_of: one issuance, with its names and where it was met.
-- CA certificates and certificates for other purposes are left out; `purpose` tells which is which.
WITH named AS (
    SELECT identity, list_sort(list(name)) AS names, list_sort(list(DISTINCT registered_domain)) AS registered_domains
    FROM name
    GROUP BY identity
)

SELECT
    p.* EXCLUDE (purpose),
    coalesce(n.names, []) AS names,
    coalesce(n.registered_domains, []) AS registered_domains
FROM purpose($as_of) AS p
LEFT JOIN named AS n ON n.identity = p.certificate
WHERE p.purpose = 'server'
