-- One row is one name of one snapshot of a zone at which it matters who may issue: its CAA records, an alias or a cut.
-- A snapshot is what was read of a zone within same_scan_days. CAA as in RFC 8659: an identifier is what stands before
-- the first semicolon, an empty one allows nobody. Of an alias the CAA records of its target count, which are known if
-- the same zone has records of it (RFC 8659 section 3). Below a cut (NS records under the apex) another zone answers.
-- `unknown_identifiers`: of which facts.caa_identifier does not tell the CA.
WITH taken AS (
    SELECT DISTINCT zone, observed_at AS snapshot FROM dns_record WHERE zone IS NOT NULL AND zone <> '.'
),

held AS MATERIALIZED (
    SELECT DISTINCT t.zone, t.snapshot, d.name, d.record_type, d.value, d.ttl
    FROM dns_record AS d
    JOIN taken AS t
        ON
        t.zone = d.zone
        AND d.observed_at <= t.snapshot
        AND d.observed_at
        >= t.snapshot - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
    WHERE d.record_type IN ('CAA', 'CNAME', 'NS')
),

property AS (
    SELECT
        zone,
        snapshot,
        name,
        ttl,
        regexp_extract(value, '^([0-9]+) +([A-Za-z0-9]+) +"?(.*?)"?$', ['flags', 'tag', 'value']) AS said
    FROM held
    WHERE record_type = 'CAA'
),

caa AS MATERIALIZED (
    SELECT
        p.zone,
        p.snapshot,
        p.name,
        max(p.ttl) AS ttl,
        bool_or(lower(p.said.tag) = 'issue') AS has_issue,
        bool_or(lower(p.said.tag) = 'issuewild') AS has_issuewild,
        bool_or(lower(p.said.tag) = 'iodef') AS has_iodef,
        coalesce(list_sort(list(DISTINCT p.identifier) FILTER (WHERE lower(p.said.tag) = 'issue')), []) AS issue,
        coalesce(list_sort(list(DISTINCT p.identifier) FILTER (WHERE lower(p.said.tag) = 'issuewild')), []) AS issuewild,
        coalesce(list(DISTINCT i.ca_owner) FILTER (WHERE lower(p.said.tag) = 'issue'), []) AS issue_owners,
        coalesce(list(DISTINCT i.ca_owner) FILTER (WHERE lower(p.said.tag) = 'issuewild'), []) AS issuewild_owners,
        count(*) FILTER (
            WHERE lower(p.said.tag) = 'issue' AND p.identifier <> '' AND i.ca_owner IS NULL
        ) AS unknown_issue,
        count(*) FILTER (
            WHERE lower(p.said.tag) = 'issuewild' AND p.identifier <> '' AND i.ca_owner IS NULL
        ) AS unknown_issuewild,
        -- A critical property a CA does not know forbids it to issue; which ones a CA knows cannot be told.
        bool_or(
            try_cast(p.said.flags AS INTEGER) >= 128 AND lower(p.said.tag) NOT IN ('issue', 'issuewild', 'iodef')
        ) AS unknown_critical
    FROM (SELECT *, lower(rtrim(trim(split_part(said.value, ';', 1)), '.')) AS identifier FROM property) AS p
    LEFT JOIN facts.caa_identifier AS i ON i.identifier = p.identifier
    GROUP BY p.zone, p.snapshot, p.name
),

alias AS (
    SELECT
        h.zone,
        h.snapshot,
        h.name,
        min(h.value) AS target,
        bool_or(k.name IS NULL OR a.name IS NOT NULL) AS target_unknown
    FROM held AS h
    LEFT JOIN (SELECT DISTINCT zone, snapshot, name FROM held WHERE record_type = 'CNAME') AS a
        ON a.zone = h.zone AND a.snapshot = h.snapshot AND a.name = h.value
    LEFT JOIN (SELECT DISTINCT zone, name FROM dns_record) AS k ON k.zone = h.zone AND k.name = h.value
    WHERE h.record_type = 'CNAME'
    GROUP BY h.zone, h.snapshot, h.name
),

cut AS (SELECT DISTINCT zone, snapshot, name FROM held WHERE record_type = 'NS' AND name <> zone)

SELECT *, false AS target_unknown, false AS is_cut FROM caa
UNION ALL BY NAME
SELECT c.* EXCLUDE (name), a.name, false AS target_unknown, false AS is_cut
FROM alias AS a
JOIN caa AS c ON c.zone = a.zone AND c.snapshot = a.snapshot AND c.name = a.target
WHERE NOT a.target_unknown
UNION ALL BY NAME
SELECT zone, snapshot, name, true AS target_unknown, false AS is_cut FROM alias WHERE target_unknown
UNION ALL BY NAME
SELECT zone, snapshot, name, false AS target_unknown, true AS is_cut FROM cut
