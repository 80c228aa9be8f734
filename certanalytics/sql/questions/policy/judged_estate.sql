-- One row is the estate itself: how recent and how regular its scans are at $as_of.
-- A scope bounds certificates and not the scans that look for them: only the first column minds it.
WITH scan AS (
    SELECT DISTINCT s.observed_at
    FROM sighting AS s
    WHERE s.kind = 'scan' AND s.position = 0 AND s.observed_at <= $as_of::TIMESTAMP
    UNION
    SELECT observed_at FROM probe WHERE kind IS DISTINCT FROM 'passive' AND observed_at <= $as_of::TIMESTAMP
)

SELECT
    'estate' AS subject,
    'the estate' AS display_name,
    (SELECT count(*) FROM inventory($as_of)) AS certificates,
    min(observed_at) AS first_scan_at,
    max(observed_at) AS last_scan_at,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(max(observed_at))) / 86400000000)::INTEGER AS days_since_scan,
    floor((epoch_us($as_of::TIMESTAMP) - epoch_us(min(observed_at))) / 86400000000)::INTEGER AS days_since_first_scan,
    count(DISTINCT observed_at::DATE) FILTER (WHERE observed_at > $as_of::TIMESTAMP - to_days(90)) AS scan_days_in_90
FROM scan
ORDER BY subject
