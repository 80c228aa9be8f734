-- One row is what can be said of public certificates and the CAA records of their zones.
-- A certificate is judged by the worst of its names; one with names in zones that were not loaded is judged by the others.
SELECT
    count(*) AS public,
    count(*) FILTER (WHERE at_issue IS NOT NULL) AS judged_at_issue,
    count(*) FILTER (WHERE at_issue = 'violation') AS violations,
    count(*) FILTER (WHERE at_issue = 'possible violation') AS possible_violations,
    count(*) FILTER (WHERE renewable) AS renewable,
    count(*) FILTER (WHERE renewable AND now IS NOT NULL) AS judged_now,
    count(*) FILTER (WHERE renewable AND now = 'forbidden') AS blocked
FROM (
    SELECT
        i.in_service AND NOT i.replaced AS renewable,
        CASE
            WHEN c.violation THEN 'violation'
            WHEN c.possible THEN 'possible violation'
            WHEN c.told_at_issue THEN 'in order'
        END AS at_issue,
        CASE WHEN c.blocked THEN 'forbidden' WHEN c.told_now THEN 'in order' END AS now
    FROM inventory($as_of) AS i
    LEFT JOIN (
        SELECT
            certificate,
            coalesce(bool_or(before_issue = 'forbidden' AND after_issue = 'forbidden'), false) AS violation,
            coalesce(bool_or(before_issue = 'forbidden' AND after_issue IS NULL), false) AS possible,
            coalesce(bool_and(before_issue IN ('allowed', 'open')), false) AS told_at_issue,
            coalesce(bool_or(now = 'forbidden'), false) AS blocked,
            coalesce(bool_and(now IN ('allowed', 'open')), false) AS told_now
        FROM caa_judgement($as_of)
        GROUP BY certificate
    ) AS c ON c.certificate = i.certificate
    WHERE i.trust = 'public'
)
ORDER BY public
