-- One row is one valid public certificate that was logged, with what tells whether it was expected, latest issued first.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.registered_domains,
    i.ca_owner,
    i.issuer_cn,
    i.not_before,
    i.not_after,
    i.days_left,
    i.first_seen,
    i.in_service,
    l.match_tier,
    l.in_inventory,
    l.others_held,
    l.owner_recorded,
    l.internal_names,
    l.burst,
    i.business_unit,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN logged($as_of) AS l ON l.certificate = i.certificate
WHERE i.trust = 'public' AND i.ended IS NOT TRUE
ORDER BY i.not_before DESC, i.certificate
