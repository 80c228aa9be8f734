-- One row is one owner and one CA owner: how many valid public certificates of the one the other holds.
-- `recorded` counts those a manager's record names; `caa_known` tells whether facts.caa_identifier has the names under
-- which CAA records allow this CA owner to issue.
SELECT
    owner,
    ca_owner,
    count(*) AS certificates,
    count(*) FILTER (WHERE seen_in_record) AS recorded,
    ca_owner IN (SELECT ca_owner FROM facts.caa_identifier) AS caa_known
FROM inventory($as_of)
WHERE trust = 'public' AND NOT ended AND not_before <= $as_of::TIMESTAMP
GROUP BY owner, ca_owner
ORDER BY owner, ca_owner
