-- One row is one identifier, e-mail address or user name by which a directory knows a person or team at $as_of.
-- Where directories disagree the newest statement counts, of equally new ones that the person has left; a name that
-- both a person and a team have is the person's.
WITH party AS (
    SELECT
        unnest([person_id, email, user_name]) AS reference,
        1 AS precedence,
        coalesce(name, user_name, email, person_id) AS name,
        email,
        active,
        observed_at
    FROM (
        SELECT *
        FROM person
        QUALIFY
            rank() OVER (
                PARTITION BY system, person_id
                ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
            ) = 1
    )
    UNION ALL
    SELECT unnest([team_id, name, email]), 2, coalesce(name, email, team_id), email, active, observed_at
    FROM (
        SELECT *
        FROM team
        QUALIFY
            rank() OVER (
                PARTITION BY system, team_id
                ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
            ) = 1
    )
)

SELECT lower(trim(reference)) AS reference, name, email, active
FROM party
WHERE trim(reference) <> ''
QUALIFY
    row_number() OVER (
        PARTITION BY lower(trim(reference))
        ORDER BY precedence, observed_at DESC, active, name, email
    ) = 1
