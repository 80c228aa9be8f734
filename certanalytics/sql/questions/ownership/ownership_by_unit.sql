-- One row is one business unit and the certificates in service by state of their owner, most gaps first.
-- `owned` is absent where no export names any owner.
SELECT
    business_unit,
    if((SELECT ownership FROM assessable($as_of)), count(*) FILTER (WHERE owner_state = 'owned'), NULL) AS owned,
    count(*) FILTER (WHERE owner_state = 'inactive') AS inactive,
    count(*) FILTER (WHERE owner_state = 'none') AS "none",
    count(*) FILTER (WHERE owner_state = 'owned' AND NOT owner_verified) AS unverified,
    count(*) FILTER (WHERE owner_state = 'owned' AND owner_level = 'manager') AS by_manager_only,
    count(*) FILTER (WHERE critical AND owner_state <> 'owned') AS critical_without_owner,
    count(*) AS certificates
FROM inventory($as_of)
WHERE in_service
GROUP BY business_unit
ORDER BY count(*) FILTER (WHERE owner_state <> 'owned') DESC, certificates DESC, business_unit
