-- One row is how much of its traffic a copied key would lay open, with the endpoints in scope of which that holds.
WITH in_scope AS (
    SELECT DISTINCT p.host, p.port
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
)

SELECT coalesce(o.decryptable, 'unknown') AS share, count(*) AS endpoints
FROM in_scope AS s
LEFT JOIN endpoint_offer($as_of) AS o ON o.host = s.host AND o.port IS NOT DISTINCT FROM s.port
GROUP BY share
ORDER BY list_position(['all', 'some', 'none', 'unknown'], any_value(coalesce(o.decryptable, 'unknown')))
