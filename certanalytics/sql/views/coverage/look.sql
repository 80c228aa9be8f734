-- One row is one endpoint at one address as one source last looked at it by $as_of.
-- A look that met no certificate is a look. `reached`: the last look came as far as the endpoint, which answered with a
-- certificate or refused; one that timed out, was filtered or did not resolve only says that it was tried. A monitor
-- looks at nothing of its own accord: of it only the certificates it saw count.
SELECT
    host,
    port,
    ip,
    source,
    max(observed_at) AS observed_at,
    bool_or(answered) AS answered,
    coalesce(arg_max(reached, observed_at), false) AS reached
FROM (
    SELECT
        lower(rtrim(coalesce(s.sni, s.host, s.ip), '.')) AS host,
        s.port,
        lower(split_part(s.ip, '%', 1)) AS ip,
        l.source,
        s.observed_at,
        true AS answered,
        true AS reached
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    WHERE s.position = 0 AND s.kind IN ('scan', 'passive')
    UNION ALL
    SELECT
        lower(rtrim(coalesce(p.sni, p.host, p.ip), '.')),
        p.port,
        lower(split_part(p.ip, '%', 1)),
        l.source,
        p.observed_at,
        false,
        p.outcome NOT IN ('filtered', 'timeout', 'unresolvable')
    FROM probe AS p
    JOIN load AS l ON l.load = p.load
    WHERE p.kind IS DISTINCT FROM 'passive'
)
WHERE host IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
GROUP BY host, port, ip, source
