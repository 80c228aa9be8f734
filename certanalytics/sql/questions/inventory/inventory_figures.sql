-- One row is what can be said of all certificates in scope: their trust class, states and last sight.
-- Ages are from the last look that saw a certificate at an endpoint, of valid ones that any has shown: that nobody has
-- seen an ended one for long is as it should be.
SELECT
    count(*) AS certificates,
    count(*) FILTER (WHERE trust = 'public') AS public,
    count(*) FILTER (WHERE trust = 'private') AS private,
    count(*) FILTER (WHERE trust = 'self-signed') AS self_signed,
    count(*) FILTER (WHERE trust = 'unknown') AS trust_unknown,
    count(*) FILTER (WHERE in_service) AS in_service,
    count(*) FILTER (WHERE in_service AND validity = 'valid') AS live_valid,
    count(*) FILTER (WHERE in_service AND validity IS NULL) AS live_undated,
    count(*) FILTER (WHERE last_served IS NOT NULL) AS ever_served,
    count(*) FILTER (WHERE last_served IS NOT NULL AND validity = 'valid') AS valid_served,
    count(*) FILTER (WHERE stale) AS stale,
    count(*) FILTER (WHERE stale AND validity = 'valid') AS stale_valid,
    count(*) FILTER (WHERE stale AND validity = 'valid' AND successor IS NULL) AS stale_waiting,
    count(*) FILTER (WHERE ghost_looked_at IS NOT NULL) AS configured,
    count(*) FILTER (WHERE ghost AND validity = 'valid') AS ghosts,
    count(*) FILTER (WHERE ghost AND validity = 'valid' AND ghost_looked_at) AS ghosts_looked_at,
    count(*) FILTER (WHERE revocation IS NOT NULL) AS status_known,
    count(*) FILTER (WHERE revocation = 'revoked') AS revoked,
    count(*) FILTER (WHERE revocation = 'revoked' AND in_service) AS revoked_in_service,
    median((epoch_us($as_of::TIMESTAMP) - epoch_us(last_served)) / 86400000000)
        FILTER (WHERE validity = 'valid') AS median_age_days,
    quantile_cont((epoch_us($as_of::TIMESTAMP) - epoch_us(last_served)) / 86400000000, 0.95)
        FILTER (WHERE validity = 'valid') AS p95_age_days
FROM inventory($as_of)
ORDER BY certificates
