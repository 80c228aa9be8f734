-- One row is one certificate known at $as_of, where it was met, and what it is for.
-- `server`: a TLS server certificate, the only ones the inventory holds. `client`: its extended key usage allows clients
-- to be authenticated and not servers. `other`: yet another purpose (code signing, mail, time stamps). `authority`: a CA
-- certificate, or one of which only a fingerprint in the chain above another is known. What an endpoint presented as its
-- own is a server certificate, whatever it says of itself. `unresolved`: a system's own name for a certificate of which
-- nothing else was loaded (`unresolved_name`), or names a log lists without saying of which certificate.
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
        bool_or(in_record) AS in_record,
        min(first_served) AS first_served,
        max(last_served) AS last_served,
        min(first_logged) AS first_logged
    FROM issuance($as_of)
    GROUP BY certificate
)

SELECT
    m.*,
    lower(c.subject_cn) AS common_name,
    c.not_before,
    c.not_after,
    c.key_algorithm,
    CASE
        WHEN starts_with(m.certificate, 'alias:') THEN 'unresolved'
        WHEN
            starts_with(m.certificate, 'text:')
            AND c.not_after IS NULL
            AND NOT (m.on_endpoint OR m.in_file OR m.in_record)
            THEN 'unresolved'
        WHEN c.is_ca IS NULL AND NOT m.as_leaf THEN 'authority'
        WHEN c.is_ca AND NOT (m.served AND coalesce(c.is_self_issued, false)) THEN 'authority'
        WHEN m.served OR coalesce(len(c.extended_key_usage), 0) = 0 THEN 'server'
        WHEN list_has_any(c.extended_key_usage, ['serverAuth', 'anyExtendedKeyUsage']) THEN 'server'
        WHEN list_contains(c.extended_key_usage, 'clientAuth') THEN 'client'
        ELSE 'other'
    END AS purpose
FROM met AS m
JOIN certificate AS c ON c.identity = m.certificate
