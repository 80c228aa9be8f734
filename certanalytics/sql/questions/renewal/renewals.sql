-- One row is one certificate in scope that was followed by another, how that went, and what came of it, latest first.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    r.successor,
    r.rule,
    r.score,
    i.renewal_stage AS stage,
    r.previous_end,
    r.renewed_at,
    r.looked_before,
    r.taken_over,
    r.lead_days,
    r.lead_at_most_days,
    r.late,
    r.key_reused,
    i.in_service,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
JOIN replacement($as_of) AS r ON r.certificate = i.certificate
ORDER BY r.renewed_at DESC, i.certificate
