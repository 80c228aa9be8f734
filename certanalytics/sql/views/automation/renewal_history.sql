-- One row is one certificate in service, and how it and those it followed were issued.
-- Looked back upon are renewals_looked_back renewals. `lead_deviation_days` is how much the time from a renewal to the
-- end of what it renews varies (sample standard deviation): the cadence varies exactly as much, since an interval is
-- the lifetime less the lead. `life_used` is the mean share of the lifetime used at renewal. Weekends are UTC.
WITH RECURSIVE renewed AS MATERIALIZED (
    SELECT s.certificate, s.successor, b.not_before AS renewed_at, a.not_before, a.not_after
    FROM succession($as_of) AS s
    JOIN certificate AS a ON a.identity = s.certificate
    JOIN certificate AS b ON b.identity = s.successor
),

line AS (
    SELECT certificate, certificate AS earlier, not_before, NULL::TIMESTAMP AS not_after, NULL::TIMESTAMP AS renewed_at, 0 AS back
    FROM inventory($as_of)
    WHERE in_service
    UNION ALL
    SELECT l.certificate, r.certificate, r.not_before, r.not_after, r.renewed_at, l.back + 1
    FROM line AS l
    JOIN renewed AS r ON r.successor = l.earlier
    WHERE l.back < (SELECT value FROM facts.threshold WHERE name = 'renewals_looked_back')
)

SELECT
    certificate,
    count(renewed_at) AS renewals,
    round(stddev_samp((epoch(not_after) - epoch(renewed_at)) / 86400), 4) AS lead_deviation_days,
    round(
        avg((epoch(renewed_at) - epoch(not_before)) / nullif(epoch(not_after) - epoch(not_before), 0))
            FILTER (WHERE renewed_at IS NOT NULL),
        4
    ) AS life_used,
    round(count(*) FILTER (WHERE isodow(not_before) >= 6) / nullif(count(not_before), 0), 4) AS weekend_share
FROM line
GROUP BY certificate
