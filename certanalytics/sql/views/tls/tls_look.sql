-- One row is what one look at one endpoint found out about its TLS.
-- As in `presented` an endpoint is a name (or an address without one) and a port, and of each tool its latest look at
-- an address counts. Of a tool that only negotiates, every connection of its last day says something.
-- `asked` are the versions this look can have asked for: those the facts say of the tool (and its version), and any that
-- it named elsewhere in the same file; none where the look names so few versions that it may be one handshake.
WITH look AS (
    SELECT
        lower(rtrim(coalesce(t.sni, t.host, t.ip), '.')) AS host,
        t.port,
        t.ip,
        t.load,
        l.source,
        t.observed_at,
        t.protocols,
        t.cipher_suites,
        t."groups"
    FROM endpoint_tls AS t
    JOIN load AS l ON l.load = t.load
    WHERE
        t.observed_at <= $as_of::TIMESTAMP
        AND t.observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
),

capability AS (
    SELECT
        tool,
        list_transform(
            string_split(coalesce(nullif(regexp_extract(since, '[0-9]+([.][0-9]+)*'), ''), '0'), '.'), lambda p: p::BIGINT
        ) AS since,
        since IS NULL AS is_of_all,
        string_split(asks_versions, ';') AS asks_versions,
        least_named,
        asks_suites
    FROM facts.tls_tool
),

fresh AS (
    SELECT
        *,
        max(observed_at) OVER (PARTITION BY host, port) AS newest,
        max(observed_at) OVER (PARTITION BY host, port, source, ip) AS newest_at_address
    FROM look
    WHERE host IS NOT NULL
),

spelt AS (
    SELECT DISTINCT unnest(string_split(written, ';')) AS written, version FROM facts.tls_version
),

named_in AS (
    SELECT DISTINCT r.load, s.version
    FROM (SELECT DISTINCT load, unnest(protocols) AS protocol FROM look) AS r
    JOIN spelt AS s ON s.written = regexp_replace(lower(r.protocol), '[^a-z0-9]', '', 'g')
),

run_named AS (SELECT load, list(version) AS versions FROM named_in GROUP BY load),

-- What the tool, in its version, asks for in one file: the looks of a file share it.
run AS (
    SELECT
        r.load,
        list_distinct(
            list_concat(coalesce(flatten(list(c.asks_versions)), []), coalesce(any_value(n.versions), []))
        ) AS asks,
        coalesce(len(flatten(list(c.asks_versions))), 0) > 0 AS asks_versions,
        min(c.least_named) AS least_named,
        bool_or(c.asks_suites) AS asks_suites
    FROM (
        SELECT
            load,
            source,
            list_transform(
                string_split(nullif(regexp_extract(tool_version, '[0-9]+([.][0-9]+)*'), ''), '.'), lambda p: p::BIGINT
            ) AS tool_version
        FROM load
    ) AS r
    JOIN capability AS c ON c.tool = r.source AND (c.is_of_all OR r.tool_version >= c.since)
    LEFT JOIN run_named AS n ON n.load = r.load
    GROUP BY r.load
)

SELECT
    f.host,
    f.port,
    f.ip,
    f.source,
    f.observed_at,
    coalesce(f.protocols, []) AS protocols,
    coalesce(f.cipher_suites, []) AS cipher_suites,
    coalesce(f."groups", []) AS key_groups,
    if(r.asks_versions AND coalesce(len(f.protocols), 0) >= r.least_named, r.asks, []) AS asked,
    coalesce(r.asks_suites AND len(f.cipher_suites) > 0 AND len(f.protocols) >= r.least_named, false) AS asked_suites
FROM fresh AS f
LEFT JOIN run AS r ON r.load = f.load
WHERE
    f.observed_at >= f.newest - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
    AND (
        f.observed_at = f.newest_at_address
        OR (
            r.asks_versions IS NOT TRUE
            AND f.observed_at
            >= f.newest_at_address - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
        )
    )
