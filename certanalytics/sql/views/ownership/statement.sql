-- One row is one thing the organisation says of one certificate, and how closely it says it.
-- Closest is a statement about the certificate itself, then about the name of an endpoint that presents it, a name in
-- it, an address, then the longest pattern that covers a name; last what a CA or manager records. `distance` grows
-- in that order.
WITH current AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER (
            ORDER BY
                system, asset_id, name, ip, service, business_unit, environment, criticality, owner, team
        ) AS number
    FROM current_asset($as_of)
),

issued AS MATERIALIZED (SELECT identity, certificate FROM issuance($as_of)),

place AS MATERIALIZED (
    SELECT certificate, host AS name, ip, 2 AS distance FROM presented($as_of)
    UNION
    SELECT i.certificate, n.name, if(n.kind = 'ip', n.name, NULL), 3
    FROM issued AS i
    JOIN name AS n ON n.identity = i.certificate
),

-- `*.shop.example.com` covers every name below it, so a name is tried with its first label, first two, … cut off.
cover AS (
    SELECT name, '*.' || array_to_string(labels[cut:], '.') AS pattern
    FROM (
        SELECT name, string_split(name, '.') AS labels, unnest(range(2, len(string_split(name, '.')) + 1)) AS cut
        FROM (SELECT DISTINCT name FROM place)
    )
),

spoken_of AS (
    SELECT i.certificate, 1 AS distance, a.name AS said_of, a.number
    FROM current AS a
    JOIN issued AS i ON i.identity = a.name
    UNION ALL
    SELECT p.certificate, p.distance, a.name, a.number
    FROM current AS a
    JOIN place AS p ON p.name = a.name AND NOT starts_with(p.name, '*.')
    UNION ALL
    SELECT p.certificate, 4, a.ip, a.number
    FROM current AS a
    JOIN place AS p ON lower(p.ip) = a.ip
    UNION ALL
    SELECT p.certificate, 1000 - length(a.name), a.name, a.number
    FROM current AS a
    JOIN cover AS c ON c.pattern = a.name
    JOIN place AS p ON p.name = c.name
),

latest_record AS (
    SELECT i.certificate, r.system, r.record_id, r.business_unit, coalesce(r.owner_email, r.owner_name) AS owner
    FROM current_record($as_of) AS r
    JOIN issued AS i ON i.identity = r.identity
)

SELECT DISTINCT
    s.certificate,
    s.distance,
    'system of record' AS level,
    s.said_of,
    a.system,
    a.service,
    a.business_unit,
    a.environment,
    a.criticality,
    a.owner,
    a.team
FROM spoken_of AS s
JOIN current AS a ON a.number = s.number
UNION ALL
SELECT DISTINCT certificate, 2000, 'manager', record_id, system, NULL, business_unit, NULL, NULL, owner, NULL
FROM latest_record
