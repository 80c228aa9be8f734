-- One row is one network (/24 of IPv4, /48 of IPv6) and what is presented there, largest first.
-- The row without a network holds what scans saw without an address; of certificates only those that were seen at no
-- address at all. Endpoints are counted for each certificate they present; a certificate at addresses of two networks
-- counts in both.
WITH place AS MATERIALIZED (SELECT certificate, endpoint, network FROM hosting_network($as_of)),

nowhere AS (
    SELECT DISTINCT certificate
    FROM place
    WHERE network IS NULL AND certificate NOT IN (SELECT certificate FROM place WHERE network IS NOT NULL)
)

SELECT
    p.network AS name,
    count(DISTINCT p.certificate) FILTER (WHERE p.network IS NOT NULL OR n.certificate IS NOT NULL) AS certificates,
    count(DISTINCT p.certificate)
        FILTER (WHERE i.critical AND (p.network IS NOT NULL OR n.certificate IS NOT NULL)) AS critical,
    count(DISTINCT (p.certificate, p.endpoint)) AS endpoints,
    count(DISTINCT (p.certificate, p.endpoint)) FILTER (WHERE i.critical) AS critical_endpoints
FROM place AS p
JOIN inventory($as_of) AS i ON i.certificate = p.certificate
LEFT JOIN nowhere AS n ON n.certificate = p.certificate
WHERE i.in_service
GROUP BY p.network
ORDER BY certificates DESC, name
