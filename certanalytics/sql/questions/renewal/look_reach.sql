-- One row is how many endpoints were looked at, and how many of them more than once.
-- Bounded by no scope: an endpoint that presents nothing in scope may have been looked at as well.
SELECT
    count(*) AS endpoints,
    count(*) FILTER (WHERE looks > 1) AS looked_twice
FROM (
    SELECT endpoint, count(DISTINCT observed_at) AS looks
    FROM endpoint_look($as_of)
    GROUP BY endpoint
)
ORDER BY endpoints
