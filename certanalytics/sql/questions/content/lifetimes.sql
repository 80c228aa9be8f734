-- One row is one validity in days, with the public certificates in service that have it, shortest first.
SELECT lifetime_days, count(*) AS certificates
FROM inventory($as_of)
WHERE in_service AND trust = 'public' AND lifetime_days > 0
GROUP BY lifetime_days
ORDER BY lifetime_days
