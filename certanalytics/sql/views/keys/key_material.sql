-- One row is one RSA key of which a certificate is at hand in full, and one such certificate.
SELECT
    c.spki_sha256,
    min(c.sha256) AS sha256,
    min(c.subject_cn) AS subject_cn,
    count(DISTINCT c.tbs_sha256) AS issuances,
    coalesce(bool_or(c.is_ca), false) AS is_ca
FROM known($as_of) AS k
JOIN certificate AS c ON c.identity = k.identity
JOIN der AS d ON d.sha256 = c.sha256
WHERE c.evidence = 'der' AND c.key_algorithm IN ('RSA', 'RSASSA-PSS')
GROUP BY c.spki_sha256
