-- One row is one name in certificates or of an endpoint, and the unit, service and owner stated closest to it.
-- Closest is what is said of the name itself, then the longest pattern that covers it; each attribute comes from the
-- closest statement that has it. An owner is told by the name the directory has, so that a user name and an e-mail address
-- are one person.
WITH current AS MATERIALIZED (
    SELECT
        a.name,
        a.business_unit,
        a.service,
        coalesce(d.name, nullif(trim(a.owner), ''), nullif(trim(a.team), '')) AS owner
    FROM current_asset($as_of) AS a
    LEFT JOIN directory($as_of) AS d
        ON d.reference = lower(coalesce(nullif(trim(a.owner), ''), nullif(trim(a.team), '')))
    WHERE a.name IS NOT NULL
),

spoken AS (
    SELECT name FROM name
    UNION
    SELECT lower(rtrim(coalesce(sni, host, ip), '.'))
    FROM sighting
    WHERE position = 0 AND kind IN ('scan', 'passive') AND observed_at <= $as_of::TIMESTAMP
),

cover AS (
    SELECT name, name AS said_of, 0 AS distance
    FROM spoken
    UNION ALL
    SELECT name, '*.' || array_to_string(labels[cut:], '.'), cut
    FROM (
        SELECT name, string_split(name, '.') AS labels, unnest(range(2, len(string_split(name, '.')) + 1)) AS cut
        FROM spoken
    )
)

SELECT
    c.name,
    arg_min(a.business_unit, (c.distance, a.business_unit)) FILTER (WHERE a.business_unit IS NOT NULL) AS business_unit,
    arg_min(a.service, (c.distance, a.service)) FILTER (WHERE a.service IS NOT NULL) AS service,
    arg_min(a.owner, (c.distance, a.owner)) FILTER (WHERE a.owner IS NOT NULL) AS owner
FROM cover AS c
JOIN current AS a ON a.name = c.said_of
GROUP BY c.name
