-- One row is one certificate and what is stated of its names: how many have an owner or unit, and how many different ones.
SELECT
    n.identity AS certificate,
    count(p.owner) AS owned_names,
    count(DISTINCT p.owner) AS owners,
    coalesce(list_sort(list(DISTINCT p.owner) FILTER (WHERE p.owner IS NOT NULL)), []) AS owner_list,
    count(p.business_unit) AS placed_names,
    count(DISTINCT p.business_unit) AS units,
    coalesce(list_sort(list(DISTINCT p.business_unit) FILTER (WHERE p.business_unit IS NOT NULL)), []) AS unit_list
FROM name AS n
JOIN name_place($as_of) AS p ON p.name = n.name
GROUP BY n.identity
