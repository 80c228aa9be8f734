-- One row is one band of how many endpoints present a certificate, with the certificates in service in it.
SELECT b.band, count(i.certificate) AS certificates
FROM (VALUES (1, 1, '1'), (2, 2, '2–3'), (4, 3, '4–7'), (8, 4, '8–15'), (16, 5, '16 or more')) AS b (least, number, band)
LEFT JOIN (
    SELECT
        certificate,
        CASE WHEN endpoints >= 16 THEN 16 WHEN endpoints >= 8 THEN 8 WHEN endpoints >= 4 THEN 4 WHEN endpoints >= 2 THEN 2 ELSE 1 END
            AS least
    FROM inventory($as_of)
    WHERE in_service
) AS i ON i.least = b.least
GROUP BY b.number, b.band
ORDER BY b.number
