-- One row is what can be said of the owners of all certificates in service.
SELECT
    count(*) AS certificates,
    count(*) FILTER (WHERE owner_state = 'owned') AS owned,
    count(*) FILTER (WHERE owner_state = 'inactive') AS inactive,
    count(*) FILTER (WHERE owner_state = 'none') AS "none",
    count(*) FILTER (WHERE owner_state = 'owned' AND NOT owner_verified) AS unverified,
    count(*) FILTER (WHERE critical) AS critical,
    count(*) FILTER (WHERE critical AND owner_state <> 'owned') AS critical_without_owner,
    count(*) FILTER (WHERE owner_state <> 'owned' AND ended) AS ended,
    count(*) FILTER (
        WHERE owner_state <> 'owned' AND NOT ended AND NOT replaced AND seconds_left <= 30 * 86400
    ) AS ends_in_30
FROM inventory($as_of)
WHERE in_service
ORDER BY certificates
