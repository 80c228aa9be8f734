-- One row is one certificate in service for which one person alone can be reached, soonest to end first.
SELECT
    i.certificate,
    i.subject_cn,
    i.days_left,
    i.business_unit,
    i.criticality,
    min(c.name) AS name,
    min(c.email) AS email,
    bool_and(c.state = 'verified') AS verified,
    list_sort(list(DISTINCT c.role)) AS roles
FROM contact($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
WHERE
    i.in_service
    AND c.state <> 'left'
    AND c.role IN ('accountable', 'technical', 'business', 'renewal', 'security')
GROUP BY i.certificate, i.subject_cn, i.days_left, i.business_unit, i.criticality
HAVING count(DISTINCT c.party) = 1 AND min(coalesce(c.kind, 'unknown')) = 'person'
ORDER BY i.days_left, i.certificate
