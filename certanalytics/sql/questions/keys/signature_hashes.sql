-- One row is one signature algorithm and hash, with the certificates in service signed with it, most first.
-- The signature of a self-signed certificate proves nothing and is not judged.
SELECT
    signature_algorithm,
    signature_hash,
    count(*) AS certificates,
    count(weak_signature) AS weak,
    count(*) FILTER (WHERE trust = 'self-signed') AS self_signed
FROM inventory($as_of)
WHERE in_service
GROUP BY signature_algorithm, signature_hash
ORDER BY certificates DESC, signature_algorithm, signature_hash
