-- One row is of how many certificates in service for several names it can be told whether these belong to one.
-- It can where an owner (or unit) is stated of at least two names; names without a statement do not count, so that what
-- is shared is at least this.
SELECT
    count(*) AS several_names,
    count(*) FILTER (WHERE s.owned_names > 1) AS owners_judged,
    count(*) FILTER (WHERE s.owners > 1) AS across_owners,
    count(*) FILTER (WHERE s.placed_names > 1) AS units_judged,
    count(*) FILTER (WHERE s.units > 1) AS across_units
FROM inventory($as_of) AS i
LEFT JOIN name_sharing($as_of) AS s ON s.certificate = i.certificate
WHERE i.in_service AND len(i.names) > 1
ORDER BY several_names
