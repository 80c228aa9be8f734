-- One row is one certificate that lies in files or is set up to be served, and where, as last said by $as_of.
-- `configured`: a system is set up to serve it (a manager, a load balancer, a web server), which says that it is deployed;
-- `looked_at`: a scan reached a place where it should be (see `deployment_claim`).
WITH place AS (
    SELECT s.certificate AS identity, s.kind, l.source, coalesce(s.resource, s.path) AS held_in, s.observed_at
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    WHERE s.position = 0 AND s.kind IN ('file', 'config') AND s.observed_at <= $as_of::TIMESTAMP
    QUALIFY
        rank() OVER (
            PARTITION BY l.source, s.kind, s.host, s.ip, s.port, s.sni, s.path, s.resource
            ORDER BY s.observed_at DESC
        ) = 1
)

SELECT
    i.certificate,
    count(DISTINCT p.held_in) AS places,
    coalesce(list_sort(list(DISTINCT p.held_in) FILTER (WHERE p.held_in IS NOT NULL))[1:5], []) AS held_in,
    list_sort(list(DISTINCT p.source)) AS sources,
    bool_or(p.kind = 'config') AS configured,
    coalesce(bool_or(c.reached), false) AS looked_at
FROM place AS p
JOIN issuance($as_of) AS i ON i.identity = p.identity
LEFT JOIN deployment_claim($as_of) AS c ON c.certificate = i.certificate
GROUP BY i.certificate
