-- One row is one endpoint in scope whose TLS was looked at, those to act on first.
WITH in_scope AS (
    SELECT
        p.host,
        p.port,
        list_sort(list(DISTINCT i.certificate)) AS certificates,
        bool_or(i.critical) AS critical,
        min(i.business_unit) AS business_unit,
        min(i.owner) AS owner,
        min(i.owner_email) AS owner_email
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
    GROUP BY p.host, p.port
)

SELECT
    o.endpoint,
    o.versions,
    o.obsolete_versions,
    o.not_asked,
    o.tls13,
    o.suites,
    o.suites_to_end,
    o.not_listed,
    o.transition_only,
    o.unnamed_suites,
    o.conforms,
    o.decryptable,
    o.key_exchange,
    o.sources,
    o.observed_at,
    s.certificates,
    s.critical,
    s.business_unit,
    s.owner,
    s.owner_email
FROM endpoint_offer($as_of) AS o
JOIN in_scope AS s ON s.host = o.host AND s.port IS NOT DISTINCT FROM o.port
ORDER BY
    o.obsolete IS TRUE DESC,
    o.conforms IS FALSE DESC,
    s.critical DESC,
    o.not_listed DESC,
    o.transition_only DESC,
    o.endpoint
