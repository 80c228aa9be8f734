-- One row is one network (/24 of IPv4, /48 of IPv6) and what is presented there, largest first.
-- The row without a network holds what scans saw without an address. Endpoints are counted for each certificate they
-- present; one at addresses of two networks counts in both.
SELECT
    n.network AS name,
    count(DISTINCT n.certificate) AS certificates,
    count(DISTINCT n.certificate) FILTER (WHERE i.critical) AS critical,
    count(DISTINCT (n.certificate, n.endpoint)) AS endpoints,
    count(DISTINCT (n.certificate, n.endpoint)) FILTER (WHERE i.critical) AS critical_endpoints
FROM hosting_network($as_of) AS n
JOIN inventory($as_of) AS i ON i.certificate = n.certificate
WHERE i.in_service
GROUP BY n.network
ORDER BY certificates DESC, name
