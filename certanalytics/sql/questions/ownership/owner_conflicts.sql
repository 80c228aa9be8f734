-- One row is one role of a certificate in service for which two systems name nobody in common, conflicts first.
-- `verdict` is `conflict`, or `cannot tell` where the same party may stand behind both (see `owner_comparison`).
SELECT
    i.certificate,
    i.subject_cn,
    i.days_left,
    i.business_unit,
    i.critical,
    c.role,
    c.system_a,
    c.names_a,
    c.system_b,
    c.names_b,
    c.verdict
FROM owner_comparison($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
WHERE i.in_service AND c.verdict <> 'agree'
ORDER BY c.verdict DESC, i.days_left, i.certificate, c.role, c.system_a, c.system_b
