-- One row is one public key of a certificate known at $as_of and the earliest beginning of any certificate for it.
-- The key may be older: a certificate of which nothing was loaded does not count.
SELECT c.spki_sha256, min(c.not_before) AS key_since
FROM known($as_of) AS k
JOIN certificate AS c ON c.identity = k.identity
WHERE c.spki_sha256 IS NOT NULL
GROUP BY c.spki_sha256
