-- One row is one network range, how many endpoints in it were looked at and how long ago, longest ago first.
-- About addresses, not certificates: one that refused has none, so no scope bounds it. Ages are in days of 86,400 s
-- since the newest look by anyone; a range in which assets lie and nobody looked has no age.
SELECT
    network,
    count(DISTINCT address) AS addresses,
    count(observed_at) AS endpoints,
    count(*) FILTER (WHERE answered) AS answered,
    max(observed_at) AS last_look,
    min(age) AS days_since_look,
    quantile_cont(age, 0.5) AS median_age,
    quantile_cont(age, 0.95) AS p95_age,
    count(*) FILTER (WHERE age > (SELECT value FROM facts.threshold WHERE name = 'freshness_days')) AS stale,
    count(DISTINCT address) FILTER (WHERE observed_at IS NULL) AS never_looked_at
FROM (
    SELECT *, (epoch_us($as_of::TIMESTAMP) - epoch_us(observed_at)) / 86400000000 AS age
    FROM address_range($as_of)
)
GROUP BY network
ORDER BY max(observed_at) NULLS FIRST, network
