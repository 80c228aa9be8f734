-- One row is one registered domain of the organisation in scope, and what the CAA records at its apex say.
-- Its own are the domains it holds certificates of. `has_caa`: records at the apex say who may issue; not known where its
-- zone was not loaded. `is_special_use`: a suffix that is never in public DNS.
SELECT
    o.registered_domain AS subject,
    o.registered_domain AS display_name,
    o.registered_domain,
    o.certificates,
    o.public_certificates,
    o.registered_domain IN (SELECT suffix FROM facts.special_use_name)
    OR split_part(o.registered_domain, '.', -1) IN (SELECT suffix FROM facts.special_use_name) AS is_special_use,
    if(z.zone IS NULL, NULL, coalesce(z.has_issue, false)) AS has_caa,
    if(z.zone IS NULL, NULL, coalesce(z.has_iodef, false)) AS has_iodef,
    z.issue,
    z.issuewild,
    z.ca_owners AS caa_owners,
    z.unknown_identifiers AS caa_unknown,
    z.snapshot AS looked_at
FROM (
    SELECT
        i.registered_domain,
        count(*) AS certificates,
        count(*) FILTER (WHERE i.is_public) AS public_certificates
    FROM (
        SELECT trust = 'public' AND ended IS NOT TRUE AS is_public, unnest(registered_domains) AS registered_domain
        FROM inventory($as_of)
    ) AS i
    JOIN own_domain($as_of) AS w ON w.registered_domain = i.registered_domain
    GROUP BY i.registered_domain
) AS o
LEFT JOIN apex_caa($as_of) AS z ON z.zone = o.registered_domain
ORDER BY subject
