-- One row is one certificate with DNS names, and what CAA says of all of them together.
-- `caa_forbade` its issue: before it and at the next look after it; `caa_forbids` one now. Both are no only where every
-- name lies in a zone that was loaded and tells, and not known where a zone was not looked at again after the issue.
-- `caa_owners` may issue now for all names that have CAA records (facts.caa_identifier); `caa_restricted`: there is such a
-- name; `caa_unknown`: an identifier among them of which the CA is not known.
WITH wanted AS MATERIALIZED (
    SELECT e.certificate, count(*) AS names
    FROM end_entity($as_of) AS e
    JOIN name AS n ON n.identity = e.certificate AND n.kind = 'dns'
    GROUP BY e.certificate
),

said AS MATERIALIZED (SELECT * FROM caa_judgement($as_of)),

permitted AS (
    SELECT s.certificate, s.name, s.identifier, i.ca_owner
    FROM (
        SELECT certificate, name, unnest(identifiers) AS identifier FROM said WHERE now IN ('allowed', 'forbidden')
    ) AS s
    LEFT JOIN facts.caa_identifier AS i ON i.identifier = s.identifier
    WHERE s.identifier <> ''
),

owner AS (
    SELECT certificate, ca_owner, count(DISTINCT name) AS names
    FROM permitted
    WHERE ca_owner IS NOT NULL
    GROUP BY certificate, ca_owner
),

judged AS (
    SELECT
        certificate,
        count(*) AS names,
        bool_or(before_issue = 'forbidden' AND after_issue = 'forbidden') AS forbade,
        bool_and(before_issue IN ('allowed', 'open')) AS let,
        count(*) = count(before_issue) AS told_before,
        bool_or(now = 'forbidden') AS forbids,
        bool_and(now IN ('allowed', 'open')) AS lets,
        bool_and(now <> 'cannot tell') AND count(*) = count(now) AS told_now,
        count(*) FILTER (WHERE now IN ('allowed', 'forbidden')) AS restricted
    FROM said
    GROUP BY certificate
)

SELECT
    w.certificate,
    CASE WHEN j.forbade THEN true WHEN j.let AND j.told_before AND j.names = w.names THEN false END AS caa_forbade,
    CASE WHEN j.forbids THEN true WHEN j.lets AND j.told_now AND j.names = w.names THEN false END AS caa_forbids,
    coalesce(j.told_now AND j.names = w.names, false) AS caa_told,
    coalesce(j.restricted > 0, false) AS caa_restricted,
    coalesce(p.unknown, false) AS caa_unknown,
    coalesce(o.ca_owners, []) AS caa_owners
FROM wanted AS w
LEFT JOIN judged AS j ON j.certificate = w.certificate
LEFT JOIN (
    SELECT certificate, bool_or(ca_owner IS NULL) AS unknown FROM permitted GROUP BY certificate
) AS p ON p.certificate = w.certificate
LEFT JOIN (
    SELECT o.certificate, list_sort(list(o.ca_owner)) AS ca_owners
    FROM owner AS o
    JOIN judged AS r ON r.certificate = o.certificate AND r.restricted = o.names
    GROUP BY o.certificate
) AS o ON o.certificate = w.certificate
