-- One row is one certificate that lies in files or is set up to be served, and where, as last said by $as_of.
-- `configured`: a system is set up to serve it (a manager, a load balancer, a web server), which says that it is deployed;
-- `looked_at`: an endpoint of that name, or of a name in it, was looked at within freshness_days.
WITH place AS (
    SELECT s.certificate AS identity, s.kind, s.host, l.source, coalesce(s.resource, s.path) AS held_in, s.observed_at
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    WHERE s.position = 0 AND s.kind IN ('file', 'config') AND s.observed_at <= $as_of::TIMESTAMP
    QUALIFY
        rank() OVER (
            PARTITION BY l.source, s.kind, s.host, s.ip, s.port, s.sni, s.path, s.resource
            ORDER BY s.observed_at DESC
        ) = 1
),

held AS MATERIALIZED (
    SELECT i.certificate, p.kind, lower(rtrim(p.host, '.')) AS host, p.source, p.held_in
    FROM place AS p
    JOIN issuance($as_of) AS i ON i.identity = p.identity
),

reached AS (
    SELECT DISTINCT host
    FROM endpoint_look($as_of)
    WHERE
        observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
),

named AS (
    SELECT certificate, host AS name FROM held WHERE kind = 'config'
    UNION
    SELECT h.certificate, n.name
    FROM held AS h
    JOIN name AS n ON n.identity = h.certificate
    WHERE h.kind = 'config'
),

looked_at AS (SELECT DISTINCT n.certificate FROM named AS n JOIN reached AS r ON r.host = n.name)

SELECT
    h.certificate,
    count(DISTINCT h.held_in) AS places,
    coalesce(list_sort(list(DISTINCT h.held_in) FILTER (WHERE h.held_in IS NOT NULL))[1:5], []) AS held_in,
    list_sort(list(DISTINCT h.source)) AS sources,
    bool_or(h.kind = 'config') AS configured,
    bool_or(l.certificate IS NOT NULL) AS looked_at
FROM held AS h
LEFT JOIN looked_at AS l ON l.certificate = h.certificate
GROUP BY h.certificate
