-- One row is one certificate in service, one role and one party that fills it, or none, soonest to end first.
-- `level`: `system of record`, `manager`, `inferred` (only of who is accountable, where no active owner is stated; with
-- its probability), `none`, or `not assessable` where no loaded export names anybody in that role for any certificate.
WITH named AS MATERIALIZED (SELECT * FROM contact($as_of)),

asked AS MATERIALIZED (
    SELECT certificate, subject_cn, business_unit, criticality, days_left FROM inventory($as_of) WHERE in_service
),

filled AS MATERIALIZED (
    SELECT certificate, role, level, party, kind, name, email, state, systems, NULL::DOUBLE AS probability FROM named
    UNION ALL
    SELECT certificate, 'accountable', 'inferred', party, kind, name, email, NULL, kinds, probability
    FROM proposed_owner($as_of)
)

SELECT
    a.certificate,
    a.subject_cn,
    a.business_unit,
    a.criticality,
    a.days_left,
    r.role,
    coalesce(f.level, if(r.role IN (SELECT role FROM named), 'none', 'not assessable')) AS level,
    f.party,
    f.kind,
    f.name,
    f.email,
    f.state,
    f.systems AS said_by,
    f.probability
FROM asked AS a
CROSS JOIN (
    VALUES
    (1, 'accountable'),
    (2, 'technical'),
    (3, 'business'),
    (4, 'renewal'),
    (5, 'security'),
    (6, 'approver'),
    (7, 'requester')
) AS r (number, role)
LEFT JOIN filled AS f ON f.certificate = a.certificate AND f.role = r.role
ORDER BY a.days_left, a.certificate, r.number, f.probability DESC NULLS FIRST, f.level DESC, f.party
