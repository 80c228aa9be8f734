-- One row is one certificate presented now by one endpoint, and whether it is for the name that was asked for.
-- RFC 9525 section 6: a name fits one of the same form among the subject alternative names, letters in either case; a
-- wildcard stands for exactly the first label; an address fits an address; the common name does not count. Internationalised
-- names are compared as A-labels. `fits` is false only where the name was sent (SNI) and the names in the
-- certificate are known; else NULL: a host beside an address may come from a reverse look-up.
WITH shown AS MATERIALIZED (
    SELECT
        certificate,
        host,
        port,
        endpoint,
        max(observed_at) AS observed_at,
        bool_or(asked IS NOT NULL) AS was_asked,
        bool_or(regexp_full_match(host, '[0-9.]+') OR contains(host, ':')) AS is_address,
        bool_or(regexp_matches(host, '[^ -~]')) AS is_not_ascii
    FROM served_chain($as_of)
    GROUP BY certificate, host, port, endpoint
),

candidate AS (
    SELECT certificate, host, host AS name FROM shown
    UNION
    SELECT certificate, host, '*' || substr(host, strpos(host, '.'))
    FROM shown
    WHERE NOT is_address AND contains(host, '.')
),

stated AS (
    SELECT identity AS certificate, coalesce(len(san_dns), 0) + coalesce(len(san_ip), 0) AS names, evidence
    FROM certificate
),

fitting AS (
    SELECT DISTINCT c.certificate, c.host
    FROM candidate AS c
    JOIN name AS n ON n.identity = c.certificate AND n.name = c.name
    JOIN stated AS t ON t.certificate = c.certificate AND t.names > 0
)

SELECT
    s.certificate,
    s.host,
    s.port,
    s.endpoint,
    s.observed_at,
    s.was_asked,
    s.is_address,
    CASE
        WHEN f.host IS NOT NULL THEN true
        WHEN s.is_not_ascii OR s.is_address OR NOT s.was_asked THEN NULL
        WHEN t.names = 0 AND t.evidence <> 'der' THEN NULL
        ELSE false
    END AS fits,
    CASE
        WHEN f.host IS NOT NULL THEN NULL
        WHEN s.is_address THEN 'looked at by address: the name clients use is not known'
        WHEN NOT s.was_asked THEN 'the tool does not say which name it asked for'
        WHEN s.is_not_ascii THEN 'the name asked for is not written in A-labels'
        WHEN t.names = 0 AND t.evidence <> 'der' THEN 'the names in the certificate are not known'
        WHEN t.names = 0 THEN 'no subject alternative name'
        ELSE 'not among the names in the certificate'
    END AS reason
FROM shown AS s
LEFT JOIN stated AS t ON t.certificate = s.certificate
LEFT JOIN fitting AS f ON f.certificate = s.certificate AND f.host = s.host
