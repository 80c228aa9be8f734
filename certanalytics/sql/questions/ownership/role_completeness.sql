-- One row is one role and the certificates in service by who fills it.
-- `told`: some loaded export names somebody in that role for some certificate; where none does, nothing is missing.
-- `filled`: somebody is named who has not left; of these `verified`: a directory says one of them is active, and
-- `by_manager`: no system of record names one. `left`: everyone named has left.
WITH named AS MATERIALIZED (SELECT * FROM contact($as_of)),

asked AS MATERIALIZED (SELECT certificate FROM inventory($as_of) WHERE in_service),

by_certificate AS (
    SELECT
        certificate,
        role,
        bool_or(state <> 'left') AS filled,
        bool_or(state = 'verified') AS verified,
        bool_or(state <> 'left' AND level = 'system of record') AS by_register
    FROM named
    GROUP BY certificate, role
)

SELECT
    r.role,
    r.role IN (SELECT role FROM named) AS told,
    count(b.certificate) FILTER (WHERE b.filled) AS filled,
    count(b.certificate) FILTER (WHERE b.verified) AS verified,
    count(b.certificate) FILTER (WHERE b.filled AND NOT b.by_register) AS by_manager,
    count(b.certificate) FILTER (WHERE NOT b.filled) AS "left",
    count(a.certificate) - count(b.certificate) AS "none",
    count(a.certificate) AS certificates
FROM (
    VALUES (1, 'accountable'), (2, 'technical'), (3, 'business'), (4, 'renewal'), (5, 'security'), (6, 'approver')
) AS r (number, role)
LEFT JOIN asked AS a ON true
LEFT JOIN by_certificate AS b ON b.certificate = a.certificate AND b.role = r.role
GROUP BY r.number, r.role
ORDER BY r.number
