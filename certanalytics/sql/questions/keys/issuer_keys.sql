-- One row is one CA owner and one kind of key, with the certificates in service.
SELECT
    ca_owner,
    key_algorithm,
    key_bits,
    key_curve,
    count(*) AS certificates,
    count(weak_key) AS weak
FROM inventory($as_of)
WHERE in_service
GROUP BY ca_owner, key_algorithm, key_bits, key_curve
ORDER BY ca_owner, certificates DESC, key_algorithm, key_bits, key_curve
