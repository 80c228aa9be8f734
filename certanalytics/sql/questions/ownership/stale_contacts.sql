-- One row is one contact of a certificate in service whom no directory says is still there, those who left first.
-- `left_by` is when a directory first called them inactive, where one was loaded by the moment.
-- Where no directory says who is still there, nobody is listed: then it cannot be told.
SELECT
    i.certificate,
    i.subject_cn,
    i.days_left,
    i.business_unit,
    i.criticality,
    c.role,
    c.name,
    c.email,
    c.kind,
    c.state,
    c.level,
    c.systems AS said_by,
    l.left_by
FROM contact($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
LEFT JOIN leaver($as_of) AS l ON l.party = c.party AND c.state = 'left'
WHERE
    i.in_service
    AND c.role IN ('accountable', 'technical', 'business', 'renewal', 'security')
    AND c.state IN ('left', 'not in directory', 'not confirmed')
ORDER BY list_position(['left', 'not in directory', 'not confirmed'], c.state), i.days_left, i.certificate, c.role, c.party
