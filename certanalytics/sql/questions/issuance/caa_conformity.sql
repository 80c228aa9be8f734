-- One row is one name in a public certificate for which CAA did not let its CA issue, or does not let it renew.
-- `at_issue`: a violation if the zone forbade it before the issue and at the next look after it; where nobody looked
-- since, a possible one. `renewal`: blocked if the zone forbids it now, which is no violation.
SELECT *
FROM (
    SELECT
        i.certificate,
        i.subject_cn,
        c.name,
        i.ca_owner,
        i.issuer_cn,
        i.not_before,
        i.not_after,
        i.ended,
        i.in_service,
        i.endpoints,
        i.critical,
        i.owner,
        i.business_unit,
        c.zone,
        c.caa_name,
        c.identifiers,
        c.identifiers_before,
        c.known_since,
        c.looked_at,
        CASE
            WHEN c.before_issue = 'forbidden' AND c.after_issue = 'forbidden' THEN 'violation'
            WHEN c.before_issue = 'forbidden' AND c.after_issue IS NULL THEN 'possible violation'
        END AS at_issue,
        if(c.now = 'forbidden' AND i.in_service AND NOT i.replaced, 'blocked', NULL) AS renewal
    FROM inventory($as_of) AS i
    JOIN caa_judgement($as_of) AS c ON c.certificate = i.certificate
    WHERE
        i.trust = 'public'
        AND (
            (c.before_issue = 'forbidden' AND (c.after_issue = 'forbidden' OR c.after_issue IS NULL))
            OR (c.now = 'forbidden' AND i.in_service AND NOT i.replaced)
        )
)
ORDER BY at_issue IS DISTINCT FROM 'violation', in_service DESC, not_after, certificate, name
