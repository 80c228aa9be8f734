-- One row is one version of TLS or SSL, with the endpoints in scope that offer it, do not, or were not asked, oldest first.
WITH in_scope AS (
    SELECT DISTINCT p.host, p.port
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
)

SELECT
    r.version,
    r.label,
    count(*) FILTER (WHERE e.offered) AS offered,
    count(*) FILTER (WHERE NOT e.offered) AS not_offered,
    count(e.version) - count(e.offered) AS not_asked,
    r.government_only,
    r.business_facing,
    r.obsolete_by
FROM tls_version_rule($as_of) AS r
LEFT JOIN (
    SELECT v.*
    FROM endpoint_version($as_of) AS v
    JOIN in_scope AS s ON s.host = v.host AND s.port IS NOT DISTINCT FROM v.port
) AS e
    ON e.version = r.version
GROUP BY r.version, r.label, r.government_only, r.business_facing, r.obsolete_by
ORDER BY r.version
