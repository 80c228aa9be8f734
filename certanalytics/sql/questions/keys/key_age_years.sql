-- One row is one age of keys in whole years, with the keys and certificates in service that have it, youngest first.
-- A year is 365 days; `aged` counts the certificates whose key is older than key_age_days.
SELECT
    (age_days // 365)::INTEGER AS years,
    count(DISTINCT spki_sha256) AS keys,
    count(*) AS certificates,
    count(*) FILTER (WHERE age_days > (SELECT value FROM facts.threshold WHERE name = 'key_age_days')) AS aged
FROM (
    SELECT
        i.spki_sha256,
        floor((epoch_us($as_of::TIMESTAMP) - epoch_us(h.known_since)) / 86400000000)::INTEGER AS age_days
    FROM inventory($as_of) AS i
    JOIN key_history($as_of) AS h ON h.spki_sha256 = i.spki_sha256
    WHERE i.in_service
)
GROUP BY years
ORDER BY years
