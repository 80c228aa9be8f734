-- One row is one zone that was loaded and what the CAA records at its apex say at $as_of, by its newest snapshot.
-- `ca_owners` are those the identifiers stand for, `unknown_identifiers` counts those of which the CA is not known.
SELECT
    z.zone,
    z.snapshot,
    n.has_issue,
    n.has_iodef,
    n.issue,
    n.issuewild,
    list_sort(list_distinct(list_concat(n.issue_owners, n.issuewild_owners))) AS ca_owners,
    n.unknown_issue + n.unknown_issuewild AS unknown_identifiers
FROM (
    SELECT zone, coalesce(max(observed_at) FILTER (WHERE observed_at <= $as_of::TIMESTAMP), min(observed_at)) AS snapshot
    FROM dns_record
    WHERE zone IS NOT NULL
    GROUP BY zone
) AS z
LEFT JOIN zone_node AS n
    ON n.zone = z.zone AND n.snapshot = z.snapshot AND n.name = z.zone AND NOT n.is_cut AND NOT n.target_unknown
