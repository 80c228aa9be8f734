-- One row is one lifetime that public certificates in service have, in days, and how many have it.
-- `manual` counts those renewed by a person, as stated or more likely than not; `not_told` those nothing tells of.
SELECT
    i.lifetime_days,
    count(*) AS certificates,
    count(*) FILTER (WHERE NOT a.automated) AS manual,
    count(*) FILTER (WHERE a.automated IS NULL) AS not_told
FROM inventory($as_of) AS i
JOIN automation($as_of) AS a ON a.certificate = i.certificate
WHERE i.in_service AND i.trust = 'public'
GROUP BY i.lifetime_days
ORDER BY i.lifetime_days
