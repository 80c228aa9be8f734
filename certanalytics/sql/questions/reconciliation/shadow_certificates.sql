-- One row is one valid public certificate known from Certificate Transparency only, latest issued first.
-- No endpoint, file or manager record shows it, nor another certificate for the same names.
SELECT
    certificate,
    subject_cn,
    names,
    registered_domains,
    issuer_cn,
    ca_owner,
    not_before,
    not_after,
    days_left,
    first_seen,
    is_precert,
    business_unit,
    owner,
    owner_email,
    owner_state
FROM inventory($as_of)
WHERE trust = 'public' AND seen_in_log AND NOT ended AND NOT names_known
ORDER BY not_before DESC, certificate
