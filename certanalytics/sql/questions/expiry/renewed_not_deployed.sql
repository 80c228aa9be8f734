-- One row is one certificate in service whose successor was issued and is not shown wherever it is, soonest end first.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.not_after,
    i.days_left,
    i.ended,
    i.successor,
    i.successor_rule,
    i.successor_in_service,
    n.not_before AS successor_not_before,
    n.not_after AS successor_not_after,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
LEFT JOIN certificate AS n ON n.identity = i.successor
WHERE i.in_service AND i.successor IS NOT NULL AND NOT i.successor_deployed
ORDER BY i.not_after, i.certificate
