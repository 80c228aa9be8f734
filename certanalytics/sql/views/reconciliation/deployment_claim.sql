-- One row is one certificate that some system was last set up to serve somewhere by $as_of, and whether anyone looked.
-- `reached`: a scan of the last freshness_days came as far as a place the system names (its port, where one is named);
-- where it names no host or address, as far as a name of the certificate. Elsewhere that the certificate is not seen
-- says nothing.
WITH claim AS MATERIALIZED (
    SELECT
        s.certificate AS identity,
        l.source,
        lower(rtrim(coalesce(s.sni, s.host), '.')) AS host,
        lower(split_part(s.ip, '%', 1)) AS ip,
        s.port,
        coalesce(s.sni, s.host, s.ip, s.resource, s.path) || coalesce(':' || s.port, '') AS place,
        s.observed_at
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    WHERE s.kind = 'config' AND s.position = 0 AND s.observed_at <= $as_of::TIMESTAMP
    QUALIFY
        rank() OVER (
            PARTITION BY l.source, s.host, s.sni, s.ip, s.port, s.resource, s.path ORDER BY s.observed_at DESC
        ) = 1
),

looked AS MATERIALIZED (
    SELECT DISTINCT host, ip, port
    FROM look($as_of)
    WHERE
        reached
        AND observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
),

place AS MATERIALIZED (
    SELECT host AS place, port FROM looked
    UNION
    SELECT ip, port FROM looked WHERE ip IS NOT NULL
),

anywhere AS MATERIALIZED (SELECT DISTINCT place FROM place),

claimed AS MATERIALIZED (
    SELECT DISTINCT c.*, i.certificate
    FROM claim AS c
    JOIN issuance($as_of) AS i ON i.identity = c.identity
),

named AS (
    SELECT DISTINCT c.certificate
    FROM (SELECT DISTINCT certificate FROM claimed WHERE host IS NULL AND ip IS NULL) AS c
    JOIN name AS n ON n.identity = c.certificate
    JOIN anywhere AS a ON a.place = n.name
)

SELECT
    c.certificate,
    list_sort(list(DISTINCT c.source)) AS said_by,
    list_sort(list(DISTINCT c.place) FILTER (WHERE c.place IS NOT NULL)) AS places,
    max(c.observed_at) AS last_said,
    bool_or(
        h.place IS NOT NULL
        OR a.place IS NOT NULL
        OR (c.port IS NULL AND (hh.place IS NOT NULL OR aa.place IS NOT NULL))
        OR n.certificate IS NOT NULL
    ) AS reached
FROM claimed AS c
LEFT JOIN place AS h ON h.place = c.host AND h.port = c.port
LEFT JOIN place AS a ON a.place = c.ip AND a.port = c.port
LEFT JOIN anywhere AS hh ON hh.place = c.host
LEFT JOIN anywhere AS aa ON aa.place = c.ip
LEFT JOIN named AS n ON n.certificate = c.certificate AND c.host IS NULL AND c.ip IS NULL
GROUP BY c.certificate
