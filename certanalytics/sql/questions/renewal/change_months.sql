-- One row is one month in which endpoints changed certificates, the new one in scope, with how many did.
SELECT
    date_trunc('month', c.first_shown)::TIMESTAMP AS month,
    count(*) FILTER (WHERE c.material) AS material,
    count(*) FILTER (WHERE c.material IS NULL) AS untold,
    count(*) FILTER (WHERE NOT c.material) AS routine
FROM inventory($as_of) AS i
JOIN endpoint_change($as_of) AS c ON c.certificate = i.certificate
GROUP BY date_trunc('month', c.first_shown)
ORDER BY month
