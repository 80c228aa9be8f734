-- One row is one certificate as all sources together describe it that bring no DER of it.
-- Where they differ the more cautious value counts: the later start, the earlier end, the shorter key; of other texts
-- the first in order. Names are those any of them says. Who differs is told by the question `disagreements`.
SELECT
    identity,
    min(sha256) AS sha256,
    min(sha1) AS sha1,
    min(spki_sha256) AS spki_sha256,
    min(tbs_sha256) AS tbs_sha256,
    min(serial_hex) AS serial_hex,
    min(issuer_dn) AS issuer_dn,
    min(issuer_cn) AS issuer_cn,
    min(issuer_o) AS issuer_o,
    min(issuer_key) AS issuer_key,
    min(subject_dn) AS subject_dn,
    min(subject_cn) AS subject_cn,
    min(subject_o) AS subject_o,
    min(subject_key_id) AS subject_key_id,
    min(authority_key_id) AS authority_key_id,
    list_sort(list_distinct(flatten(list(san_dns)))) AS san_dns,
    list_sort(list_distinct(flatten(list(san_ip)))) AS san_ip,
    list_sort(list_distinct(flatten(list(san_email)))) AS san_email,
    list_sort(list_distinct(flatten(list(san_uri)))) AS san_uri,
    max(not_before) AS not_before,
    min(not_after) AS not_after,
    -- Baseline Requirements: both ends count, and a second over is a day.
    ceil((epoch_us(min(not_after)) - epoch_us(max(not_before)) + 1000000) / 86400000000)::INTEGER AS validity_days,
    min(key_algorithm) AS key_algorithm,
    min(key_bits)::INTEGER AS key_bits,
    min(key_curve) AS key_curve,
    min(signature_algorithm) AS signature_algorithm,
    min(signature_hash) AS signature_hash,
    bool_or(is_ca) AS is_ca,
    list_sort(list_distinct(flatten(list(extended_key_usage)))) AS extended_key_usage,
    min(validation_level) AS validation_level,
    'parsed' AS evidence
FROM stated_certificate
GROUP BY identity
