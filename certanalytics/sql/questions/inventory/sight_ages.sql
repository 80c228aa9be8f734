-- One row is one scanner or monitor, and how long ago it last saw the certificates in scope that it has seen at endpoints.
-- `older` are those it has not seen since the freshness window began.
SELECT
    s.source,
    count(*) AS certificates,
    median((epoch_us($as_of::TIMESTAMP) - epoch_us(s.last_seen)) / 86400000000) AS median_age_days,
    quantile_cont((epoch_us($as_of::TIMESTAMP) - epoch_us(s.last_seen)) / 86400000000, 0.95) AS p95_age_days,
    count(*) FILTER (
        WHERE
            s.last_seen
            < $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
    ) AS older,
    max(s.last_seen) AS newest
FROM inventory($as_of) AS i
JOIN (
    SELECT n.certificate, l.source, max(l.observed_at) AS last_seen
    FROM endpoint_look($as_of) AS l
    JOIN issuance($as_of) AS n ON n.identity = l.identity
    GROUP BY n.certificate, l.source
) AS s ON s.certificate = i.certificate
GROUP BY s.source
ORDER BY certificates DESC, s.source
