-- One row is one source of evidence up to a moment: its files, its records and its newest observation.
SELECT
    l.source,
    count(*) AS files,
    sum(l.accepted)::BIGINT AS records,
    max(o.newest) AS newest
FROM load AS l
LEFT JOIN (
    SELECT load, max(observed_at) FILTER (WHERE observed_at <= $as_of) AS newest
    FROM (
        SELECT load, observed_at FROM sighting
        UNION ALL SELECT load, observed_at FROM probe
        UNION ALL SELECT load, observed_at FROM record
        UNION ALL SELECT load, observed_at FROM asset
        UNION ALL SELECT load, observed_at FROM person
        UNION ALL SELECT load, observed_at FROM team
        UNION ALL SELECT load, entry_timestamp FROM ct_entry
    )
    GROUP BY load
) AS o ON o.load = l.load
GROUP BY l.source
ORDER BY l.source
