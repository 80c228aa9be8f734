-- One row is how many certificates in service two systems name a contact for, and whether these agree.
-- One conflict makes a conflict of a certificate, else one comparison that cannot be made makes it `cannot_tell`.
SELECT
    count(*) AS compared,
    count(*) FILTER (WHERE conflict) AS conflict,
    count(*) FILTER (WHERE unclear AND NOT conflict) AS cannot_tell,
    count(*) FILTER (WHERE NOT unclear AND NOT conflict) AS agree
FROM (
    SELECT c.certificate, bool_or(c.verdict = 'conflict') AS conflict, bool_or(c.verdict = 'cannot tell') AS unclear
    FROM owner_comparison($as_of) AS c
    JOIN inventory($as_of) AS i ON i.certificate = c.certificate
    WHERE i.in_service
    GROUP BY c.certificate
)
ORDER BY compared
