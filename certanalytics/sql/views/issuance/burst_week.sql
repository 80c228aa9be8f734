-- One row is one registered domain and one week in which unusually many certificates for it were issued and logged.
-- Unusual is at least burst_certificates, and more than burst_factor times the weekly mean of up to burst_memory_weeks
-- before; with fewer than burst_history_weeks before there is no mean to compare with.
SELECT registered_domain, week, certificates, before / nullif(weeks_before, 0) AS mean_before
FROM (
    SELECT
        *,
        least(
            datediff('week', min(week) OVER (PARTITION BY registered_domain), week),
            (SELECT value::INTEGER FROM facts.threshold WHERE name = 'burst_memory_weeks')
        ) AS weeks_before,
        coalesce(
            sum(certificates) OVER (
                PARTITION BY registered_domain
                ORDER BY week
                RANGE BETWEEN
                to_days((SELECT 7 * value::INTEGER FROM facts.threshold WHERE name = 'burst_memory_weeks')) PRECEDING
                AND to_days(7) PRECEDING
            ),
            0
        ) AS before
    FROM (
        SELECT registered_domain, date_trunc('week', not_before) AS week, count(*) AS certificates
        FROM (
            SELECT not_before, unnest(registered_domains) AS registered_domain
            FROM end_entity($as_of)
            WHERE in_log AND not_before IS NOT NULL
        )
        WHERE registered_domain IS NOT NULL
        GROUP BY registered_domain, date_trunc('week', not_before)
    )
)
WHERE
    weeks_before >= (SELECT value FROM facts.threshold WHERE name = 'burst_history_weeks')
    AND certificates >= (SELECT value FROM facts.threshold WHERE name = 'burst_certificates')
    AND certificates * weeks_before
    > before * (SELECT value FROM facts.threshold WHERE name = 'burst_factor')
