-- One row is one certificate that endpoints have presented, the one that followed it, and when each was seen served.
-- Scans are looks, not a film: the successor was first served after `still_old` (the last look after its issue that
-- found the old one and came before any that found the new one) and by `served_from`. `seen_ended` is the first look
-- that found the certificate after its end.
WITH look AS MATERIALIZED (
    SELECT i.certificate, l.observed_at
    FROM endpoint_look($as_of) AS l
    JOIN issuance($as_of) AS i ON i.identity = l.identity
),

span AS MATERIALIZED (
    SELECT certificate, min(first_shown) AS first_served, max(last_shown) AS last_served
    FROM showing($as_of)
    GROUP BY certificate
),

followed AS MATERIALIZED (
    SELECT
        i.certificate,
        i.not_after,
        i.successor,
        b.not_before AS successor_not_before,
        a.first_served,
        a.last_served,
        n.first_served AS served_from
    FROM inventory($as_of) AS i
    JOIN span AS a ON a.certificate = i.certificate
    LEFT JOIN certificate AS b ON b.identity = i.successor
    LEFT JOIN span AS n ON n.certificate = i.successor
),

between_looks AS (
    SELECT
        f.certificate,
        max(l.observed_at) FILTER (
            WHERE
                l.observed_at >= f.successor_not_before
                AND (f.served_from IS NULL OR l.observed_at < f.served_from)
        ) AS still_old,
        min(l.observed_at) FILTER (WHERE l.observed_at > f.not_after) AS seen_ended
    FROM followed AS f
    JOIN look AS l ON l.certificate = f.certificate
    GROUP BY f.certificate
)

SELECT f.*, b.still_old, b.seen_ended
FROM followed AS f
JOIN between_looks AS b ON b.certificate = f.certificate
