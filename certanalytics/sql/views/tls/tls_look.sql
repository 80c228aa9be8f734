-- One row is what one look at one endpoint found out about its TLS.
-- As in `presented` an endpoint is a name (or an address without one) and a port. What counts are the looks since the
-- last one that asked for every version from TLS 1.0 to TLS 1.2 (or the newest look), same_scan_days before it included:
-- a handshake tells no more than what it saw. Of each tool and address they count from its last such look on, or else
-- all of its last day.
-- `asked` are the versions this look asked for: where it names some in vain those and what it was offered; else those the
-- facts say of the tool (and its version), and any that it named elsewhere in the same file, but none where the look
-- names so few versions that it may be one handshake. `asked_suites`: it tried every suite of the versions it asked for,
-- and asked for all from TLS 1.0 to TLS 1.2.
WITH span AS (
    SELECT to_days(value::INTEGER) AS same_scan FROM facts.threshold WHERE name = 'same_scan_days'
),

look AS (
    SELECT
        lower(rtrim(coalesce(t.sni, t.host, t.ip), '.')) AS host,
        t.port,
        t.ip,
        t.load,
        l.source,
        t.observed_at,
        coalesce(t.protocols, []) AS protocols,
        coalesce(t.refused, []) AS refused,
        coalesce(t.cipher_suites, []) AS cipher_suites,
        coalesce(t."groups", []) AS key_groups
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

spelt AS (
    SELECT DISTINCT unnest(string_split(written, ';')) AS written, version FROM facts.tls_version
),

named_in AS (
    SELECT DISTINCT r.load, s.version
    FROM (SELECT DISTINCT load, unnest(list_concat(protocols, refused)) AS protocol FROM look) AS r
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
),

-- Tools spell versions in their own way; each list of them once.
spelling AS (
    SELECT l.written, list(DISTINCT s.version) AS versions
    FROM (
        SELECT written, unnest(written) AS protocol
        FROM (SELECT protocols AS written FROM look UNION SELECT refused FROM look)
    ) AS l
    JOIN spelt AS s ON s.written = regexp_replace(lower(l.protocol), '[^a-z0-9]', '', 'g')
    GROUP BY l.written
),

told AS (
    SELECT
        l.*,
        r.asks_suites,
        CASE
            WHEN len(l.refused) > 0 THEN list_concat(coalesce(x.versions, []), coalesce(o.versions, []))
            WHEN r.asks_versions AND len(l.protocols) >= r.least_named THEN r.asks
            ELSE []
        END AS asked
    FROM look AS l
    LEFT JOIN run AS r ON r.load = l.load
    LEFT JOIN spelling AS x ON x.written = l.refused
    LEFT JOIN spelling AS o ON o.written = l.protocols
    WHERE l.host IS NOT NULL
),

judged AS (
    SELECT *, list_has_all(asked, ['TLSv1.0', 'TLSv1.1', 'TLSv1.2']) AS asked_all FROM told
),

fresh AS (
    SELECT
        *,
        coalesce(
            max(observed_at) FILTER (WHERE asked_all) OVER (PARTITION BY host, port),
            max(observed_at) OVER (PARTITION BY host, port)
        ) - (SELECT same_scan FROM span) AS since,
        coalesce(
            max(observed_at) FILTER (WHERE asked_all) OVER (PARTITION BY host, port, source, ip),
            max(observed_at) OVER (PARTITION BY host, port, source, ip) - (SELECT same_scan FROM span)
        ) AS since_at_address
    FROM judged
)

SELECT
    host,
    port,
    ip,
    source,
    observed_at,
    protocols,
    cipher_suites,
    key_groups,
    asked,
    coalesce(asks_suites AND asked_all AND len(cipher_suites) > 0, false) AS asked_suites
FROM fresh
WHERE observed_at >= since AND observed_at >= since_at_address
