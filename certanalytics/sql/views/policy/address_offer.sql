-- One row is one address of one endpoint that presents a certificate at $as_of, and what it offers in TLS.
-- Of each scanner its latest look counts, and of all looks those since the last one that tried every version
-- (facts.tls_enumeration), same_scan_days before it included. `versions_told`: that look tells what is not offered.
-- Without it a list of versions or suites is only what somebody happened to see: its absences say nothing. Of a name
-- with several addresses a look that does not say which of them it met is never such a look.
WITH place AS MATERIALIZED (
    SELECT host, port, ip, any_value(endpoint) AS endpoint, count(*) OVER (PARTITION BY host, port) AS addresses
    FROM presented($as_of)
    GROUP BY host, port, ip
),

look AS (
    SELECT
        lower(rtrim(coalesce(t.sni, t.host, t.ip), '.')) AS host,
        t.port,
        t.ip,
        t.protocols,
        t.cipher_suites,
        t.groups,
        t.observed_at,
        coalesce(len(t.protocols) > 0 AND (e.told_if = 'always' OR len(t.groups) > 0), false) AS whole,
        coalesce(e.tells_tls13, false) AS tells_tls13
    FROM endpoint_tls AS t
    JOIN load AS l ON l.load = t.load
    LEFT JOIN facts.tls_enumeration AS e ON e.scanner = l.source
    WHERE
        t.observed_at <= $as_of::TIMESTAMP
        AND t.observed_at
        >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
    QUALIFY
        rank() OVER (
            PARTITION BY lower(rtrim(coalesce(t.sni, t.host, t.ip), '.')), t.port, t.ip, l.source
            ORDER BY t.observed_at DESC
        ) = 1
),

met AS (
    SELECT
        p.host,
        p.port,
        p.ip,
        l.protocols,
        l.cipher_suites,
        l.groups,
        l.tells_tls13,
        l.observed_at,
        l.whole AND (p.addresses = 1 OR coalesce(l.ip = p.ip, false)) AS whole
    FROM place AS p
    JOIN look AS l
        ON l.host = p.host AND l.port IS NOT DISTINCT FROM p.port AND (l.ip = p.ip) IS NOT FALSE
),

seen AS (
    SELECT *, max(observed_at) FILTER (WHERE whole) OVER (PARTITION BY host, port, ip) AS last_whole FROM met
),

offer AS (
    SELECT
        host,
        port,
        ip,
        list_sort(list_distinct(flatten(list(protocols)))) AS protocols,
        list_sort(list_distinct(flatten(list(cipher_suites)))) AS cipher_suites,
        list_sort(list_distinct(flatten(list(groups)))) AS groups,
        bool_or(whole) AS versions_told,
        bool_or(whole AND tells_tls13) AS tls13_told,
        bool_or(whole AND len(cipher_suites) > 0) AS suites_told
    FROM seen
    WHERE
        last_whole IS NULL
        OR observed_at
        >= last_whole - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
    GROUP BY host, port, ip
)

SELECT
    p.host,
    p.port,
    p.ip,
    p.endpoint,
    coalesce(o.protocols, []) AS protocols,
    coalesce(o.cipher_suites, []) AS cipher_suites,
    coalesce(o.groups, []) AS groups,
    coalesce(o.versions_told, false) AS versions_told,
    coalesce(o.tls13_told, false) AS tls13_told,
    coalesce(o.suites_told, false) AS suites_told
FROM place AS p
LEFT JOIN offer AS o
    ON o.host = p.host AND o.port IS NOT DISTINCT FROM p.port AND o.ip IS NOT DISTINCT FROM p.ip
