-- One row is one certificate in service that has ended or ends within $horizon days, what ended first at the top.
SELECT
    certificate,
    subject_cn,
    hosts,
    endpoints,
    issuer_cn,
    ca_owner,
    not_before,
    not_after,
    lifetime_days,
    days_left,
    life_left,
    ended,
    replaced,
    successor,
    successor IS NOT NULL AND NOT successor_deployed AS renewed_not_deployed,
    business_unit,
    environment,
    criticality,
    service,
    owner,
    owner_email,
    owner_state,
    names
FROM inventory($as_of)
WHERE in_service AND seconds_left <= $horizon::BIGINT * 86400
ORDER BY not_after, critical DESC, endpoints DESC, certificate
