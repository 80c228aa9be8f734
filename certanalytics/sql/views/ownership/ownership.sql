-- One row is one certificate of which the organisation says something: its place in the business and its owner.
-- Each attribute comes from the closest statement that has it, so that a pattern may give the business unit and the
-- server's own entry the owner. Of equally close statements an active owner and the higher criticality count.
-- `owner_distance` is how closely the owner is told, as in `statement`.
WITH said AS MATERIALIZED (SELECT * FROM statement($as_of)),

place AS (
    SELECT
        certificate,
        arg_min(business_unit, preference) FILTER (WHERE business_unit IS NOT NULL) AS business_unit,
        arg_min(environment, preference) FILTER (WHERE environment IS NOT NULL) AS environment,
        arg_min(service, preference) FILTER (WHERE service IS NOT NULL) AS service,
        arg_min(criticality, severity) FILTER (WHERE criticality IS NOT NULL) AS criticality
    FROM (
        SELECT
            *,
            row_number() OVER (
                PARTITION BY certificate
                ORDER BY distance, said_of, system, business_unit, environment, service
            ) AS preference,
            row_number() OVER (
                PARTITION BY certificate
                ORDER BY
                    distance,
                    coalesce(list_position(['critical', 'high', 'medium', 'low'], criticality), 5),
                    criticality
            ) AS severity
        FROM said
    )
    GROUP BY certificate
),

named AS (
    SELECT certificate, distance, level, 1 AS part, trim(owner) AS reference FROM said WHERE trim(owner) <> ''
    UNION ALL
    SELECT certificate, distance, level, 2, trim(team) FROM said WHERE trim(team) <> ''
),

answerable AS (
    SELECT
        n.certificate,
        n.distance,
        n.level,
        coalesce(d.party, lower(n.reference)) AS party,
        coalesce(d.name, n.reference) AS owner,
        coalesce(d.email, if(contains(n.reference, '@'), n.reference, NULL)) AS owner_email,
        coalesce(d.active, true) AS active,
        coalesce(d.active, false) AS verified
    FROM named AS n
    LEFT JOIN directory($as_of) AS d ON d.reference = lower(n.reference)
    QUALIFY
        row_number() OVER (
            PARTITION BY n.certificate
            ORDER BY
                n.distance,
                coalesce(d.active, true) DESC,
                n.part,
                coalesce(d.active, false) DESC,
                coalesce(d.name, n.reference),
                n.reference
        ) = 1
)

SELECT
    p.certificate,
    p.business_unit,
    p.environment,
    p.criticality,
    p.service,
    a.owner,
    a.owner_email,
    CASE WHEN a.certificate IS NULL THEN 'none' WHEN a.active THEN 'owned' ELSE 'inactive' END AS owner_state,
    a.level AS owner_level,
    a.distance AS owner_distance,
    a.verified AS owner_verified,
    a.party AS owner_party
FROM place AS p
LEFT JOIN answerable AS a ON a.certificate = p.certificate
