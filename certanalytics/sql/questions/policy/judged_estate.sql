-- One row is the estate itself: how recent and how regular its scans are at $as_of.
-- A scope bounds certificates and not the scans that look for them: only the number of certificates minds it.
WITH scan AS (
    SELECT DISTINCT observed_at
    FROM sighting
    WHERE kind = 'scan' AND position = 0 AND observed_at <= $as_of::TIMESTAMP
    UNION
    SELECT observed_at FROM probe WHERE kind IS DISTINCT FROM 'passive' AND observed_at <= $as_of::TIMESTAMP
),

-- From each scan to the next, of the last to the moment; of those that reach into the last 365 days.
gap AS (
    SELECT floor((epoch_us(until) - epoch_us(observed_at)) / 86400000000)::INTEGER AS days
    FROM (
        SELECT observed_at, lead(observed_at, 1, $as_of::TIMESTAMP) OVER (ORDER BY observed_at) AS until FROM scan
    )
    WHERE until > $as_of::TIMESTAMP - to_days(365)
),

span AS (
    SELECT
        min(observed_at) AS first_scan_at,
        max(observed_at) AS last_scan_at,
        count(DISTINCT observed_at::DATE) FILTER (WHERE observed_at > $as_of::TIMESTAMP - to_days(90)) AS scan_days_in_90
    FROM scan
)

SELECT
    'estate' AS subject,
    'the estate' AS display_name,
    (SELECT count(*) FROM inventory($as_of)) AS certificates,
    first_scan_at,
    last_scan_at,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(last_scan_at)) / 86400000000)::INTEGER AS days_since_scan,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(first_scan_at)) / 86400000000)::INTEGER AS days_since_first_scan,
    scan_days_in_90,
    (SELECT max(days) FROM gap) AS longest_gap_days
FROM span
ORDER BY subject
