-- One row is one combination of trust, key usage and extended key usage, with the certificates in service, most first.
-- What a source only says of a certificate without naming a purpose is not among them.
SELECT
    i.trust,
    array_to_string(list_sort(c.key_usage), ', ') AS key_usage,
    array_to_string(list_sort(c.extended_key_usage), ', ') AS extended_key_usage,
    count(*) AS certificates,
    sum(i.endpoints)::BIGINT AS endpoints
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
WHERE i.in_service AND c.purposes_known
GROUP BY i.trust, list_sort(c.key_usage), list_sort(c.extended_key_usage)
ORDER BY certificates DESC, i.trust, key_usage, extended_key_usage
