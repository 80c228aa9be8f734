-- One row is one business unit and service, and what is organised of its certificates in service, most first.
SELECT
    business_unit,
    service,
    count(*) AS certificates,
    count(DISTINCT owner) FILTER (WHERE owner_state = 'owned') AS owners,
    count(*) FILTER (WHERE owner_state = 'owned') AS owned
FROM inventory($as_of)
WHERE in_service
GROUP BY business_unit, service
ORDER BY certificates DESC, business_unit, service
