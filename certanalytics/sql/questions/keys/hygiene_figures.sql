-- One row is what can be said of the age and the reuse of the keys of all certificates in service.
-- A renewal is a certificate of the inventory with the one that followed it, in service or not; it is judged where
-- both keys are known.
WITH aged AS MATERIALIZED (
    SELECT
        i.*,
        floor((epoch_us($as_of::TIMESTAMP) - epoch_us(h.known_since)) / 86400000000)::INTEGER AS key_age_days,
        n.spki_sha256 AS next_key
    FROM inventory($as_of) AS i
    LEFT JOIN key_history($as_of) AS h ON h.spki_sha256 = i.spki_sha256
    LEFT JOIN certificate_content($as_of) AS n ON n.certificate = i.successor
),

keys AS (
    SELECT spki_sha256, max(key_age_days) AS key_age_days, count(*) AS certificates
    FROM aged
    WHERE in_service AND spki_sha256 IS NOT NULL
    GROUP BY spki_sha256
)

SELECT
    count(*) FILTER (WHERE in_service) AS in_service,
    count(*) FILTER (WHERE in_service AND spki_sha256 IS NOT NULL) AS keyed,
    (SELECT count(*) FROM keys) AS keys,
    (SELECT max(key_age_days) FROM keys) AS oldest_days,
    (SELECT quantile_disc(key_age_days, 0.5) FROM keys) AS median_days,
    count(*) FILTER (
        WHERE in_service AND key_age_days > (SELECT value FROM facts.threshold WHERE name = 'key_age_days')
    ) AS aged,
    count(*) FILTER (WHERE successor IS NOT NULL) AS renewals,
    count(*) FILTER (WHERE spki_sha256 IS NOT NULL AND next_key IS NOT NULL) AS renewals_judged,
    count(*) FILTER (WHERE spki_sha256 = next_key) AS kept
FROM aged
ORDER BY in_service
