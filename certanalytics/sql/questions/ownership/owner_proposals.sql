-- One row is one certificate in service without an active owner and who most probably owns it, most probable first.
-- Below the cut-off owner_cutoff there is no proposal; a stated owner is never overwritten, and who left stays beside it.
WITH candidate AS MATERIALIZED (
    SELECT *
    FROM inferred_owner($as_of, false)
    QUALIFY row_number() OVER (PARTITION BY certificate ORDER BY probability DESC, party) = 1
),

called AS (
    SELECT party, min(kind) AS kind, min(name) AS name, min(email) AS email FROM directory($as_of) GROUP BY party
)

SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.critical,
    i.owner_state,
    i.owner AS stated_owner,
    p.party,
    d.kind,
    coalesce(d.name, p.party) AS proposed,
    d.email AS proposed_email,
    p.probability,
    p.evidence,
    p.kinds
FROM inventory($as_of) AS i
JOIN candidate AS p ON p.certificate = i.certificate
LEFT JOIN called AS d ON d.party = p.party
WHERE
    i.in_service
    AND i.owner_state <> 'owned'
    AND p.probability >= (SELECT value FROM facts.threshold WHERE name = 'owner_cutoff')
ORDER BY p.probability DESC, i.critical DESC, i.days_left, i.certificate
