-- One row is one look at an endpoint by $as_of, and the certificate it presented if it did, else what came of it.
-- An endpoint is a name (or an address without one) and a port. That a monitor saw no certificate in somebody else's
-- connection is no look.
SELECT
    host,
    port,
    if(contains(host, ':'), '[' || host || ']', host) || coalesce(':' || port, '') AS endpoint,
    ip,
    source,
    observed_at,
    identity,
    outcome
FROM (
    SELECT
        lower(rtrim(coalesce(s.sni, s.host, s.ip), '.')) AS host,
        s.port,
        s.ip,
        l.source,
        s.observed_at,
        s.certificate AS identity,
        NULL AS outcome
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    WHERE s.position = 0 AND s.kind IN ('scan', 'passive')
    UNION ALL
    SELECT lower(rtrim(coalesce(p.sni, p.host, p.ip), '.')), p.port, p.ip, l.source, p.observed_at, NULL, p.outcome
    FROM probe AS p
    JOIN load AS l ON l.load = p.load
    WHERE p.kind IS DISTINCT FROM 'passive'
)
WHERE host IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
