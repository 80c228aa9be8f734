-- One row is one public key of which a certificate was revoked because the key was compromised, as said by $as_of.
SELECT DISTINCT c.spki_sha256
FROM revocation_status($as_of) AS r
JOIN certificate AS c ON c.identity = r.certificate
WHERE r.status = 'revoked' AND r.reason IN ('keyCompromise', 'cACompromise') AND c.spki_sha256 IS NOT NULL
