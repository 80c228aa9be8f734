-- One row is one address of one endpoint that presents a certificate in scope, as controls judge it.
-- What it does not offer is known only where `versions_told`, `tls13_told` or `suites_told` says so (address_offer).
WITH place AS (
    SELECT
        p.host,
        p.port,
        p.ip,
        min(i.business_unit) AS business_unit,
        min(i.owner) AS owner,
        min(i.service) AS service,
        min(i.subject_cn) AS subject_cn
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
    GROUP BY p.host, p.port, p.ip
)

SELECT
    o.endpoint || coalesce(' at ' || nullif(o.ip, o.host), '') AS subject,
    o.endpoint AS display_name,
    p.*,
    o.protocols,
    o.cipher_suites,
    array_to_string(o.cipher_suites, ' ') AS suite_names,
    o.groups,
    o.versions_told,
    o.tls13_told,
    o.suites_told
FROM place AS p
JOIN address_offer($as_of) AS o
    ON o.host = p.host AND o.port IS NOT DISTINCT FROM p.port AND o.ip IS NOT DISTINCT FROM p.ip
ORDER BY subject
