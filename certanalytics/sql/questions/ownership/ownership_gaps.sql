-- One row is one certificate in service without an active owner, worst first.
-- Ended ones come first, then the soonest; of equals critical services before others. Where no export names any owner,
-- none is missing.
SELECT
    certificate,
    subject_cn,
    hosts,
    endpoints,
    owner_state,
    owner,
    owner_email,
    business_unit,
    environment,
    criticality,
    critical,
    service,
    issuer_cn,
    not_after,
    days_left,
    seconds_left,
    ended,
    replaced,
    names
FROM inventory($as_of)
WHERE in_service AND owner_state <> 'owned' AND (SELECT ownership FROM assessable($as_of))
ORDER BY ended DESC, days_left, critical DESC, endpoints DESC, certificate
