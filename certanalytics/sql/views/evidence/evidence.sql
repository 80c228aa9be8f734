-- One row is one source of evidence for $as_of: its files, its records and its newest observation.
-- What was observed later does not count; reference data (assets, people, teams, DNS, lists of logs and CAs) does, since the
-- snapshot nearest to the moment is used even if it is a later one.
WITH fact AS (
    SELECT load, observed_at, false AS reference FROM sighting WHERE position = 0
    UNION ALL SELECT load, observed_at, false FROM endpoint_tls
    UNION ALL SELECT load, observed_at, false FROM probe
    UNION ALL SELECT load, observed_at, false FROM finding
    UNION ALL SELECT load, observed_at, false FROM record
    UNION ALL SELECT load, observed_at, false FROM alias
    UNION ALL SELECT load, observed_at, false FROM revocation
    UNION ALL SELECT load, observed_at, false FROM revocation_list
    UNION ALL
    SELECT e.load, coalesce(e.entry_timestamp, l.collected_at), false FROM ct_entry AS e JOIN load AS l ON l.load = e.load
    UNION ALL SELECT load, observed_at, true FROM asset
    UNION ALL SELECT load, observed_at, true FROM person
    UNION ALL SELECT load, observed_at, true FROM team
    UNION ALL SELECT load, observed_at, true FROM dns_record
    UNION ALL SELECT load, observed_at, true FROM ct_log
    UNION ALL SELECT load, observed_at, true FROM ca_listing
),

counted AS (
    SELECT load, count(*) AS records, max(observed_at) FILTER (WHERE observed_at <= $as_of::TIMESTAMP) AS newest
    FROM fact
    WHERE reference OR observed_at <= $as_of::TIMESTAMP
    GROUP BY load
)

SELECT
    l.source,
    count(*) AS files,
    sum(coalesce(c.records, 0))::BIGINT AS records,
    max(c.newest) AS newest
FROM load AS l
LEFT JOIN counted AS c ON c.load = l.load
WHERE c.load IS NOT NULL OR l.accepted = 0
GROUP BY l.source
ORDER BY l.source
