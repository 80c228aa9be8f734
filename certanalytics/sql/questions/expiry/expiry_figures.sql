-- One row is what can be said of the ends of all certificates in service.
-- Past its renewal window is what has no successor and less of its lifetime left than facts.threshold asks for.
SELECT
    count(*) FILTER (WHERE in_service) AS in_service,
    count(*) FILTER (WHERE in_service AND not_after IS NULL) AS undated,
    count(*) FILTER (WHERE in_service AND ended) AS ended,
    count(*) FILTER (WHERE in_service AND ended AND critical) AS ended_critical,
    count(*) FILTER (WHERE in_service AND ended AND replaced) AS ended_replaced,
    coalesce(sum(endpoints) FILTER (WHERE in_service AND ended), 0)::BIGINT AS ended_endpoints,
    count(*) FILTER (WHERE in_service AND successor IS NOT NULL AND NOT successor_deployed) AS renewed_not_deployed,
    count(*) FILTER (WHERE in_service AND NOT ended AND life_left IS NOT NULL) AS running,
    count(*) FILTER (
        WHERE
            in_service
            AND NOT ended
            AND successor IS NULL
            AND life_left < CASE
                WHEN lifetime_days <= (SELECT value FROM facts.threshold WHERE name = 'short_lifetime_days')
                    THEN (SELECT value FROM facts.threshold WHERE name = 'short_renewal_life_left')
                ELSE (SELECT value FROM facts.threshold WHERE name = 'renewal_life_left')
            END
    ) AS past_renewal_window,
    median(days_left) FILTER (WHERE in_service AND NOT ended) AS median_days_left
FROM inventory($as_of)
ORDER BY in_service
