-- One row is one certificate of which anything is said of its revocation at $as_of, by all systems together.
-- It is revoked if any of them says so, else on hold, else good if an OCSP response that is still valid says so. Of
-- reasons given at one time that of a compromised key counts.
SELECT
    certificate,
    CASE
        WHEN bool_or(status = 'revoked') THEN 'revoked'
        WHEN bool_or(status = 'hold') THEN 'hold'
        WHEN bool_or(status = 'good' AND coalesce(next_update >= $as_of::TIMESTAMP, false)) THEN 'good'
        ELSE 'unknown'
    END AS status,
    min(revoked_at) FILTER (WHERE status IN ('revoked', 'hold')) AS revoked_at,
    arg_max(reason, (observed_at, reason IN ('keyCompromise', 'cACompromise'), reason))
        FILTER (WHERE reason IS NOT NULL) AS reason,
    list_sort(list(DISTINCT system) FILTER (WHERE status IN ('revoked', 'hold'))) AS said_by,
    max(observed_at) AS observed_at
FROM revocation_said($as_of)
GROUP BY certificate
