-- One row is one certificate in service and one programme that has a rule against a root above it, those hit first.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    x.programme,
    x.state,
    x.ca_owner,
    x.roots,
    x.other_roots,
    x.cutoff,
    x.bases,
    i.not_before,
    x.matched_by,
    x.rules,
    i.issuer_cn,
    i.not_after,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email
FROM distrust_exposure($as_of) AS x
JOIN inventory($as_of) AS i ON i.certificate = x.certificate
WHERE i.in_service
ORDER BY
    x.state = 'distrusted' DESC,
    x.state = 'on one path' DESC,
    x.state = 'cannot tell' DESC,
    i.critical DESC,
    i.endpoints DESC,
    i.certificate,
    x.programme
