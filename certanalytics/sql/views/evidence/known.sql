-- One row is one certificate of which some source had said something by $as_of, and where it was met.
-- A log entry without a time of its own counts from when it was collected. `as_leaf`: met as the certificate meant, not
-- only in the chain above another.
WITH mention AS (
    SELECT
        certificate AS identity,
        load,
        min(observed_at) AS first_seen,
        max(observed_at) AS last_seen,
        bool_or(kind IN ('scan', 'passive')) AS on_endpoint,
        bool_or(kind IN ('scan', 'passive') AND position = 0) AS served,
        bool_or(position = 0) AS as_leaf,
        bool_or(kind IN ('file', 'config')) AS in_file,
        false AS in_log,
        false AS in_record,
        min(observed_at) FILTER (WHERE kind IN ('scan', 'passive') AND position = 0) AS first_served,
        max(observed_at) FILTER (WHERE kind IN ('scan', 'passive') AND position = 0) AS last_served,
        NULL::TIMESTAMP AS first_logged
    FROM sighting
    WHERE observed_at <= $as_of::TIMESTAMP
    GROUP BY certificate, load
    UNION ALL
    SELECT
        certificate, load, min(observed_at), max(observed_at), false, false, true, false, false, true, NULL, NULL, NULL
    FROM record
    WHERE certificate IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
    GROUP BY certificate, load
    UNION ALL
    SELECT
        certificate, load, min(observed_at), max(observed_at), false, false, false, false, false, false, NULL, NULL, NULL
    FROM alias
    WHERE observed_at <= $as_of::TIMESTAMP
    GROUP BY certificate, load
    UNION ALL
    SELECT
        identity, load, min(logged_at), max(logged_at), false, false, bool_or(as_leaf), false, true, false, NULL, NULL,
        min(logged_at) FILTER (WHERE as_leaf)
    FROM (
        SELECT
            unnest(list_append(e.chain, e.certificate)) AS identity,
            identity = e.certificate AS as_leaf,
            e.load,
            coalesce(e.entry_timestamp, l.collected_at) AS logged_at
        FROM ct_entry AS e
        JOIN load AS l ON l.load = e.load
    )
    WHERE logged_at <= $as_of::TIMESTAMP
    GROUP BY identity, load
)
SELECT
    m.identity,
    min(m.first_seen) AS first_seen,
    max(m.last_seen) AS last_seen,
    list_sort(list(DISTINCT l.source)) AS sources,
    bool_or(m.on_endpoint) AS on_endpoint,
    bool_or(m.served) AS served,
    bool_or(m.as_leaf) AS as_leaf,
    bool_or(m.in_file) AS in_file,
    bool_or(m.in_log) AS in_log,
    bool_or(m.in_record) AS in_record,
    min(m.first_served) AS first_served,
    max(m.last_served) AS last_served,
    min(m.first_logged) AS first_logged
FROM mention AS m
JOIN load AS l ON l.load = m.load
GROUP BY m.identity
