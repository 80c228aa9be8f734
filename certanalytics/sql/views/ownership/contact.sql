-- One row is one party that somebody names in one role for one certificate at $as_of, and what directories say of it.
-- Roles are told by the field that names the party (facts.contact_role): `accountable` where the field does not say in
-- what capacity. Of each system what it says most closely counts, as in `statement`; a party that several name is one
-- row, with all of them in `systems`. `state`: `verified` (a directory says it is active), `left`, `not confirmed` (it is
-- known, but not whether it is still there), `not in directory`, or `no directory` where none is loaded that says who is
-- still there.
WITH recorded AS MATERIALIZED (
    SELECT DISTINCT i.certificate, r.* EXCLUDE (identity, business_unit)
    FROM current_record($as_of) AS r
    JOIN issuance($as_of) AS i ON i.identity = r.identity
),

said AS MATERIALIZED (SELECT * FROM statement($as_of) WHERE level = 'system of record'),

listed AS MATERIALIZED (SELECT * FROM directory($as_of)),

mention AS MATERIALIZED (
    SELECT
        certificate,
        'system of record' AS level,
        distance,
        system,
        'owner' AS field,
        NULL AS qualifier,
        trim(owner) AS reference
    FROM said
    WHERE trim(owner) <> ''
    UNION ALL
    SELECT certificate, 'system of record', distance, system, 'team', NULL, trim(team)
    FROM said
    WHERE trim(team) <> ''
    UNION ALL
    -- Venafi lists several contacts and approvers in one text.
    SELECT
        certificate,
        'manager',
        2000,
        system,
        'contact',
        json_extract_string(attributes, '$.owner_from'),
        unnest(
            if(
                starts_with(system, 'venafi') AND owner_name IS NOT NULL,
                string_split(owner_name, ', '),
                [coalesce(owner_email, owner_name)]
            )
        )
    FROM recorded
    UNION ALL
    SELECT certificate, 'manager', 2000, system, 'requester', NULL, requester FROM recorded
    UNION ALL
    SELECT
        certificate,
        'manager',
        2000,
        system,
        'approver',
        NULL,
        unnest(if(starts_with(system, 'venafi'), string_split(approver, ', '), [approver]))
    FROM recorded
    UNION ALL
    SELECT certificate, 'manager', 2000, system, field, NULL, json_extract_string(attributes, '$.' || field)
    FROM recorded, (VALUES ('managed_by'), ('support_group')) AS f (field)
    WHERE system = 'servicenow'
    UNION ALL
    SELECT
        certificate,
        'manager',
        2000,
        system,
        'additional_emails',
        NULL,
        unnest(
            regexp_extract_all(
                json_extract_string(attributes, '$.additional_emails'), '[^\s"\[\],;]+@[^\s"\[\],;]+'
            )
        )
    FROM recorded
    WHERE attributes IS NOT NULL
),

field_role AS (
    SELECT
        m.field,
        m.system,
        m.qualifier,
        arg_max(r.role, length(r.system) + if(r.qualifier IS NULL, 0, 100)) AS role
    FROM (SELECT DISTINCT field, system, qualifier FROM mention) AS m
    JOIN facts.contact_role AS r
        ON r.field = m.field AND m.system LIKE r.system AND (r.qualifier = m.qualifier OR r.qualifier IS NULL)
    GROUP BY m.field, m.system, m.qualifier
),

closest AS (
    SELECT m.*, r.role
    FROM mention AS m
    JOIN field_role AS r
        ON r.field = m.field AND r.system = m.system AND r.qualifier IS NOT DISTINCT FROM m.qualifier
    WHERE trim(m.reference) <> ''
    QUALIFY rank() OVER (PARTITION BY m.certificate, r.role, m.system, m.level ORDER BY m.distance) = 1
),

resolved AS (
    SELECT
        c.certificate,
        c.role,
        coalesce(d.party, lower(trim(c.reference))) AS party,
        d.kind,
        coalesce(d.name, trim(c.reference)) AS name,
        coalesce(d.email, if(contains(c.reference, '@'), trim(c.reference), NULL)) AS email,
        d.manager,
        CASE
            WHEN d.active THEN 'verified'
            WHEN NOT d.active THEN 'left'
            WHEN d.reference IS NOT NULL THEN 'not confirmed'
            WHEN (SELECT count(active) FROM listed) > 0 THEN 'not in directory'
            ELSE 'no directory'
        END AS state,
        c.level,
        c.system,
        c.distance
    FROM closest AS c
    LEFT JOIN listed AS d ON d.reference = lower(trim(c.reference))
)

SELECT
    certificate,
    role,
    party,
    min(kind) AS kind,
    min(name) AS name,
    min(email) AS email,
    min(manager) AS manager,
    min(state) AS state,
    if(bool_or(level = 'system of record'), 'system of record', 'manager') AS level,
    list_sort(list(DISTINCT system)) AS systems,
    list_sort(list(DISTINCT system) FILTER (WHERE level = 'system of record')) AS registers,
    min(distance) AS distance
FROM resolved
GROUP BY certificate, role, party
