-- One row is one certificate that is known not to be in service at $as_of.
-- Scans of the last freshness_days reached every name of it and met other certificates or none, or an endpoint presents
-- another certificate for the same names.
WITH shown AS MATERIALIZED (SELECT DISTINCT certificate FROM presented($as_of)),

reached AS (
    SELECT DISTINCT host
    FROM look($as_of)
    WHERE
        reached
        AND observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
),

known AS MATERIALIZED (
    SELECT e.certificate, e.names, s.certificate IS NOT NULL AS shown
    FROM end_entity($as_of) AS e
    LEFT JOIN shown AS s ON s.certificate = e.certificate
    WHERE len(e.names) > 0
),

looked AS (
    SELECT n.certificate
    FROM (SELECT certificate, unnest(names) AS name FROM known WHERE NOT shown) AS n
    LEFT JOIN reached AS r ON r.host = n.name
    GROUP BY n.certificate
    HAVING bool_and(r.host IS NOT NULL)
),

taken AS (SELECT DISTINCT hash(names) AS name_set FROM known WHERE shown)

SELECT k.certificate
FROM known AS k
LEFT JOIN looked AS l ON l.certificate = k.certificate
LEFT JOIN taken AS t ON t.name_set = hash(k.names)
WHERE NOT k.shown AND (l.certificate IS NOT NULL OR t.name_set IS NOT NULL)
