-- One row is one wildcard certificate in service and how far its key reaches, widest first.
-- Owners, units and services are those stated closest to the names of the endpoints that present it. Whether it crosses
-- owners is not known where several servers present it and of fewer than two an owner is stated.
WITH wild AS (
    SELECT *
    FROM inventory($as_of)
    WHERE in_service AND len(list_filter(names, lambda n: starts_with(n, '*.'))) > 0
),

spread AS (
    SELECT
        s.certificate,
        count(*) AS servers,
        count(p.owner) AS owned,
        count(DISTINCT p.owner) AS owners,
        count(DISTINCT p.business_unit) AS units,
        count(DISTINCT p.service) AS services,
        coalesce(list_sort(list(DISTINCT p.owner) FILTER (WHERE p.owner IS NOT NULL)), []) AS owner_list
    FROM (SELECT DISTINCT certificate, host FROM presented($as_of)) AS s
    JOIN wild AS w ON w.certificate = s.certificate
    LEFT JOIN name_place($as_of) AS p ON p.name = s.host
    GROUP BY s.certificate
)

SELECT
    w.certificate,
    w.subject_cn,
    list_filter(w.names, lambda n: starts_with(n, '*.')) AS wildcards,
    w.endpoints,
    w.hosts,
    coalesce(s.owners, 0) AS owners,
    coalesce(s.units, 0) AS units,
    coalesce(s.services, 0) AS services,
    if(s.servers > 1 AND s.owned < 2, NULL, s.owners > 1) AS crosses_owner,
    coalesce(s.owner_list, []) AS owner_list,
    w.not_after,
    w.days_left,
    w.business_unit,
    w.criticality,
    w.owner,
    w.owner_state
FROM wild AS w
LEFT JOIN spread AS s ON s.certificate = w.certificate
ORDER BY w.endpoints DESC, w.certificate
