-- One row is what can be said of whom to reach about all certificates in service.
-- Contacts are those named as accountable, technical, business, renewal or security; who requested or approved is none.
-- A contact who has left cannot be reached. `single`: one person is left to reach; `single_of_unknown_kind`: one name,
-- of which no directory says whether a person or a mailbox; `single_team`: one team, whose members no export tells.
WITH by_certificate AS MATERIALIZED (
    SELECT
        certificate,
        count(DISTINCT party) AS parties,
        count(DISTINCT party) FILTER (WHERE state <> 'left') AS reachable,
        bool_or(state = 'verified') AS verified,
        bool_or(state = 'left') AS some_left,
        bool_or(state = 'not in directory') AS some_not_in_directory,
        min(coalesce(kind, 'unknown')) FILTER (WHERE state <> 'left') AS kind,
        count(DISTINCT role) FILTER (WHERE state <> 'left' AND role <> 'accountable') AS roles
    FROM contact($as_of)
    WHERE role IN ('accountable', 'technical', 'business', 'renewal', 'security')
    GROUP BY certificate
)

SELECT
    count(*) AS certificates,
    count(b.certificate) AS with_contact,
    count(*) FILTER (WHERE b.verified) AS verified,
    count(*) FILTER (WHERE b.reachable = 0) AS all_left,
    count(*) FILTER (WHERE b.some_left) AS some_left,
    count(*) FILTER (WHERE b.reachable > 0 AND NOT b.verified) AS unverified,
    count(*) FILTER (WHERE b.reachable > 0 AND NOT b.verified AND b.some_not_in_directory) AS not_in_directory,
    count(*) FILTER (WHERE b.reachable = 1 AND b.kind = 'person') AS single,
    count(*) FILTER (WHERE b.reachable = 1 AND b.kind = 'team') AS single_team,
    count(*) FILTER (WHERE b.reachable = 1 AND b.kind = 'unknown') AS single_of_unknown_kind,
    count(*) FILTER (WHERE b.roles = 4) AS all_roles
FROM inventory($as_of) AS i
LEFT JOIN by_certificate AS b ON b.certificate = i.certificate
WHERE i.in_service
ORDER BY certificates
