-- One row is one certificate in service that ends after every path above it that is known has ended, widest gap first.
-- `path_ends` is until when the longest-lived of its paths is valid: the earliest end of the CA certificates on it.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.issuer_cn,
    i.not_after,
    p.path_ends,
    ceil((epoch_us(i.not_after) - epoch_us(p.path_ends)) / 86400000000)::INTEGER AS days_beyond,
    p.path_ends < $as_of::TIMESTAMP AS path_ended,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email
FROM inventory($as_of) AS i
JOIN leaf_issuer AS l ON l.certificate = i.certificate
JOIN issuer_path($as_of) AS p
    ON p.issuer_dn = l.issuer_dn AND p.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
WHERE i.in_service AND i.not_after > p.path_ends
ORDER BY path_ended DESC, days_beyond DESC, i.certificate
