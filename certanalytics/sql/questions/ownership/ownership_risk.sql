-- One row is one criticality and the certificates in service by whether an owner is known, the most critical first.
-- `weight` is that of facts.criticality_weight; absent where it gives none.
SELECT
    i.criticality,
    any_value(w.weight) AS weight,
    count(*) AS certificates,
    count(*) FILTER (WHERE i.owner_state = 'owned' AND i.owner_verified) AS verified,
    count(*) FILTER (WHERE i.owner_state = 'owned' AND NOT i.owner_verified) AS unverified,
    count(*) FILTER (WHERE i.owner_state = 'inactive') AS inactive,
    count(*) FILTER (WHERE i.owner_state = 'none') AS "none"
FROM inventory($as_of) AS i
LEFT JOIN facts.criticality_weight AS w ON w.criticality = i.criticality
WHERE i.in_service
GROUP BY i.criticality
ORDER BY weight DESC NULLS LAST, i.criticality
