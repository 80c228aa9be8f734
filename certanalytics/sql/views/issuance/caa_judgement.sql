-- One row is one name in one certificate that lies in a zone that was loaded, and whether CAA let its CA issue for it.
-- Judged from three snapshots of the zone: the newest of before the issue (by as long as a check may be reused), the
-- oldest of after it, and the newest by $as_of (else the first). `forbidden`: CAA names CAs, all of them known, and not
-- this one, or nobody; `allowed`: it names this one; `open`: no CAA record restricts issuance. What the zone does not
-- tell is `cannot tell`: an alias out of the zone, a wildcard record, a name below a cut, an unknown identifier, a zone
-- below the registered domain without CAA records, since the search goes on above it (RFC 8659 section 3). `told`,
-- `restricts` and `ca_owners` are what the zone says now whoever issued: whether it tells, names anyone, and whom.
WITH asked AS MATERIALIZED (
    SELECT
        e.certificate,
        e.not_before,
        n.name,
        n.wildcard,
        n.registered_domain,
        if(n.wildcard, substr(n.name, 3), n.name) AS base,
        i.ca_owner
    FROM end_entity($as_of) AS e
    JOIN name AS n ON n.identity = e.certificate AND n.kind = 'dns'
    JOIN certificate AS c ON c.identity = e.certificate
    LEFT JOIN issuer AS i
        ON i.issuer_o IS NOT DISTINCT FROM c.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM c.issuer_cn
),

climb AS MATERIALIZED (
    SELECT base, array_to_string(labels[cut:], '.') AS ancestor, cut
    FROM (
        SELECT base, string_split(base, '.') AS labels, unnest(range(1, len(string_split(base, '.')) + 1)) AS cut
        FROM (SELECT DISTINCT base FROM asked)
    )
),

zoned AS MATERIALIZED (
    SELECT c.base, arg_min(c.ancestor, c.cut) AS zone
    FROM climb AS c
    JOIN (SELECT DISTINCT zone FROM dns_record WHERE zone IS NOT NULL AND zone <> '.') AS z ON z.zone = c.ancestor
    GROUP BY c.base
),

taken AS MATERIALIZED (
    SELECT DISTINCT zone, observed_at AS snapshot
    FROM dns_record
    WHERE zone IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
),

inside AS MATERIALIZED (SELECT a.*, z.zone FROM asked AS a JOIN zoned AS z ON z.base = a.base),

moment AS MATERIALIZED (
    SELECT i.*, 'before' AS moment, t.snapshot
    FROM (
        SELECT
            *,
            not_before
            - to_hours((SELECT value::INTEGER FROM facts.threshold WHERE name = 'caa_reuse_hours')) AS known_by
        FROM inside
        WHERE not_before IS NOT NULL
    ) AS i
    ASOF JOIN taken AS t ON t.zone = i.zone AND i.known_by >= t.snapshot
    UNION ALL BY NAME
    SELECT i.*, 'after' AS moment, t.snapshot
    FROM (SELECT * FROM inside WHERE not_before IS NOT NULL) AS i
    ASOF JOIN taken AS t ON t.zone = i.zone AND i.not_before <= t.snapshot
    UNION ALL BY NAME
    SELECT i.*, 'now' AS moment, n.snapshot
    FROM inside AS i
    JOIN apex_caa($as_of) AS n ON n.zone = i.zone
),

met AS (
    SELECT l.base, l.zone, l.snapshot, c.cut, n.* EXCLUDE (zone, snapshot)
    FROM (SELECT DISTINCT base, zone, snapshot FROM moment) AS l
    JOIN climb AS c ON c.base = l.base
    JOIN zone_node AS n ON n.zone = l.zone AND n.snapshot = l.snapshot AND n.name = c.ancestor
    UNION ALL BY NAME
    -- What a wildcard record of the zone says of a name without records of its own (RFC 4592) is left open.
    SELECT l.base, l.zone, l.snapshot, c.cut - 0.5 AS cut, n.name, true AS target_unknown, false AS is_cut
    FROM (SELECT DISTINCT base, zone, snapshot FROM moment) AS l
    JOIN climb AS c ON c.base = l.base AND c.cut > 1
    JOIN zone_node AS n ON n.zone = l.zone AND n.snapshot = l.snapshot AND n.name = '*.' || c.ancestor
    LEFT JOIN (SELECT DISTINCT zone, name FROM dns_record) AS k ON k.zone = l.zone AND k.name = l.base
    WHERE k.name IS NULL
),

-- The nearest node counts, a CAA set before an alias at the same name (an alias has no other records); a cut anywhere.
relevant AS MATERIALIZED (
    SELECT *, bool_or(is_cut) OVER (PARTITION BY base, zone, snapshot) AS below_cut
    FROM met
    QUALIFY row_number() OVER (PARTITION BY base, zone, snapshot ORDER BY cut, is_cut DESC, target_unknown DESC) = 1
),

-- What the zone answers for a name: for a wildcard the properties issuewild if there is one, else those called issue.
answered AS (
    SELECT
        m.*,
        r.name AS caa_name,
        r.ttl,
        CASE
            WHEN r.below_cut OR r.target_unknown OR r.unknown_critical THEN false
            ELSE r.base IS NOT NULL OR length(m.zone) <= length(m.registered_domain)
        END AS told,
        coalesce(r.has_issue OR (m.wildcard AND r.has_issuewild), false) AS restricts,
        if(m.wildcard AND r.has_issuewild, r.issuewild, r.issue) AS identifiers,
        if(m.wildcard AND r.has_issuewild, r.issuewild_owners, r.issue_owners) AS ca_owners,
        if(m.wildcard AND r.has_issuewild, r.unknown_issuewild, r.unknown_issue) AS unknown_identifiers
    FROM moment AS m
    LEFT JOIN relevant AS r ON r.base = m.base AND r.zone = m.zone AND r.snapshot = m.snapshot
),

judged AS (
    SELECT
        *,
        CASE
            WHEN NOT told THEN 'cannot tell'
            WHEN NOT restricts THEN 'open'
            WHEN moment = 'before' AND snapshot + to_seconds(coalesce(ttl, 0)) > not_before THEN 'cannot tell'
            WHEN list_contains(ca_owners, ca_owner) THEN 'allowed'
            WHEN len(list_filter(identifiers, lambda one: one <> '')) = 0 THEN 'forbidden'
            WHEN unknown_identifiers > 0 THEN 'cannot tell'
            WHEN ca_owner IN (SELECT ca_owner FROM facts.caa_identifier) THEN 'forbidden'
            ELSE 'cannot tell'
        END AS state
    FROM answered
)

SELECT
    certificate,
    name,
    min(zone) AS zone,
    min(state) FILTER (WHERE moment = 'before') AS before_issue,
    min(state) FILTER (WHERE moment = 'after') AS after_issue,
    min(state) FILTER (WHERE moment = 'now') AS now,
    min(snapshot) FILTER (WHERE moment = 'before') AS known_since,
    min(snapshot) FILTER (WHERE moment = 'now') AS looked_at,
    min(caa_name) FILTER (WHERE moment = 'now') AS caa_name,
    any_value(identifiers) FILTER (WHERE moment = 'now') AS identifiers,
    any_value(identifiers) FILTER (WHERE moment = 'before') AS identifiers_before,
    bool_and(told) FILTER (WHERE moment = 'now') AS told,
    bool_or(restricts AND told) FILTER (WHERE moment = 'now') AS restricts,
    any_value(ca_owners) FILTER (WHERE moment = 'now') AS ca_owners
FROM judged
GROUP BY certificate, name
