-- One row is one registered domain and one of the last weeks in which unusually many certificates for it were issued.
-- Unusual is at least burst_certificates, and more than burst_factor times the mean of the burst_history_weeks before; a
-- domain with fewer weeks before has nothing to compare with. Exports of logs may lack what has ended, which would make
-- every week look busier than those before: so only the week of $as_of and burst_recent_weeks before it are judged, by
-- certificates that live long enough to be valid still, had they been issued in the first of the weeks compared.
WITH span AS (
    SELECT
        date_trunc('week', $as_of::TIMESTAMP) AS this_week,
        (SELECT value::INTEGER FROM facts.threshold WHERE name = 'burst_recent_weeks') AS recent,
        (SELECT value::INTEGER FROM facts.threshold WHERE name = 'burst_history_weeks') AS history
),

issued AS (
    SELECT e.certificate, unnest(e.registered_domains) AS registered_domain, date_trunc('week', e.not_before) AS week
    FROM end_entity($as_of) AS e
    CROSS JOIN span AS s
    WHERE
        e.in_log
        AND e.not_before <= $as_of::TIMESTAMP
        AND e.not_after - e.not_before >= to_days(7 * (s.recent + s.history + 1))
),

weekly AS (
    SELECT registered_domain, week, count(*) AS certificates, min(week) OVER (PARTITION BY registered_domain) AS first_week
    FROM issued
    WHERE registered_domain IS NOT NULL
    GROUP BY registered_domain, week
),

compared AS (
    SELECT
        w.registered_domain,
        w.week,
        w.certificates,
        coalesce(sum(b.certificates), 0) / nullif(any_value(s.history), 0) AS mean_before
    FROM weekly AS w
    CROSS JOIN span AS s
    LEFT JOIN weekly AS b
        ON
        b.registered_domain = w.registered_domain
        AND b.week < w.week
        AND b.week >= w.week - to_days(7 * s.history)
    WHERE w.week >= s.this_week - to_days(7 * s.recent) AND w.first_week <= w.week - to_days(7 * s.history)
    GROUP BY w.registered_domain, w.week, w.certificates
)

SELECT registered_domain, week, certificates, mean_before
FROM compared
WHERE
    certificates >= (SELECT value FROM facts.threshold WHERE name = 'burst_certificates')
    AND certificates > mean_before * (SELECT value FROM facts.threshold WHERE name = 'burst_factor')
