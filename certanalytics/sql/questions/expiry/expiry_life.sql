-- One row is one band of the share of lifetime left, and the certificates in service in it.
SELECT b.band, count(i.certificate) AS certificates, count(i.certificate) FILTER (WHERE NOT i.replaced) AS not_replaced
FROM (
    VALUES (1, 'ended'), (2, '< 10 %'), (3, '10–33 %'), (4, '33–67 %'), (5, '> 67 %'), (6, 'not known')
) AS b (number, band)
LEFT JOIN (
    SELECT
        *,
        CASE
            WHEN life_left IS NULL THEN 6
            WHEN ended THEN 1
            WHEN life_left < 0.1 THEN 2
            WHEN life_left * 3 < 1 THEN 3
            WHEN life_left * 3 < 2 THEN 4
            ELSE 5
        END AS number
    FROM inventory($as_of)
    WHERE in_service
) AS i ON i.number = b.number
GROUP BY b.number, b.band
HAVING b.number < 6 OR count(i.certificate) > 0
ORDER BY b.number
