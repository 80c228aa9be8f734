-- One row is one registered domain of which certificates are known, and which kinds of source have looked at it.
-- Logs and inventories cover a domain if they hold a certificate of it; scans if within freshness_days they looked at
-- a host below it, or an endpoint presents a certificate of it.
WITH domain AS MATERIALIZED (
    SELECT e.certificate, unnest(e.registered_domains) AS registered_domain FROM end_entity($as_of) AS e
),

held AS MATERIALIZED (
    SELECT d.registered_domain, bool_or(r.in_log) AS in_log, bool_or(r.in_inventory) AS in_inventory
    FROM domain AS d
    JOIN reconciliation($as_of) AS r ON r.certificate = d.certificate
    WHERE d.registered_domain IS NOT NULL
    GROUP BY d.registered_domain
),

labels AS (
    SELECT string_split(host, '.') AS labels
    FROM (
        SELECT DISTINCT host
        FROM look($as_of)
        WHERE
            NOT contains(host, ':')
            AND observed_at
            >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
    )
),

scanned AS (
    SELECT array_to_string(labels[cut:], '.') AS registered_domain
    FROM (SELECT labels, unnest(range(1, len(labels) + 1)) AS cut FROM labels)
    UNION
    SELECT d.registered_domain
    FROM domain AS d
    JOIN presented($as_of) AS p ON p.certificate = d.certificate
)

SELECT h.registered_domain, h.in_log, s.registered_domain IS NOT NULL AS in_scan, h.in_inventory
FROM held AS h
LEFT JOIN scanned AS s ON s.registered_domain = h.registered_domain
