-- One row is one public key of certificates in service, and how many of them hold it.
SELECT spki_sha256, count(*) AS certificates
FROM inventory($as_of)
WHERE in_service AND spki_sha256 IS NOT NULL
GROUP BY spki_sha256
ORDER BY spki_sha256
