-- One row is one band of days left and the certificates in service by state of their owner, soonest first.
-- `owned` is absent where no export names any owner.
SELECT
    b.band,
    if(
        (SELECT ownership FROM assessable($as_of)),
        count(i.certificate) FILTER (WHERE i.owner_state = 'owned'),
        NULL
    ) AS owned,
    count(i.certificate) FILTER (WHERE i.owner_state = 'inactive') AS inactive,
    count(i.certificate) FILTER (WHERE i.owner_state = 'none') AS "none"
FROM (
    VALUES
    (1, 'ended'),
    (2, '0–7 days'),
    (3, '8–30 days'),
    (4, '31–90 days'),
    (5, '91–180 days'),
    (6, 'later'),
    (7, 'not known')
) AS b (number, band)
LEFT JOIN (
    SELECT
        *,
        CASE
            WHEN seconds_left IS NULL THEN 7
            WHEN ended THEN 1
            WHEN seconds_left <= 7 * 86400 THEN 2
            WHEN seconds_left <= 30 * 86400 THEN 3
            WHEN seconds_left <= 90 * 86400 THEN 4
            WHEN seconds_left <= 180 * 86400 THEN 5
            ELSE 6
        END AS number
    FROM inventory($as_of)
    WHERE in_service
) AS i ON i.number = b.number
GROUP BY b.number, b.band
HAVING b.number < 7 OR count(i.certificate) > 0
ORDER BY b.number
