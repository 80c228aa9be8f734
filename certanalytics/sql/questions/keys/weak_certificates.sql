-- One row is one certificate in service with a weak key or a weak signature, critical and widely served ones first.
SELECT
    certificate,
    subject_cn,
    hosts,
    endpoints,
    concat_ws('; ', weak_key, weak_signature) AS reason,
    weak_key IS NOT NULL AS weak_key,
    weak_signature IS NOT NULL AS weak_signature,
    key_algorithm,
    key_bits,
    key_curve,
    signature_hash,
    issuer_cn,
    ca_owner,
    trust,
    not_after,
    days_left,
    business_unit,
    criticality,
    owner,
    owner_email,
    owner_state
FROM inventory($as_of)
WHERE in_service AND (weak_key IS NOT NULL OR weak_signature IS NOT NULL)
ORDER BY critical DESC, weak_key DESC, endpoints DESC, not_after DESC, certificate
