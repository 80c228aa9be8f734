-- One row is one person who had left by $as_of, and between which moments they did, as far as directories tell.
-- `left_by` is the first time a directory says they are inactive, `last_there` the last time before it that one says they
-- are active, or that they logged in; absent where none does. No export gives the day itself. That a file was saved at
-- some time does not say that it was exported then: only times of a record, a run or given by the user tell `last_there`.
WITH of_party AS (
    SELECT d.party, p.active, p.observed_at, p.last_login, p.time_basis
    FROM person AS p
    JOIN directory($as_of) AS d ON d.reference = lower(trim(p.person_id)) AND d.kind = 'person'
    WHERE p.observed_at <= $as_of::TIMESTAMP
),

-- Who came back and left again left last after they were last active.
gone AS (
    SELECT
        party,
        max(observed_at) FILTER (WHERE active) AS last_active,
        max(observed_at) FILTER (WHERE active AND time_basis IS DISTINCT FROM 'file') AS surely_active,
        max(last_login) AS last_login
    FROM of_party
    GROUP BY party
),

since AS (
    SELECT g.party, g.surely_active, g.last_login, min(o.observed_at) AS left_by
    FROM gone AS g
    JOIN of_party AS o ON o.party = g.party
    WHERE NOT o.active AND (g.last_active IS NULL OR o.observed_at > g.last_active)
    GROUP BY g.party, g.surely_active, g.last_login
)

SELECT party, left_by, greatest(surely_active, if(last_login <= left_by, last_login, NULL)) AS last_there
FROM since
WHERE party IN (SELECT party FROM directory($as_of) WHERE NOT active)
