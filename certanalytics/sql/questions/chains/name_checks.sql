-- One row is one answer to whether endpoints in scope present a certificate for their name, and why it cannot be told.
-- An endpoint with several certificates counts by the worst of what was asked of it by name, else by what is known.
WITH by_endpoint AS (
    SELECT
        n.endpoint,
        CASE WHEN bool_or(NOT n.fits) THEN 'another name' WHEN bool_or(n.fits) THEN 'its name' ELSE 'cannot tell' END
            AS answer,
        min(n.reason) FILTER (WHERE n.fits IS NULL) AS reason
    FROM name_match($as_of) AS n
    JOIN inventory($as_of) AS i ON i.certificate = n.certificate
    GROUP BY n.endpoint
)

SELECT answer, if(answer = 'cannot tell', reason, NULL) AS why, count(*) AS endpoints
FROM by_endpoint
GROUP BY answer, why
ORDER BY list_position(['another name', 'its name', 'cannot tell'], answer), endpoints DESC, why
