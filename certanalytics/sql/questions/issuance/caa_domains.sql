-- One row is one own registered domain, what its CAA records say at $as_of, and which CAs issued for it.
-- `has_caa`: its apex restricts who may issue; absent where its zone was not loaded.
-- `ca_owners`: of valid public certificates.
SELECT
    i.registered_domain,
    any_value(z.zone) IS NOT NULL AS zone_loaded,
    if(any_value(z.zone) IS NULL, NULL, coalesce(bool_or(z.has_issue), false)) AS has_caa,
    any_value(z.issue) AS issue,
    any_value(z.issuewild) AS issuewild,
    if(any_value(z.zone) IS NULL, NULL, coalesce(bool_or(z.has_iodef), false)) AS has_iodef,
    any_value(z.snapshot) AS looked_at,
    count(DISTINCT i.certificate) AS certificates,
    list_sort(list(DISTINCT i.ca_owner) FILTER (WHERE i.public)) AS ca_owners
FROM (
    SELECT
        certificate,
        ca_owner,
        trust = 'public' AND ended IS NOT TRUE AS public,
        unnest(registered_domains) AS registered_domain
    FROM inventory($as_of)
) AS i
JOIN own_domain($as_of) AS o ON o.registered_domain = i.registered_domain
LEFT JOIN apex_caa($as_of) AS z ON z.zone = i.registered_domain
GROUP BY i.registered_domain
ORDER BY has_caa NULLS LAST, certificates DESC, i.registered_domain
