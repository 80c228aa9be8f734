-- One row is how far the escalation of all certificates in service leads.
-- `escalates`: an active manager is on the path; `dead_ends`: everybody on it has left or nobody is; `unclear`: nobody on
-- it is known to be active, and of somebody it cannot be told; `nobody`: nobody is named.
SELECT
    count(*) AS certificates,
    count(*) FILTER (WHERE escalates) AS escalates,
    count(*) FILTER (WHERE NOT answers AND NOT unclear) AS dead_ends,
    count(*) FILTER (WHERE NOT answers AND unclear) AS unclear,
    count(*) FILTER (WHERE nobody) AS nobody
FROM (
    SELECT
        i.certificate,
        coalesce(bool_or(p.number >= 3 AND p.answers), false) AS escalates,
        coalesce(bool_or(p.answers), false) AS answers,
        coalesce(bool_or(p.answers IS NULL AND p.party IS NOT NULL), false) AS unclear,
        count(p.party) = 0 AS nobody
    FROM inventory($as_of) AS i
    LEFT JOIN escalation($as_of) AS p ON p.certificate = i.certificate
    WHERE i.in_service
    GROUP BY i.certificate
)
ORDER BY certificates
