-- One row is one cipher suite, with the endpoints in scope that offer it, most first.
WITH in_scope AS (
    SELECT DISTINCT p.host, p.port
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
)

SELECT
    e.suite,
    count(*) AS endpoints,
    any_value(e.key_exchange) AS key_exchange,
    any_value(e.forward_secret) AS forward_secret,
    coalesce(any_value(e.sp800_52r2), 'not known') AS sp800_52r2
FROM endpoint_suite($as_of) AS e
JOIN in_scope AS s ON s.host = e.host AND s.port IS NOT DISTINCT FROM e.port
GROUP BY e.suite
ORDER BY endpoints DESC, e.suite
