-- One row is one certificate in service with DNS names, and which CA owners the CAA records of its names let issue.
-- Of each name the closest record set counts (RFC 8659 section 3), of the zones nearest to $as_of that were loaded.
-- `caa_told` is false where for one of the names the answer may lie elsewhere: no zone above it was loaded, or an alias
-- or a delegation leads out of those that were. `caa_restricted`: at least one name has records that name issuers;
-- `caa_allowed` are then those who may issue for all names (facts.caa_identifier).
WITH zone_row AS MATERIALIZED (
    SELECT name, upper(record_type) AS record_type, value, zone
    FROM dns_record
    WHERE zone IS NOT NULL
    QUALIFY
        rank() OVER (
            PARTITION BY system, zone
            ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
        ) = 1
),

zone AS (SELECT DISTINCT zone FROM zone_row),

wanted AS MATERIALIZED (
    SELECT i.certificate, n.name, n.wildcard, n.registered_domain, if(n.wildcard, n.name[3:], n.name) AS base
    FROM inventory($as_of) AS i
    JOIN name AS n ON n.identity = i.certificate
    WHERE i.in_service AND n.kind <> 'ip'
),

climb AS MATERIALIZED (
    SELECT base, array_to_string(labels[cut:], '.') AS ancestor, cut AS distance
    FROM (
        SELECT base, string_split(base, '.') AS labels, unnest(range(1, len(string_split(base, '.')) + 1)) AS cut
        FROM (SELECT DISTINCT base FROM wanted)
    )
),

covered AS (SELECT DISTINCT c.base FROM climb AS c JOIN zone AS z ON z.zone = c.ancestor),

leading_away AS (
    SELECT if(starts_with(name, '*.'), name[3:], name) AS name
    FROM zone_row
    WHERE
        record_type IN ('CNAME', 'DNAME')
        OR (record_type = 'NS' AND name NOT IN (SELECT zone FROM zone))
),

led_away AS (SELECT DISTINCT c.base FROM climb AS c JOIN leading_away AS z ON z.name = c.ancestor),

property AS MATERIALIZED (
    SELECT
        name,
        lower(regexp_extract(value, '^\d+\s+(\w+)\s+"?\s*([^";\s]*)', 1)) AS tag,
        lower(rtrim(regexp_extract(value, '^\d+\s+(\w+)\s+"?\s*([^";\s]*)', 2), '.')) AS issuer
    FROM zone_row
    WHERE record_type = 'CAA'
),

closest AS (
    SELECT c.base, arg_min(c.ancestor, c.distance) AS ancestor
    FROM climb AS c
    WHERE c.ancestor IN (SELECT name FROM property)
    GROUP BY c.base
),

-- For a wildcard the properties issuewild count if there is one, else those called issue.
named AS MATERIALIZED (
    SELECT w.certificate, w.name, p.issuer
    FROM wanted AS w
    JOIN closest AS c ON c.base = w.base
    JOIN property AS p ON p.name = c.ancestor AND p.tag IN ('issue', 'issuewild')
    QUALIFY
        CASE
            WHEN w.wildcard AND bool_or(p.tag = 'issuewild') OVER (PARTITION BY w.certificate, w.name)
                THEN p.tag = 'issuewild'
            ELSE p.tag = 'issue'
        END
),

restricted AS (SELECT certificate, count(DISTINCT name) AS names FROM named GROUP BY certificate),

permitted AS (
    SELECT n.certificate, f.ca_owner, count(DISTINCT n.name) AS names
    FROM named AS n
    JOIN facts.caa_identifier AS f ON f.identifier = n.issuer
    GROUP BY n.certificate, f.ca_owner
),

allowed AS (
    SELECT p.certificate, list_sort(list(p.ca_owner)) AS ca_owners
    FROM permitted AS p
    JOIN restricted AS r ON r.certificate = p.certificate AND r.names = p.names
    GROUP BY p.certificate
),

told AS (
    SELECT
        w.certificate,
        bool_and(
            v.base IS NOT NULL
            AND a.base IS NULL
            AND (c.base IS NOT NULL OR coalesce(w.registered_domain IN (SELECT zone FROM zone), false))
        ) AS caa_told
    FROM wanted AS w
    LEFT JOIN covered AS v ON v.base = w.base
    LEFT JOIN led_away AS a ON a.base = w.base
    LEFT JOIN closest AS c ON c.base = w.base
    GROUP BY w.certificate
)

SELECT
    t.certificate,
    t.caa_told,
    r.certificate IS NOT NULL AS caa_restricted,
    coalesce(a.ca_owners, []) AS caa_allowed
FROM told AS t
LEFT JOIN restricted AS r ON r.certificate = t.certificate
LEFT JOIN allowed AS a ON a.certificate = t.certificate
