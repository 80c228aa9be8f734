-- One row is what can be said of the renewals of one year (facts.threshold, renewal_period_days).
-- Due is what endpoints had presented and ended in that year: `renewed` before the end, `late` after it, `lapsed` if
-- nothing followed and it was still presented, `let_go` if nothing followed and no look saw it presented since. Of the
-- successors issued in that year, deployment_hours ago or earlier, `quick` were seen served within those hours;
-- of `slow` ones a look after those hours still found the old certificate and none had found the new one; of the
-- others no look can tell. Times to recover run from the end of a certificate still presented then.
WITH period AS (
    SELECT
        r.*,
        i.in_service,
        i.successor_deployed,
        $as_of::TIMESTAMP
        - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'renewal_period_days')) AS since,
        to_hours((SELECT value::INTEGER FROM facts.threshold WHERE name = 'deployment_hours')) AS allowed
    FROM renewal($as_of) AS r
    JOIN inventory($as_of) AS i ON i.certificate = r.certificate
),

judged AS (
    SELECT
        *,
        not_after > since AND not_after <= $as_of::TIMESTAMP AS due,
        coalesce(successor_not_before > since AND successor_not_before + allowed <= $as_of::TIMESTAMP, false) AS issued,
        coalesce(served_from <= successor_not_before + allowed, false) AS quick,
        coalesce(still_old > successor_not_before + allowed, false) AS slow,
        not_after > since AND seen_ended IS NOT NULL AS outlived,
        served_from >= not_after AS recovered
    FROM period
)

SELECT
    count(*) FILTER (WHERE due) AS due,
    count(*) FILTER (WHERE due AND successor_not_before <= not_after) AS renewed,
    count(*) FILTER (WHERE due AND successor_not_before > not_after) AS late,
    count(*) FILTER (WHERE due AND successor IS NULL AND last_served > not_after) AS lapsed,
    count(*) FILTER (WHERE due AND successor IS NULL AND last_served <= not_after) AS let_go,
    count(*) FILTER (WHERE issued) AS issued,
    count(*) FILTER (WHERE issued AND quick) AS quick,
    count(*) FILTER (WHERE issued AND slow AND NOT quick) AS slow,
    count(*) FILTER (WHERE in_service AND successor IS NOT NULL) AS followed,
    count(*) FILTER (WHERE in_service AND successor IS NOT NULL AND NOT successor_deployed) AS drifted,
    count(*) FILTER (WHERE outlived) AS outlived,
    median((epoch(seen_ended) - epoch(not_after)) / 86400) FILTER (WHERE outlived) AS detect_days,
    count(*) FILTER (WHERE outlived AND recovered) AS recovered,
    median((epoch(served_from) - epoch(not_after)) / 86400) FILTER (WHERE outlived AND recovered) AS recover_days,
    median((epoch(least(last_served, served_from)) - epoch(not_after)) / 86400)
        FILTER (WHERE outlived AND recovered) AS recover_days_least,
    median(
        (epoch(served_from) - epoch(greatest(successor_not_before, coalesce(still_old, successor_not_before)))) / 86400
    ) FILTER (WHERE issued AND served_from >= successor_not_before) AS resolution_days
FROM judged
ORDER BY due
