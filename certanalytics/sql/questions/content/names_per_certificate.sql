-- One row is one number of names, with the certificates in service that have it, fewest first.
SELECT len(names) AS names, count(*) AS certificates, sum(endpoints)::BIGINT AS endpoints
FROM inventory($as_of)
WHERE in_service AND len(names) > 0
GROUP BY len(names)
ORDER BY names
