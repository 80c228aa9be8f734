-- One row is one certificate in service as an inventory of trusted keys and certificates has it, first to end first.
-- What no export tells stays empty. Which of them protect card data in transmission is for a scope to say.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.issuer_cn,
    i.ca_owner,
    i.not_before,
    i.not_after,
    i.days_left,
    i.key_algorithm,
    i.key_bits,
    i.key_curve,
    i.signature_hash,
    i.hosts,
    i.endpoints,
    i.service,
    i.business_unit,
    i.environment,
    i.owner,
    i.owner_state,
    i.last_seen,
    i.sources
FROM inventory($as_of) AS i
WHERE i.in_service
ORDER BY i.not_after NULLS FIRST, i.certificate
