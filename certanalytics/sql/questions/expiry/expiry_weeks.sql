-- One row is one ISO week, 53 from the one that holds $as_of, and the certificates in service that end in it.
-- What has ended is not in it. A certificate is counted once: as replaced, else as owned or without an active owner;
-- `owned` is absent where no export names any owner.
WITH calendar AS (
    SELECT date_trunc('week', $as_of::TIMESTAMP)::TIMESTAMP + to_days(7 * number::INTEGER) AS week
    FROM range(53) AS w (number)
)

SELECT
    c.week,
    count(i.certificate) FILTER (WHERE NOT i.replaced AND i.owner_state <> 'owned') AS without_owner,
    if(
        (SELECT ownership FROM assessable($as_of)),
        count(i.certificate) FILTER (WHERE NOT i.replaced AND i.owner_state = 'owned'),
        NULL
    ) AS owned,
    count(i.certificate) FILTER (WHERE i.replaced) AS replaced
FROM calendar AS c
LEFT JOIN inventory($as_of) AS i
    ON i.in_service AND NOT i.ended AND date_trunc('week', i.not_after)::TIMESTAMP = c.week
GROUP BY c.week
ORDER BY c.week
