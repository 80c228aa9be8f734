-- One row is one certificate that was followed by another, and when endpoints took the new one.
-- Measured is the first endpoint that a look had seen without the new certificate, showing the old one then or before:
-- it took the new one between `looked_before` (or the start of the new one) and `taken_over`. The lead time is from taking over to the end of the old
-- certificate, so it lies between lead_seconds and lead_at_most; where the first look already saw both, or nothing did,
-- it is not known. Late is what took over fewer than late_renewal_days, and less than renewal_life_left of its lifetime,
-- before the end; where the looks lie on both sides of that moment it cannot be told.
WITH followed AS MATERIALIZED (SELECT * FROM succession($as_of)),

shown AS MATERIALIZED (SELECT * FROM showing($as_of)),

both_shown AS (
    SELECT s.certificate, s.successor, b.endpoint, b.first_shown
    FROM followed AS s
    JOIN shown AS a ON a.certificate = s.certificate
    JOIN shown AS b ON b.certificate = s.successor AND b.endpoint = a.endpoint
    WHERE b.first_shown > a.first_shown
),

bracketed AS (
    SELECT b.certificate, b.endpoint, b.first_shown, l.observed_at AS looked_before
    FROM both_shown AS b
    ASOF JOIN (SELECT DISTINCT endpoint, observed_at FROM endpoint_look($as_of)) AS l
        ON l.endpoint = b.endpoint AND b.first_shown > l.observed_at
),

taken AS (
    SELECT
        certificate,
        count(*) AS endpoints_measured,
        min(first_shown) AS taken_over,
        arg_min(looked_before, first_shown) AS looked_before
    FROM (SELECT * FROM bracketed ORDER BY certificate, first_shown, looked_before DESC, endpoint)
    GROUP BY certificate
),

timed AS (
    SELECT
        s.certificate,
        s.successor,
        s.rule,
        s.score,
        a.not_before AS previous_begin,
        a.not_after AS previous_end,
        b.not_before AS renewed_at,
        a.spki_sha256 = b.spki_sha256 AS key_reused,
        t.endpoints_measured,
        t.looked_before,
        t.taken_over,
        epoch_us(a.not_after) - epoch_us(t.taken_over) AS lead_us,
        if(
            t.taken_over IS NULL,
            NULL,
            epoch_us(a.not_after) - epoch_us(greatest(t.looked_before, b.not_before))
        ) AS lead_at_most_us,
        least(
            (SELECT value FROM facts.threshold WHERE name = 'late_renewal_days') * 86400000000,
            (SELECT value FROM facts.threshold WHERE name = 'renewal_life_left')
            * (epoch_us(a.not_after) - epoch_us(a.not_before))
        ) AS asked_us
    FROM followed AS s
    JOIN certificate AS a ON a.identity = s.certificate
    JOIN certificate AS b ON b.identity = s.successor
    LEFT JOIN taken AS t ON t.certificate = s.certificate
)

SELECT
    * EXCLUDE (lead_us, lead_at_most_us, asked_us),
    floor(lead_us / 1000000)::BIGINT AS lead_seconds,
    lead_us / 86400000000 AS lead_days,
    lead_at_most_us / 86400000000 AS lead_at_most_days,
    CASE WHEN lead_us >= asked_us THEN false WHEN lead_at_most_us < asked_us THEN true END AS late
FROM timed
