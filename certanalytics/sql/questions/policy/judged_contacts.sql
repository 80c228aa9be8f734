-- One row is one person named for a certificate in service, and whether its key was changed since they left.
-- Teams are left out: who was in them no export tells. `has_left` is not known of somebody no directory knows. A key was
-- not changed if it is known from before they were last there; it was changed if nothing shows it before they had left
-- and another key stood in the certificate before it: that nothing older was loaded alone says nothing of its age.
WITH earlier AS (
    SELECT successor AS certificate, spki_sha256, not_before
    FROM inventory($as_of)
    WHERE successor IS NOT NULL AND spki_sha256 IS NOT NULL
),

named AS (
    SELECT
        i.certificate,
        c.party,
        any_value(i.subject_cn) AS subject_cn,
        any_value(i.names[1]) AS first_name,
        any_value(i.not_after) AS not_after,
        any_value(i.environment) AS environment,
        any_value(i.service) AS service,
        any_value(i.business_unit) AS business_unit,
        any_value(i.owner) AS owner,
        min(c.name) AS name,
        list_sort(list(DISTINCT c.role)) AS roles,
        list_sort(list_distinct(flatten(list(c.systems)))) AS named_by,
        CASE WHEN bool_or(c.state = 'left') THEN true WHEN bool_and(c.state = 'verified') THEN false END AS has_left,
        any_value(l.last_there) AS last_there,
        any_value(l.left_by) AS left_by,
        any_value(k.key_since) AS key_since,
        coalesce(bool_or(e.spki_sha256 <> i.spki_sha256 AND e.not_before <= l.left_by), false) AS had_another_key
    FROM contact($as_of) AS c
    JOIN inventory($as_of) AS i ON i.certificate = c.certificate
    LEFT JOIN leaver($as_of) AS l ON l.party = c.party
    LEFT JOIN key_since($as_of) AS k ON k.spki_sha256 = i.spki_sha256
    LEFT JOIN earlier AS e ON e.certificate = i.certificate
    WHERE
        i.in_service
        AND c.kind IS DISTINCT FROM 'team'
        AND c.role IN ('accountable', 'technical', 'business', 'renewal', 'security')
    GROUP BY i.certificate, c.party
)

SELECT
    certificate || ' ' || party AS subject,
    coalesce(subject_cn, first_name, certificate) AS display_name,
    * EXCLUDE (first_name, had_another_key),
    CASE
        WHEN key_since <= last_there THEN false
        WHEN key_since > left_by AND had_another_key THEN true
    END AS key_changed
FROM named
ORDER BY subject
