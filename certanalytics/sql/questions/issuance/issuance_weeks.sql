-- One row is one week and one CA owner, and the public certificates issued then that were logged, newest week last.
SELECT
    date_trunc('week', not_before) AS week,
    ca_owner,
    count(*) AS certificates
FROM inventory($as_of)
WHERE
    trust = 'public'
    AND seen_in_log
    AND not_before <= $as_of::TIMESTAMP
    AND not_before >= date_trunc('week', $as_of::TIMESTAMP) - to_days(364)
GROUP BY week, ca_owner
ORDER BY week, certificates DESC, ca_owner
