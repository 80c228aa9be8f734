-- One row is one certificate in service with DNS names, and which CA owners the CAA records of its names let issue now.
-- `caa_told` is false where for one of the names no loaded zone tells (see `caa_judgement`). `caa_restricted`: at least
-- one name has records that name issuers; `caa_allowed` are then those known who may issue for all such names.
-- `caa_closed`: the records of one of them let nobody issue (RFC 8659 section 4.2), whoever asks.
WITH named AS (
    SELECT i.certificate, count(*) AS names
    FROM inventory($as_of) AS i
    JOIN name AS n ON n.identity = i.certificate AND n.kind = 'dns'
    WHERE i.in_service
    GROUP BY i.certificate
),

answer AS (
    SELECT
        certificate,
        count(*) FILTER (WHERE told) AS told,
        count(*) FILTER (WHERE restricts) AS restricted,
        bool_or(restricts AND len(list_filter(identifiers, lambda one: one <> '')) = 0) AS closed
    FROM caa_judgement($as_of)
    GROUP BY certificate
),

permitted AS (
    SELECT certificate, ca_owner
    FROM (SELECT certificate, unnest(ca_owners) AS ca_owner FROM caa_judgement($as_of) WHERE restricts)
    JOIN answer AS a USING (certificate)
    WHERE ca_owner IS NOT NULL
    GROUP BY certificate, ca_owner, a.restricted
    HAVING count(*) = a.restricted
)

SELECT
    n.certificate,
    coalesce(a.told = n.names, false) AS caa_told,
    coalesce(a.restricted > 0, false) AS caa_restricted,
    coalesce(p.ca_owners, []) AS caa_allowed,
    coalesce(a.closed, false) AS caa_closed
FROM named AS n
LEFT JOIN answer AS a ON a.certificate = n.certificate
LEFT JOIN (SELECT certificate, list_sort(list(ca_owner)) AS ca_owners FROM permitted GROUP BY certificate) AS p
    ON p.certificate = n.certificate
