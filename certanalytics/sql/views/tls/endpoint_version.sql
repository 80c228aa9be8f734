-- One row is one endpoint and one version of TLS or SSL, and whether it offers it: `true`, `false`, or NULL if not told.
-- It offers what any look saw. It does not offer what was asked for at each of its addresses (at all, where no more than
-- one is known) and was never seen; whatever was not asked for is not known.
WITH look AS MATERIALIZED (SELECT * FROM tls_look($as_of)),

spelt AS (SELECT DISTINCT unnest(string_split(written, ';')) AS written, version FROM facts.tls_version),

addresses AS (SELECT host, port, count(DISTINCT ip) AS addresses FROM look GROUP BY host, port),

seen AS (
    SELECT DISTINCT l.host, l.port, s.version
    FROM (SELECT DISTINCT host, port, unnest(protocols) AS protocol FROM look) AS l
    JOIN spelt AS s ON s.written = regexp_replace(lower(l.protocol), '[^a-z0-9]', '', 'g')
),

asked AS (
    SELECT host, port, version, count(DISTINCT ip) AS addresses
    FROM (SELECT DISTINCT host, port, ip, unnest(asked) AS version FROM look)
    GROUP BY host, port, version
)

SELECT
    a.host,
    a.port,
    v.version,
    CASE
        WHEN s.version IS NOT NULL THEN true
        WHEN if(a.addresses > 1, q.addresses = a.addresses, q.version IS NOT NULL) THEN false
    END AS offered
FROM addresses AS a
CROSS JOIN (SELECT DISTINCT version FROM facts.tls_version) AS v
LEFT JOIN seen AS s ON s.host = a.host AND s.port IS NOT DISTINCT FROM a.port AND s.version = v.version
LEFT JOIN asked AS q ON q.host = a.host AND q.port IS NOT DISTINCT FROM a.port AND q.version = v.version
