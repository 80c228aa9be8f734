-- One row is one certificate in service, and who is named to answer for it.
-- `several_answer`: a team, or more than one person, of whom a directory says that they are there; not known where that
-- hangs on somebody of whom none says. `owners_differ`: two systems name other owners; not known where the same one may
-- stand behind both names.
WITH named AS (
    SELECT
        certificate,
        count(DISTINCT party) AS contacts,
        list_sort(list(DISTINCT name)) AS contact_names,
        count(DISTINCT party) FILTER (WHERE state = 'verified') AS present,
        bool_or(state = 'verified' AND kind = 'team') AS has_team,
        bool_and(state IN ('verified', 'left')) AS is_told
    FROM contact($as_of)
    WHERE role IN ('accountable', 'technical', 'business', 'renewal', 'security')
    GROUP BY certificate
),

compared AS (
    SELECT
        certificate,
        list_sort(list(DISTINCT system_a || ', ' || system_b)) AS compared_in,
        CASE
            WHEN bool_or(verdict = 'conflict') THEN true
            WHEN bool_and(verdict = 'agree') THEN false
        END AS owners_differ
    FROM owner_comparison($as_of)
    WHERE role = 'accountable'
    GROUP BY certificate
)

SELECT
    i.certificate AS subject,
    coalesce(i.subject_cn, i.names[1], i.certificate) AS display_name,
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.not_after,
    i.criticality,
    coalesce(n.contacts, 0) AS contacts,
    n.contact_names,
    CASE WHEN n.has_team OR n.present > 1 THEN true WHEN n.is_told THEN false END AS several_answer,
    c.certificate IS NOT NULL AS owners_compared,
    c.compared_in,
    c.owners_differ,
    i.environment,
    i.service,
    i.business_unit,
    i.owner,
    i.owner_state,
    i.owner_level
FROM inventory($as_of) AS i
LEFT JOIN named AS n ON n.certificate = i.certificate
LEFT JOIN compared AS c ON c.certificate = i.certificate
WHERE i.in_service
ORDER BY subject
