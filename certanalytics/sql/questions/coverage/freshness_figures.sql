-- One row is how long ago all endpoints were last looked at.
-- About endpoints, not certificates: one that refused has none, so no scope bounds it.
SELECT
    count(*) AS endpoints,
    count(*) FILTER (WHERE age > (SELECT value FROM facts.threshold WHERE name = 'freshness_days')) AS stale,
    quantile_cont(age, 0.5) AS median_age,
    quantile_cont(age, 0.95) AS p95_age
FROM (
    SELECT (epoch_us($as_of::TIMESTAMP) - epoch_us(observed_at)) / 86400000000 AS age
    FROM (SELECT host, port, max(observed_at) AS observed_at FROM look($as_of) GROUP BY host, port)
)
ORDER BY endpoints
