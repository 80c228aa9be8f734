-- One row is one certificate with DNS names, and what CAA says of all of them together.
-- `caa_forbade` its issue: before it and at the next look after it; `caa_forbids` one now. Both are no only where every
-- name lies in a zone that was loaded and tells, and not known where a zone was not looked at again after the issue.
-- `caa_unknown`: a record names somebody of whom facts.caa_identifier does not tell the CA.
WITH wanted AS MATERIALIZED (
    SELECT e.certificate, count(*) AS names
    FROM end_entity($as_of) AS e
    JOIN name AS n ON n.identity = e.certificate AND n.kind = 'dns'
    GROUP BY e.certificate
),

judged AS (
    SELECT
        certificate,
        count(*) FILTER (WHERE before_issue IN ('allowed', 'open')) AS let,
        count(*) FILTER (WHERE now IN ('allowed', 'open')) AS lets,
        bool_or(before_issue = 'forbidden' AND after_issue = 'forbidden') AS forbade,
        bool_or(now = 'forbidden') AS forbids
    FROM caa_judgement($as_of)
    GROUP BY certificate
),

unknown AS (
    SELECT DISTINCT s.certificate
    FROM (SELECT certificate, unnest(identifiers) AS identifier FROM caa_judgement($as_of) WHERE restricts) AS s
    LEFT JOIN facts.caa_identifier AS f ON f.identifier = s.identifier
    WHERE f.identifier IS NULL AND s.identifier <> ''
)

SELECT
    w.certificate,
    CASE WHEN j.forbade THEN true WHEN j.let = w.names THEN false END AS caa_forbade,
    CASE WHEN j.forbids THEN true WHEN j.lets = w.names THEN false END AS caa_forbids,
    u.certificate IS NOT NULL AS caa_unknown
FROM wanted AS w
LEFT JOIN judged AS j ON j.certificate = w.certificate
LEFT JOIN unknown AS u ON u.certificate = w.certificate
