-- One row is one public certificate in service valid for longer than was allowed when it was issued, most days over first.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.not_before,
    i.not_after,
    i.lifetime_days,
    l.max_days,
    i.lifetime_days - l.max_days AS days_over,
    i.issuer_cn,
    i.ca_owner,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
ASOF JOIN facts.validity_limit AS l ON i.not_before >= l.issued_from
WHERE i.in_service AND i.trust = 'public' AND i.lifetime_days > l.max_days
ORDER BY days_over DESC, i.certificate
