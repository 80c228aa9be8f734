-- One row is one version of TLS or SSL, and what is said of it at $as_of.
-- NIST SP 800-52 Rev. 2 tells servers for the government alone (`government_only`) from those for citizens and
-- businesses (`business_facing`), where TLS 1.0 and 1.1 may be set up if they are needed. `obsolete_by` is the RFC that
-- says that the version must not be used at all.
SELECT
    version,
    arg_max(label, effective_from) AS label,
    arg_max(government_only, effective_from) AS government_only,
    arg_max(business_facing, effective_from) AS business_facing,
    max(obsolete_by) AS obsolete_by
FROM facts.tls_version
WHERE effective_from <= $as_of::DATE
GROUP BY version
