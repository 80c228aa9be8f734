-- One row is one record a CA or manager keeps of a certificate in scope, as last seen, and who asked for it and approved.
-- That nobody approved can be told only where the record stands in a file that names approvers at all. Two names are
-- two people if a directory knows both, or both are e-mail addresses; an address and a name may be the same person.
-- What a client renews by itself is asked for by its account.
WITH latest AS MATERIALIZED (
    SELECT
        r.system,
        r.record_id,
        r.state,
        p.requester,
        p.approver,
        p.tells_requester,
        p.tells_approver,
        r.requested_at,
        i.certificate
    FROM record AS r
    JOIN issuance($as_of) AS i ON i.identity = r.certificate
    JOIN record_people($as_of) AS p ON p.system = r.system AND p.record_id = r.record_id
    WHERE r.observed_at <= $as_of::TIMESTAMP
    QUALIFY
        row_number() OVER (
            PARTITION BY r.system, r.record_id, i.certificate
            ORDER BY r.observed_at DESC, r.state, r.requested_at
        ) = 1
),

account AS (
    SELECT certificate, list_sort(list(acme_account)) AS accounts FROM acme_account($as_of) GROUP BY certificate
)

SELECT
    l.system || ' ' || l.record_id AS subject,
    coalesce(i.subject_cn, i.names[1], l.record_id) AS display_name,
    l.certificate,
    l.system,
    l.record_id,
    l.state,
    l.requester,
    l.approver,
    l.requested_at,
    CASE WHEN l.requester IS NOT NULL THEN false WHEN l.tells_requester THEN true END AS requester_missing,
    s.level AS automation_level,
    g.renews AS renews_itself,
    coalesce(c.accounts, []) AS accounts,
    CASE WHEN l.requester IS NOT NULL OR c.certificate IS NOT NULL THEN false WHEN l.tells_requester THEN true END
        AS account_missing,
    CASE WHEN l.approver IS NOT NULL THEN false WHEN l.tells_approver THEN true END AS approver_missing,
    CASE
        WHEN l.requester IS NULL OR l.approver IS NULL THEN NULL
        WHEN lower(l.requester) = lower(l.approver) THEN true
        WHEN a.reference IS NOT NULL AND b.reference IS NOT NULL
            THEN a.name = b.name AND (a.email = b.email) IS NOT FALSE
        WHEN contains(l.requester, '@') AND contains(l.approver, '@') THEN false
    END AS same_person,
    i.business_unit,
    i.owner,
    i.in_service,
    i.ended,
    i.not_before
FROM latest AS l
JOIN inventory($as_of) AS i ON i.certificate = l.certificate
LEFT JOIN stated_automation($as_of) AS s ON s.certificate = l.certificate
LEFT JOIN facts.automation_stage AS g ON g.level = s.level
LEFT JOIN account AS c ON c.certificate = l.certificate
LEFT JOIN directory($as_of) AS a ON a.reference = lower(l.requester)
LEFT JOIN directory($as_of) AS b ON b.reference = lower(l.approver)
ORDER BY subject, l.certificate
