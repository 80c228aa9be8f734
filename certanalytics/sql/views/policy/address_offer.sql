-- One row is one address of one endpoint that presents a certificate at $as_of, and what it offers in TLS.
-- The looks are those of `tls_look`. `versions_told`: they tell which of the versions from SSL 3.0 to TLS 1.2 it does not
-- offer. Without it a list of versions or suites is only what somebody happened to see: its absences say nothing. Of a
-- name with several addresses a look that does not say which of them it met tells no absence.
WITH place AS MATERIALIZED (
    SELECT host, port, ip, any_value(endpoint) AS endpoint, count(*) OVER (PARTITION BY host, port) AS addresses
    FROM presented($as_of)
    GROUP BY host, port, ip
),

offer AS (
    SELECT
        p.host,
        p.port,
        p.ip,
        list_sort(list_distinct(flatten(list(l.protocols)))) AS protocols,
        list_sort(list_distinct(flatten(list(l.cipher_suites)))) AS cipher_suites,
        list_sort(list_distinct(flatten(list(l.key_groups)))) AS groups,
        coalesce(flatten(list(l.asked) FILTER (WHERE p.addresses = 1 OR l.ip = p.ip)), []) AS asked,
        bool_or(l.asked_suites AND (p.addresses = 1 OR coalesce(l.ip = p.ip, false))) AS suites_told
    FROM place AS p
    JOIN tls_look($as_of) AS l
        ON l.host = p.host AND l.port IS NOT DISTINCT FROM p.port AND (l.ip = p.ip) IS NOT FALSE
    GROUP BY p.host, p.port, p.ip
)

SELECT
    p.host,
    p.port,
    p.ip,
    p.endpoint,
    coalesce(o.protocols, []) AS protocols,
    coalesce(o.cipher_suites, []) AS cipher_suites,
    coalesce(o.groups, []) AS groups,
    coalesce(list_has_all(o.asked, ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2']), false) AS versions_told,
    coalesce(list_contains(o.asked, 'TLSv1.3'), false) AS tls13_told,
    coalesce(o.suites_told, false) AS suites_told
FROM place AS p
LEFT JOIN offer AS o
    ON o.host = p.host AND o.port IS NOT DISTINCT FROM p.port AND o.ip IS NOT DISTINCT FROM p.ip
