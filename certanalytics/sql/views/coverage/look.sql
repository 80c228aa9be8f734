-- One row is one endpoint at one address as one source last looked at it by $as_of.
-- A look that met no certificate is a look. `reached`: the last look came as far as the endpoint, which answered with a
-- certificate or refused; one that timed out, was filtered or did not resolve only says that it was tried. A monitor
-- looks at nothing of its own accord: of it only the certificates it saw count.
SELECT
    host,
    port,
    lower(split_part(ip, '%', 1)) AS ip,
    source,
    max(observed_at) AS observed_at,
    bool_or(identity IS NOT NULL) AS answered,
    coalesce(arg_max(outcome IS NULL OR outcome NOT IN ('filtered', 'timeout', 'unresolvable'), observed_at), false) AS reached
FROM endpoint_look($as_of)
GROUP BY host, port, lower(split_part(ip, '%', 1)), source
