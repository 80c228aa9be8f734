-- One row is one identifier, e-mail address or user name by which a directory knows a person or team at $as_of.
-- Where directories disagree the newest statement counts, of equally new ones that the person has left; a name that
-- both a person and a team have is the person's. `party` is the same for one person in several directories: they go
-- together by e-mail address, else by user name, unless one directory gives it to several people. What a directory says
-- of a party, that they left or who manages them, holds by whichever name they are called.
WITH person_now AS (
    SELECT *, nullif(lower(trim(email)), '') AS mail, nullif(lower(trim(user_name)), '') AS login
    FROM person
    QUALIFY
        rank() OVER (
            PARTITION BY system, person_id
            ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
        ) = 1
),

mail_of AS (
    SELECT login, min(mail) AS mail FROM person_now GROUP BY login HAVING count(DISTINCT mail) = 1
),

person_keyed AS (
    SELECT
        p.*,
        coalesce(p.mail, m.mail) AS address,
        count(DISTINCT p.person_id) OVER (PARTITION BY p.system, coalesce(p.mail, m.mail)) AS sharing_address,
        count(DISTINCT p.person_id) OVER (PARTITION BY p.system, p.login) AS sharing_login
    FROM person_now AS p
    LEFT JOIN mail_of AS m ON m.login = p.login
),

team_now AS (
    SELECT *, nullif(lower(trim(name)), '') AS called
    FROM team
    QUALIFY
        rank() OVER (
            PARTITION BY system, team_id
            ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
        ) = 1
),

entry AS MATERIALIZED (
    SELECT
        [person_id, email, user_name] AS referred_to,
        1 AS precedence,
        'person' AS kind,
        'person:' || CASE
            WHEN address IS NOT NULL AND sharing_address = 1 THEN address
            WHEN address IS NULL AND login IS NOT NULL AND sharing_login = 1 THEN login
            ELSE system || '/' || person_id
        END AS party,
        coalesce(name, user_name, email, person_id) AS name,
        email,
        active,
        manager,
        observed_at
    FROM person_keyed
    UNION ALL
    SELECT
        [team_id, name, email],
        2,
        'team',
        'team:' || CASE
            WHEN called IS NOT NULL AND count(DISTINCT team_id) OVER (PARTITION BY system, called) = 1 THEN called
            ELSE system || '/' || team_id
        END,
        coalesce(name, email, team_id),
        email,
        active,
        manager,
        observed_at
    FROM team_now
),

party_now AS (
    SELECT
        party,
        arg_min(active, preference) FILTER (WHERE active IS NOT NULL) AS active,
        arg_min(manager, preference) FILTER (WHERE trim(manager) <> '') AS manager
    FROM (
        SELECT *, row_number() OVER (PARTITION BY party ORDER BY observed_at DESC, active, manager) AS preference
        FROM entry
    )
    GROUP BY party
),

referred AS (
    SELECT unnest(referred_to) AS reference, precedence, kind, party, name, email, active AS said_active, observed_at
    FROM entry
)

SELECT lower(trim(r.reference)) AS reference, r.kind, r.party, r.name, r.email, p.active, trim(p.manager) AS manager
FROM referred AS r
JOIN party_now AS p ON p.party = r.party
WHERE trim(r.reference) <> ''
QUALIFY
    row_number() OVER (
        PARTITION BY lower(trim(r.reference))
        ORDER BY r.precedence, r.observed_at DESC, r.said_active, r.name, r.email, r.party
    ) = 1
