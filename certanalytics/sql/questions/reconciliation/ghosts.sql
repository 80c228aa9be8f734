-- One row is one valid certificate that some system is set up to serve and no endpoint presents, reached ones first.
-- Where no scan of the last freshness_days reached the place (`reached`), nothing follows.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    c.said_by,
    c.places,
    c.last_said,
    c.reached,
    i.seen_on_endpoint AS ever_seen,
    i.stale,
    i.withdrawn,
    i.last_served,
    i.successor IS NOT NULL AS renewed,
    i.successor_in_service,
    i.issuer_cn,
    i.trust,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
JOIN deployment_claim($as_of) AS c ON c.certificate = i.certificate
WHERE NOT i.in_service AND i.validity = 'valid'
ORDER BY c.reached DESC, c.last_said DESC, i.certificate
