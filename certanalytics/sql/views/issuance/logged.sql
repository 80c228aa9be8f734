-- One row is one certificate that was logged, with what tells whether the organisation expected it.
-- `others_held`: other certificates of the same CA owner that endpoints, files or inventories show; `owner_recorded`: the
-- share of that CA owner's valid certificates in logs that inventories have. `burst`: how many were issued that week for a
-- domain of it, where that is much.
WITH held AS MATERIALIZED (
    SELECT
        e.certificate,
        e.names,
        e.registered_domains,
        e.not_before,
        e.not_after < $as_of::TIMESTAMP AS ended,
        r.in_log,
        r.in_scan,
        r.in_inventory,
        r.match_tier,
        CASE WHEN c.is_self_issued THEN 'self-signed' ELSE coalesce(i.ca_owner, 'unknown') END AS ca_owner
    FROM end_entity($as_of) AS e
    JOIN reconciliation($as_of) AS r ON r.certificate = e.certificate
    JOIN certificate AS c ON c.identity = e.certificate
    LEFT JOIN issuer AS i
        ON i.issuer_o IS NOT DISTINCT FROM c.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM c.issuer_cn
),

owner_held AS (
    SELECT
        ca_owner,
        count(*) FILTER (WHERE in_scan OR in_inventory) AS held,
        avg(in_inventory::INTEGER) FILTER (WHERE in_log AND ended IS NOT TRUE) AS recorded
    FROM held
    GROUP BY ca_owner
),

odd AS (
    SELECT h.certificate, list_sort(list(DISTINCT h.name)) AS internal_names
    FROM (SELECT certificate, unnest(names) AS name FROM held WHERE in_log) AS h
    JOIN internal_name AS n ON n.name = h.name
    GROUP BY h.certificate
),

burst AS (
    SELECT h.certificate, max(b.certificates) AS certificates
    FROM (
        SELECT certificate, date_trunc('week', not_before) AS week, unnest(registered_domains) AS registered_domain
        FROM held
        WHERE in_log
    ) AS h
    JOIN burst_week($as_of) AS b ON b.registered_domain = h.registered_domain AND b.week = h.week
    GROUP BY h.certificate
)

SELECT
    h.certificate,
    h.in_scan,
    h.in_inventory,
    h.match_tier,
    o.held - (h.in_scan OR h.in_inventory)::INTEGER AS others_held,
    o.recorded AS owner_recorded,
    d.internal_names,
    b.certificates AS burst
FROM held AS h
JOIN owner_held AS o ON o.ca_owner = h.ca_owner
LEFT JOIN odd AS d ON d.certificate = h.certificate
LEFT JOIN burst AS b ON b.certificate = h.certificate
WHERE h.in_log
