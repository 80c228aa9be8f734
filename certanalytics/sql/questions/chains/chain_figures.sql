-- One row is what can be said of the chains of all endpoints in scope together, an endpoint with a fault at any address
-- or with any of its certificates counting once.
WITH by_endpoint AS (
    SELECT
        c.endpoint,
        bool_and(c.is_self_signed) AS self_signed,
        bool_or(c.chain_told AND NOT c.is_self_signed) AS told,
        bool_or(c.complete IS FALSE) AS incomplete,
        bool_and(c.complete IS NOT NULL) AS completeness_told,
        bool_or(c.in_order IS FALSE) AS out_of_order,
        bool_and(c.in_order IS NOT NULL) AS order_told,
        bool_or(coalesce(c.sends_root, false)) AS sends_root,
        bool_or(coalesce(len(c.ended_cas), 0) > 0) AS sends_ended
    FROM chain_check($as_of) AS c
    JOIN inventory($as_of) AS i ON i.certificate = c.certificate
    GROUP BY c.endpoint
)

SELECT
    count(*) AS endpoints,
    count(*) FILTER (WHERE self_signed) AS self_signed,
    count(*) FILTER (WHERE told) AS told,
    count(*) FILTER (WHERE incomplete) AS incomplete,
    count(*) FILTER (WHERE incomplete OR completeness_told) AS completeness_told,
    count(*) FILTER (WHERE out_of_order) AS out_of_order,
    count(*) FILTER (WHERE out_of_order OR order_told) AS order_told,
    count(*) FILTER (WHERE sends_root) AS sends_root,
    count(*) FILTER (WHERE sends_ended) AS sends_ended
FROM by_endpoint
ORDER BY endpoints
