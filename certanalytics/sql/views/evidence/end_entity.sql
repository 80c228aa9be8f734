-- One row is one TLS server certificate known at $as_of: one issuance, with its names and where it was met.
-- CA certificates and certificates for other purposes (extended key usage without serverAuth) are left out, unless
-- an endpoint presented them as its own: what a server shows is a server certificate, whatever it says of itself.
-- A system's own name for a certificate of which nothing else was loaded is no certificate yet (`unresolved_name`), nor
-- are names a log lists without saying of which certificate. One of which only a fingerprint in the chain above another
-- is known is taken for a CA.
WITH met AS (
    SELECT
        certificate,
        min(first_seen) AS first_seen,
        max(last_seen) AS last_seen,
        list_sort(list_distinct(flatten(list(sources)))) AS sources,
        bool_or(on_endpoint) AS on_endpoint,
        bool_or(served) AS served,
        bool_or(as_leaf) AS as_leaf,
        bool_or(in_file) AS in_file,
        bool_or(in_log) AS in_log,
        bool_or(in_record) AS in_record
    FROM issuance($as_of)
    GROUP BY certificate
),

named AS (
    SELECT identity, list_sort(list(name)) AS names, list_sort(list(DISTINCT registered_domain)) AS registered_domains
    FROM name
    GROUP BY identity
)

SELECT
    m.*,
    coalesce(n.names, []) AS names,
    coalesce(n.registered_domains, []) AS registered_domains,
    lower(c.subject_cn) AS common_name,
    c.not_before,
    c.not_after,
    c.key_algorithm
FROM met AS m
JOIN certificate AS c ON c.identity = m.certificate
LEFT JOIN named AS n ON n.identity = m.certificate
WHERE
    NOT starts_with(m.certificate, 'alias:')
    AND NOT (
        starts_with(m.certificate, 'text:')
        AND c.not_after IS NULL
        AND NOT (m.on_endpoint OR m.in_file OR m.in_record)
    )
    AND (c.is_ca IS NOT NULL OR m.as_leaf)
    AND CASE
        WHEN m.served THEN c.is_ca IS NOT TRUE OR c.is_self_issued
        ELSE
            c.is_ca IS NOT TRUE
            AND (
                coalesce(len(c.extended_key_usage), 0) = 0
                OR list_has_any(c.extended_key_usage, ['serverAuth', 'anyExtendedKeyUsage'])
            )
    END
