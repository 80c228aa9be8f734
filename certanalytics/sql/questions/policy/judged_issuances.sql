-- One row is one certificate in scope that has not ended, as it was issued: for whom, as recorded, and as CAA lets.
-- `is_own`: an endpoint, a file or a record shows it, or it is for a domain of which one does. `recorded` is not known
-- where no record of its CA reaches the issue. What CAA says is not known where one of its names is in no loaded zone;
-- `other_ca_may_issue` is about certificates in service, by the records of today. `outlives_path`: it ends after every
-- path above it that is known; no only where one known up to a root lasts as long. `distrusted` is not known where its
-- root is not.
WITH own AS (
    SELECT DISTINCT i.certificate
    FROM (SELECT certificate, unnest(registered_domains) AS registered_domain FROM inventory($as_of)) AS i
    JOIN own_domain($as_of) AS o ON o.registered_domain = i.registered_domain
),

inside AS (
    SELECT i.certificate, list_sort(list(DISTINCT i.name)) AS internal_names
    FROM (SELECT certificate, unnest(names) AS name FROM inventory($as_of)) AS i
    JOIN internal_name AS n ON n.name = i.name
    GROUP BY i.certificate
),

exposure AS (
    SELECT
        certificate,
        bool_or(state = 'distrusted') AS is_distrusted,
        bool_or(state IN ('on one path', 'cannot tell')) AS is_doubtful,
        list_sort(list(DISTINCT programme) FILTER (WHERE state = 'distrusted')) AS programmes
    FROM distrust_exposure($as_of)
    GROUP BY certificate
)

SELECT
    i.certificate AS subject,
    coalesce(i.subject_cn, i.names[1], i.certificate) AS display_name,
    i.certificate,
    i.evidence,
    i.subject_cn,
    i.names,
    i.registered_domains,
    nullif(i.ca_owner, 'unknown') AS ca_owner,
    i.issuer_cn,
    i.root_cn,
    CASE i.trust WHEN 'public' THEN true WHEN 'unknown' THEN NULL ELSE false END AS is_public,
    CASE i.trust WHEN 'self-signed' THEN true WHEN 'unknown' THEN NULL ELSE false END AS is_self_signed,
    i.not_before,
    i.not_after,
    i.lifetime_days,
    i.days_left,
    i.first_seen,
    i.in_service,
    i.replaced,
    i.hosts,
    i.seen_in_log,
    i.seen_in_record,
    i.seen_on_endpoint OR i.seen_in_file OR i.seen_in_record OR o.certificate IS NOT NULL AS is_own,
    CASE
        WHEN i.seen_in_record THEN true
        WHEN r.newest >= coalesce(i.first_logged, i.not_before) THEN false
    END AS recorded,
    coalesce(n.internal_names, []) AS internal_names,
    c.caa_forbade,
    c.caa_forbids,
    a.caa_allowed,
    CASE
        WHEN NOT a.caa_told OR i.ca_owner = 'unknown' THEN NULL
        WHEN NOT a.caa_restricted OR len(list_filter(a.caa_allowed, lambda one: one <> i.ca_owner)) > 0 THEN true
        WHEN NOT c.caa_unknown THEN false
    END AS other_ca_may_issue,
    p.path_ends,
    CASE
        WHEN i.not_after > p.path_ends THEN true
        WHEN i.not_after <= p.root_path_ends AND p.is_dated THEN false
    END AS outlives_path,
    CASE
        WHEN e.is_distrusted THEN true
        WHEN e.is_doubtful OR i.root IS NULL THEN NULL
        ELSE false
    END AS distrusted,
    e.programmes AS distrusted_by,
    i.environment,
    i.service,
    i.business_unit,
    i.owner
FROM inventory($as_of) AS i
LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
LEFT JOIN issuer_path($as_of) AS p
    ON p.issuer_dn = l.issuer_dn AND p.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
LEFT JOIN caa_statement($as_of) AS c ON c.certificate = i.certificate
LEFT JOIN caa_allowance($as_of) AS a ON a.certificate = i.certificate
LEFT JOIN record_reach($as_of) AS r ON r.ca_owner = nullif(i.ca_owner, 'unknown')
LEFT JOIN exposure AS e ON e.certificate = i.certificate
LEFT JOIN own AS o ON o.certificate = i.certificate
LEFT JOIN inside AS n ON n.certificate = i.certificate
WHERE i.ended IS NOT TRUE
ORDER BY subject
