-- One row is what can be said of the TLS of all endpoints in scope together.
-- `endpoints` present a certificate in scope; of some of them nothing but the certificate was looked at.
WITH in_scope AS (
    SELECT DISTINCT p.host, p.port
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
)

SELECT
    count(*) AS endpoints,
    count(o.host) AS looked_at,
    count(*) FILTER (WHERE o.obsolete) AS obsolete,
    count(o.obsolete) AS obsolete_told,
    count(*) FILTER (WHERE o.obsolete IS FALSE AND list_contains(o.not_asked, 'SSL 2.0')) AS ssl2_not_asked,
    count(*) FILTER (WHERE o.tls13 IS FALSE) AS without_tls13,
    count(o.tls13) AS tls13_told,
    count(*) FILTER (WHERE o.has_suites_to_end) AS suites_to_end,
    count(o.has_suites_to_end) AS suites_told,
    count(*) FILTER (WHERE o.not_listed = 0 AND o.transition_only > 0) AS transition_alone,
    count(*) FILTER (WHERE o.unnamed_suites > 0) AS with_unnamed_suites,
    count(*) FILTER (WHERE o.conforms) AS conforming,
    count(o.conforms) AS conformity_told,
    count(*) FILTER (WHERE o.decryptable IN ('all', 'some')) AS decryptable,
    count(*) FILTER (WHERE o.decryptable = 'all') AS all_decryptable,
    count(*) FILTER (WHERE o.decryptable <> 'unknown') AS decryptable_told,
    count(*) FILTER (WHERE o.key_exchange IN ('hybrid', 'pq')) AS hybrid,
    count(*) FILTER (WHERE o.key_exchange <> 'unknown') AS exchange_told
FROM in_scope AS s
LEFT JOIN endpoint_offer($as_of) AS o ON o.host = s.host AND o.port IS NOT DISTINCT FROM s.port
ORDER BY endpoints
