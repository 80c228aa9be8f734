-- One row is one source: what it knows, what it knows alone, and how old its looks at endpoints are; most first.
-- Ages are in days of 86,400 s, of the newest look at each endpoint; a scope bounds certificates, not endpoints.
SELECT
    coalesce(c.source, e.source) AS source,
    coalesce(c.certificates, 0) AS certificates,
    coalesce(c.alone, 0) AS alone,
    coalesce(c.in_service, 0) AS in_service,
    coalesce(e.endpoints, 0) AS endpoints,
    coalesce(e.endpoints_alone, 0) AS endpoints_alone,
    e.answered,
    e.newest,
    e.median_age,
    e.p95_age,
    e.stale
FROM (
    SELECT
        source,
        count(*) AS certificates,
        count(*) FILTER (WHERE number = 1) AS alone,
        count(*) FILTER (WHERE in_service) AS in_service
    FROM (SELECT unnest(sources) AS source, len(sources) AS number, in_service FROM inventory($as_of))
    GROUP BY source
) AS c
FULL JOIN (
    SELECT
        source,
        count(*) AS endpoints,
        count(*) FILTER (WHERE looking = 1) AS endpoints_alone,
        count(*) FILTER (WHERE answered) AS answered,
        max(observed_at) AS newest,
        quantile_cont(age, 0.5) AS median_age,
        quantile_cont(age, 0.95) AS p95_age,
        count(*) FILTER (
            WHERE age > (SELECT value FROM facts.threshold WHERE name = 'freshness_days')
        ) AS stale
    FROM (
        SELECT
            *,
            (epoch_us($as_of::TIMESTAMP) - epoch_us(observed_at)) / 86400000000 AS age,
            count(*) OVER (PARTITION BY host, port) AS looking
        FROM (
            SELECT source, host, port, max(observed_at) AS observed_at, bool_or(answered) AS answered
            FROM look($as_of)
            GROUP BY source, host, port
        )
    )
    GROUP BY source
) AS e ON e.source = c.source
ORDER BY certificates DESC, endpoints DESC, coalesce(c.source, e.source)
