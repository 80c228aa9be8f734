-- One row is one band of lead time, with the renewals of certificates in scope whose lead time was measured.
-- A lead time is the least it can have been; `late` and `unclear` are those that are, or may be, too late.
SELECT
    b.band,
    count(r.certificate) FILTER (WHERE r.late) AS late,
    count(r.certificate) FILTER (WHERE r.late IS NULL) AS unclear,
    count(r.certificate) FILTER (WHERE NOT r.late) AS in_time
FROM (
    VALUES (1, 'after the end'), (2, '0–7 days'), (3, '8–14 days'), (4, '15–30 days'), (5, '31–60 days'), (6, 'more')
) AS b (number, band)
LEFT JOIN (
    SELECT
        t.certificate,
        t.late,
        CASE
            WHEN t.lead_days < 0 THEN 1
            WHEN t.lead_days <= 7 THEN 2
            WHEN t.lead_days <= 14 THEN 3
            WHEN t.lead_days <= 30 THEN 4
            WHEN t.lead_days <= 60 THEN 5
            ELSE 6
        END AS number
    FROM inventory($as_of) AS i
    JOIN replacement($as_of) AS t ON t.certificate = i.certificate
    WHERE t.lead_days IS NOT NULL
) AS r ON r.number = b.number
GROUP BY b.number, b.band
ORDER BY b.number
