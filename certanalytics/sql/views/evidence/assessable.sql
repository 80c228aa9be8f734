-- One row is what kinds of evidence there are at $as_of: what no export speaks of is not judged.
-- `scanned`: an endpoint was looked at within freshness_days. `ownership`, `criticality`: the organisation names an
-- owner, or how critical a service is, anywhere. `directory`: who owners are can be looked up. `logged`: Certificate Transparency entries; `met`: anything else that
-- shows certificates. As in current_asset, what a system of record says later counts for an earlier moment.
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
    EXISTS (SELECT 1 FROM person) OR EXISTS (SELECT 1 FROM team) AS directory,
    EXISTS (SELECT 1 FROM known($as_of) WHERE in_log) AS logged,
    EXISTS (SELECT 1 FROM known($as_of) WHERE on_endpoint OR in_file OR in_record) AS met
