-- One row is one certificate in scope that was followed by another, and how the endpoints took the new one.
-- `late` is not known where no look saw an endpoint before and after; `days_since_end` is negative while it is valid.
SELECT
    r.certificate AS subject,
    coalesce(i.subject_cn, i.names[1], r.certificate) AS display_name,
    r.certificate,
    r.successor,
    r.rule,
    r.score,
    i.seen_on_endpoint,
    i.in_service,
    r.previous_end,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(r.previous_end)) / 86400000000)::INTEGER AS days_since_end,
    r.renewed_at,
    r.looked_before,
    r.taken_over,
    r.lead_days,
    r.lead_at_most_days,
    r.late,
    r.key_reused,
    i.environment,
    i.service,
    i.business_unit,
    i.owner
FROM replacement($as_of) AS r
JOIN inventory($as_of) AS i ON i.certificate = r.certificate
ORDER BY subject
