-- One row is the newest observation in the estate: what was seen on the wire or in a log counts before file times.
SELECT coalesce(max(observed_at) FILTER (WHERE seen), max(observed_at)) AS moment
FROM (
    SELECT observed_at, time_basis <> 'file' AS seen FROM sighting
    UNION ALL SELECT observed_at, time_basis <> 'file' FROM probe
    UNION ALL SELECT entry_timestamp, true FROM ct_entry
    UNION ALL SELECT observed_at, false FROM record
    UNION ALL SELECT observed_at, false FROM asset
    UNION ALL SELECT observed_at, false FROM person
)
ORDER BY moment
