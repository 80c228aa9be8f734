-- One row is one certificate presented now by one endpoint at one address.
-- An endpoint is a name (or an address without one) and a port. Of each scanner its latest look at an address of the
-- endpoint counts, if it is no more than same_scan_days older than the newest look by anyone, and that one no more
-- than freshness_days older than $as_of. A look that found no certificate counts as a look.
WITH fresh AS (
    SELECT
        *,
        max(observed_at) OVER (PARTITION BY host, port) AS newest,
        max(observed_at) OVER (PARTITION BY host, port, source) AS newest_of_scanner,
        max(observed_at) OVER (PARTITION BY host, port, source, ip) AS newest_at_address,
        max(observed_at) FILTER (WHERE ip IS NULL) OVER (PARTITION BY host, port, source) AS newest_without_address
    FROM endpoint_look($as_of)
    WHERE
        observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
)

SELECT
    i.certificate,
    f.host,
    f.port,
    f.ip,
    f.endpoint,
    max(f.observed_at) AS observed_at
FROM fresh AS f
JOIN issuance($as_of) AS i ON i.identity = f.identity
WHERE
    f.observed_at >= f.newest - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
    AND f.observed_at >= coalesce(f.newest_without_address, f.observed_at)
    AND f.observed_at = CASE WHEN f.ip IS NULL THEN f.newest_of_scanner ELSE f.newest_at_address END
GROUP BY i.certificate, f.host, f.port, f.ip, f.endpoint
