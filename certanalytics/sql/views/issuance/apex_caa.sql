-- One row is one zone that was loaded and what the CAA records at its apex say at $as_of, by its newest snapshot.
SELECT z.zone, z.snapshot, n.has_issue, n.has_iodef, n.issue, n.issuewild
FROM (
    SELECT zone, coalesce(max(observed_at) FILTER (WHERE observed_at <= $as_of::TIMESTAMP), min(observed_at)) AS snapshot
    FROM dns_record
    WHERE zone IS NOT NULL
    GROUP BY zone
) AS z
LEFT JOIN zone_node AS n
    ON n.zone = z.zone AND n.snapshot = z.snapshot AND n.name = z.zone AND NOT n.is_cut AND NOT n.target_unknown
