-- One row is one endpoint whose newest look gave no certificate within freshness_days of $as_of: what it shows is unknown.
-- Probes at the time of that look tell why; of several reasons the first in order counts. What a monitor did not see is
-- no look.
WITH tried AS (
    SELECT lower(rtrim(coalesce(sni, host, ip), '.')) AS host, port, outcome, detail, observed_at
    FROM probe
    WHERE
        kind IS DISTINCT FROM 'passive'
        AND observed_at <= $as_of::TIMESTAMP
        AND observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
)

SELECT
    t.host,
    t.port,
    min(t.outcome) AS outcome,
    min(t.detail) AS detail,
    max(t.observed_at) AS observed_at
FROM (
    SELECT * FROM tried WHERE host IS NOT NULL
    QUALIFY observed_at = max(observed_at) OVER (PARTITION BY host, port)
) AS t
LEFT JOIN (SELECT DISTINCT host, port FROM presented($as_of)) AS p
    ON p.host = t.host AND p.port IS NOT DISTINCT FROM t.port
WHERE p.host IS NULL
GROUP BY t.host, t.port
