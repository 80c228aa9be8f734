-- One row is one business unit and the lead times of its measured renewals, most late ones first.
SELECT
    i.business_unit,
    count(*) AS renewals,
    count(*) FILTER (WHERE r.late) AS late,
    count(*) FILTER (WHERE r.late IS NULL) AS unclear,
    median(r.lead_days) AS median_lead_days,
    quantile_cont(r.lead_days, 0.1) AS p10_lead_days
FROM inventory($as_of) AS i
JOIN replacement($as_of) AS r ON r.certificate = i.certificate
WHERE r.lead_days IS NOT NULL
GROUP BY i.business_unit
ORDER BY late DESC, renewals DESC, i.business_unit
