-- One row is how far looks at endpoints reach in time, and whether records say what was expected.
-- Bounded by no scope: an endpoint that presents nothing in scope may have been looked at as well.
SELECT
    count(*) AS endpoints,
    count(*) FILTER (WHERE looks > 1) AS looked_twice,
    (SELECT count(*) FROM known($as_of) WHERE in_record) AS records
FROM (
    SELECT endpoint, count(DISTINCT observed_at) AS looks
    FROM look($as_of)
    GROUP BY endpoint
)
ORDER BY endpoints
