-- One row is one certificate, and for each attribute of NIST SP 1800-16 whether its value is known.
-- What stands in a certificate is known once it was seen in full, even that it has none (no key usage, no policy).
-- The columns are the numbers of facts.sp1800_16_attribute; those no table can hold are not among them.
SELECT
    certificate,
    evidence = 'der' OR subject_dn IS NOT NULL AS a1,
    evidence = 'der' OR len(names) > 0 AS a2,
    not_before IS NOT NULL AS a3,
    not_after IS NOT NULL AS a4,
    coalesce(issuer_dn, issuer_cn, issuer_o) IS NOT NULL AS a5,
    key_algorithm IS NOT NULL AS a6,
    evidence = 'der' OR coalesce(key_bits::VARCHAR, key_curve) IS NOT NULL AS a7,
    coalesce(signature_algorithm, signature_hash) IS NOT NULL AS a8,
    lifetime_days IS NOT NULL AS a9,
    evidence = 'der' OR coalesce(len(extended_key_usage), 0) > 0 AS a10,
    owner IS NOT NULL AS a11,
    owner_email IS NOT NULL AS a12,
    len(approvers) > 0 AS a13,
    len(hosts) > 0 AS a14,
    len(held_in) > 0 AS a15,
    len(system_types) > 0 AS a16,
    service IS NOT NULL AS a17,
    business_unit IS NOT NULL AS a19,
    environment IS NOT NULL AS a20,
    len(requesters) > 0 AS a21,
    serial_hex IS NOT NULL AS a22,
    trust = 'self-signed' OR root IS NOT NULL AS a23,
    revocation IS NOT NULL AS a24,
    validity IS NOT NULL AS a27,
    evidence = 'der' OR validation_level IS NOT NULL AS a28,
    evidence = 'der' OR first_logged IS NOT NULL AS a29,
    len(sources) > 0 AS a30
FROM inventory($as_of)
