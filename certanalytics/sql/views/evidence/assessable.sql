-- One row is what kinds of evidence there are at $as_of: what no export speaks of is not judged.
-- `scanned`: an endpoint was looked at within freshness_days. `ownership`, `criticality`: the organisation names an
-- owner, or how critical a service is, anywhere. `logged`: Certificate Transparency entries; `met`: anything else that
-- shows certificates. `people`: a directory says of anybody whether they are still there; `managers`: who manages them.
-- `found`: endpoints or files that show certificates; `recorded`: what managers record; `configured`: where systems are set
-- up to serve certificates; `zoned`: DNS zones.
-- As in current_asset, what a system of record says later counts for an earlier moment.
SELECT
    EXISTS (
        SELECT 1
        FROM (
            SELECT observed_at FROM sighting WHERE position = 0 AND kind IN ('scan', 'passive')
            UNION ALL
            SELECT observed_at FROM probe
        )
        WHERE
            observed_at <= $as_of::TIMESTAMP
            AND observed_at
            >= $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
    ) AS scanned,
    EXISTS (SELECT 1 FROM asset WHERE trim(owner) <> '' OR trim(team) <> '')
    OR EXISTS (
        SELECT 1
        FROM record
        WHERE observed_at <= $as_of::TIMESTAMP AND (trim(owner_email) <> '' OR trim(owner_name) <> '')
    ) AS ownership,
    EXISTS (SELECT 1 FROM asset WHERE trim(criticality) <> '') AS criticality,
    EXISTS (SELECT 1 FROM person WHERE active IS NOT NULL) OR EXISTS (SELECT 1 FROM team WHERE active IS NOT NULL) AS people,
    EXISTS (SELECT 1 FROM person WHERE trim(manager) <> '')
    OR EXISTS (SELECT 1 FROM team WHERE trim(manager) <> '') AS managers,
    EXISTS (SELECT 1 FROM known($as_of) WHERE in_log) AS logged,
    EXISTS (SELECT 1 FROM known($as_of) WHERE on_endpoint OR in_file OR in_record) AS met,
    EXISTS (
        SELECT 1 FROM sighting WHERE kind IN ('scan', 'passive', 'file') AND observed_at <= $as_of::TIMESTAMP
    ) AS found,
    EXISTS (SELECT 1 FROM known($as_of) WHERE in_record) AS recorded,
    EXISTS (
        SELECT 1 FROM sighting WHERE kind = 'config' AND position = 0 AND observed_at <= $as_of::TIMESTAMP
    ) AS configured,
    EXISTS (SELECT 1 FROM dns_record) AS zoned
