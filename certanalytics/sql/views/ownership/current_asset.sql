-- One row is one asset as its system last described it by $as_of, or first described it afterwards.
-- Who answers for a server is seldom recorded day by day: an earlier moment takes the first description there is.
SELECT
    system,
    asset_id,
    lower(rtrim(name, '.')) AS name,
    lower(ip) AS ip,
    service,
    business_unit,
    environment,
    lower(criticality) AS criticality,
    owner,
    team
FROM asset
QUALIFY
    rank() OVER (
        PARTITION BY system, asset_id
        ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
    ) = 1
