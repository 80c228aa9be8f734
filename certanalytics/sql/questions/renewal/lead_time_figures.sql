-- One row is what can be said of all renewals of certificates in scope.
-- `untimed`: no look brackets the change; `unclear`: looks lie on both sides of the moment from which it would be late.
SELECT
    count(*) AS renewals,
    count(*) FILTER (WHERE r.rule = 'similar names') AS by_similar_names,
    count(*) FILTER (WHERE i.in_service) AS still_served,
    count(*) FILTER (WHERE i.renewal_stage = 'deployed') AS deployed,
    count(*) FILTER (WHERE i.renewal_stage = 'partly deployed') AS partly_deployed,
    count(*) FILTER (WHERE i.renewal_stage = 'deployed nowhere') AS deployed_nowhere,
    count(*) FILTER (WHERE i.renewal_stage = 'superseded') AS superseded,
    count(*) FILTER (WHERE i.renewal_stage = 'neither in service') AS neither_in_service,
    count(r.lead_days) AS timed,
    count(*) FILTER (WHERE r.lead_days IS NULL) AS untimed,
    count(*) FILTER (WHERE r.late) AS late,
    count(*) FILTER (WHERE NOT r.late) AS in_time,
    count(*) FILTER (WHERE r.lead_days IS NOT NULL AND r.late IS NULL) AS unclear,
    count(*) FILTER (WHERE r.lead_days < 0) AS after_the_end,
    median(r.lead_days) AS median_lead_days,
    quantile_cont(r.lead_days, 0.1) AS p10_lead_days,
    max(r.lead_at_most_days - r.lead_days) AS widest_gap_days,
    count(r.key_reused) AS keys_known,
    count(*) FILTER (WHERE r.key_reused) AS keys_reused
FROM inventory($as_of) AS i
JOIN replacement($as_of) AS r ON r.certificate = i.certificate
ORDER BY renewals
