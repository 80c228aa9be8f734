-- One row is one band of lifetimes, and how far certificates in service that have not ended are in their renewal window.
-- The window opens when a third of the life is left, or half of a life up to short_lifetime_days (facts.threshold).
SELECT
    b.lifetime,
    count(i.certificate) AS certificates,
    count(i.certificate) FILTER (WHERE NOT i.in_window) AS before_window,
    count(i.certificate) FILTER (WHERE i.in_window AND i.successor IS NOT NULL) AS renewed,
    count(i.certificate) FILTER (WHERE i.in_window AND i.successor IS NULL) AS waiting
FROM (
    VALUES
        (1, 'up to 10 days', 0, 10),
        (2, '11–47 days', 10, 47),
        (3, '48–100 days', 47, 100),
        (4, '101–200 days', 100, 200),
        (5, '201–398 days', 200, 398),
        (6, 'over 398 days', 398, 1000000000)
) AS b (number, lifetime, over_days, up_to_days)
LEFT JOIN (
    SELECT
        certificate,
        lifetime_days,
        successor,
        life_left < CASE
            WHEN lifetime_days <= (SELECT value FROM facts.threshold WHERE name = 'short_lifetime_days')
                THEN (SELECT value FROM facts.threshold WHERE name = 'short_renewal_life_left')
            ELSE (SELECT value FROM facts.threshold WHERE name = 'renewal_life_left')
        END AS in_window
    FROM inventory($as_of)
    WHERE in_service AND NOT ended AND life_left IS NOT NULL
) AS i ON i.lifetime_days > b.over_days AND i.lifetime_days <= b.up_to_days
GROUP BY b.number, b.lifetime
ORDER BY b.number
