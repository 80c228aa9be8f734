-- One row is one of the 364 days (UTC) from the one that holds $as_of, and the certificates in service that end in it.
-- What has ended is not in it; what its successor has already replaced is counted apart.
WITH calendar AS (
    SELECT $as_of::TIMESTAMP::DATE::TIMESTAMP + to_days(number::INTEGER) AS day
    FROM range(364) AS d (number)
)

SELECT
    c.day,
    isodow(c.day) >= 6 AS weekend,
    count(i.certificate) FILTER (WHERE NOT i.replaced) AS ending,
    count(i.certificate) FILTER (WHERE i.replaced) AS replaced
FROM calendar AS c
LEFT JOIN inventory($as_of) AS i ON i.in_service AND NOT i.ended AND i.not_after::DATE::TIMESTAMP = c.day
GROUP BY c.day
ORDER BY c.day
