-- One row is one certificate in service and one step of who is asked next when nobody answers, in order.
-- `step`: `owner` (a person or address named for it), `team`, `manager` (of an owner or of a team), `manager above`, or
-- `nobody` where nobody is named. Directories tell managers, not who leads a business unit.
SELECT
    i.certificate,
    i.subject_cn,
    i.days_left,
    i.critical,
    ['nobody', 'owner', 'team', 'manager', 'manager above'][coalesce(p.number, 0) + 1] AS step,
    coalesce(p.number, 0) AS number,
    p.name,
    p.email,
    p.answers
FROM inventory($as_of) AS i
LEFT JOIN escalation($as_of) AS p ON p.certificate = i.certificate
WHERE i.in_service
ORDER BY i.days_left, i.certificate, number, p.party
