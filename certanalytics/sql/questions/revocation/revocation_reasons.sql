-- One row is one reason for which certificates of the inventory were revoked or put on hold, most first.
-- In service or not: a reason tells of what went wrong. Certificates of others on the same lists do not count.
SELECT
    coalesce(r.reason, 'not given') AS reason,
    count(*) AS certificates,
    count(*) FILTER (WHERE i.in_service) AS in_service,
    min(r.revoked_at) AS first_revoked,
    max(r.revoked_at) AS last_revoked
FROM revocation_status($as_of) AS r
JOIN inventory($as_of) AS i ON i.certificate = r.certificate
WHERE r.status IN ('revoked', 'hold')
GROUP BY ALL
ORDER BY certificates DESC, reason
