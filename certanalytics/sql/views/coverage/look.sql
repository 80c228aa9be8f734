-- One row is one endpoint at one address as one source last looked at it by $as_of.
-- A look that met no certificate is a look. `reached`: the last look came as far as the endpoint, which answered with a
-- certificate or refused (of several at one moment, any of them did); one that timed out, was filtered or did not resolve
-- only says that it was tried. A monitor looks at nothing of its own accord: of it only the certificates it saw count.
SELECT
    host,
    port,
    lower(split_part(ip, '%', 1)) AS ip,
    source,
    max(observed_at) AS observed_at,
    bool_or(identity IS NOT NULL) AS answered,
    coalesce(arg_max(came_through, (observed_at, came_through)), false) AS reached
FROM (
    SELECT *, outcome IS NULL OR outcome NOT IN ('filtered', 'timeout', 'unresolvable') AS came_through
    FROM endpoint_look($as_of)
)
GROUP BY host, port, lower(split_part(ip, '%', 1)), source
