-- One row is one certificate in service, how far its renewal is automated by statement and by evidence, soonest end
-- first.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.ca_owner,
    i.trust,
    i.lifetime_days,
    i.not_after,
    i.days_left,
    i.critical,
    i.business_unit,
    i.owner,
    a.renewals,
    a.level,
    a.stage,
    a.said_by,
    a.probability,
    a.score,
    a.evidence,
    a.automated
FROM inventory($as_of) AS i
JOIN automation($as_of) AS a ON a.certificate = i.certificate
WHERE i.in_service
ORDER BY i.not_after, i.certificate
