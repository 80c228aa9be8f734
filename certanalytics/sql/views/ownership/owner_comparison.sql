-- One row is one role of one certificate and two systems that both name somebody in it, one of them a system of record.
-- Each system's closest statements count, as in `statement`; a person under identifier, address or user name is one
-- party. `verdict`: `agree` where both name some party; `conflict` where they name none in common, a directory knows
-- everyone named, and both name persons alone, teams alone or some of each; else `cannot tell`: a name no directory knows
-- may be another word for somebody, two of one name the same, and a person a member of the team (no export says).
WITH named AS MATERIALIZED (
    SELECT certificate, role, party, kind, name, unnest(systems) AS system, registers
    FROM contact($as_of)
    WHERE role IN ('accountable', 'technical', 'business', 'renewal', 'security')
),

by_system AS MATERIALIZED (
    SELECT
        certificate,
        role,
        system,
        bool_or(coalesce(list_contains(registers, system), false)) AS is_register,
        list(party) AS parties,
        list_sort(list(DISTINCT name)) AS names,
        list(lower(name)) AS called,
        list_sort(list(DISTINCT coalesce(kind, 'unknown'))) AS kinds
    FROM named
    GROUP BY certificate, role, system
)

SELECT
    a.certificate,
    a.role,
    a.system AS system_a,
    a.names AS names_a,
    b.system AS system_b,
    b.names AS names_b,
    CASE
        WHEN list_has_any(a.parties, b.parties) THEN 'agree'
        WHEN a.kinds = b.kinds AND NOT list_contains(a.kinds, 'unknown') AND NOT list_has_any(a.called, b.called)
            THEN 'conflict'
        ELSE 'cannot tell'
    END AS verdict
FROM by_system AS a
JOIN by_system AS b ON b.certificate = a.certificate AND b.role = a.role AND a.system < b.system
WHERE a.is_register OR b.is_register
