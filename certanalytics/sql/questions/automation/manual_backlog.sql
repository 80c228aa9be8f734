-- One row is how many certificates in service wait for a person to renew them.
-- Waiting is what has not ended, has no successor and less of its life left than facts.threshold asks for; manual is
-- what is stated to be, or more likely than not by evidence.
SELECT
    count(*) AS in_service,
    count(*) FILTER (WHERE NOT a.automated) AS manual,
    count(*) FILTER (WHERE a.automated IS NULL OR i.life_left IS NULL) AS not_judged,
    count(*) FILTER (
        WHERE
            NOT a.automated
            AND NOT i.ended
            AND i.successor IS NULL
            AND i.life_left < CASE
                WHEN i.lifetime_days <= (SELECT value FROM facts.threshold WHERE name = 'short_lifetime_days')
                    THEN (SELECT value FROM facts.threshold WHERE name = 'short_renewal_life_left')
                ELSE (SELECT value FROM facts.threshold WHERE name = 'renewal_life_left')
            END
    ) AS backlog
FROM inventory($as_of) AS i
JOIN automation($as_of) AS a ON a.certificate = i.certificate
WHERE i.in_service
ORDER BY in_service
