-- One row is one key that stands in certificates in service for different names, most certificates first.
-- A renewal that keeps its key has the same names and is not in it.
SELECT
    spki_sha256,
    min(key_algorithm) AS key_algorithm,
    min(key_bits) AS key_bits,
    min(key_curve) AS key_curve,
    count(*) AS certificates,
    sum(endpoints)::BIGINT AS endpoints,
    count(DISTINCT owner) AS owners,
    list_sort(list_distinct(flatten(list(hosts)))) AS hosts,
    list_sort(list(certificate)) AS certificate_list,
    bool_or(critical) AS critical
FROM inventory($as_of)
WHERE in_service AND spki_sha256 IS NOT NULL
GROUP BY spki_sha256
HAVING count(DISTINCT names) > 1
ORDER BY certificates DESC, endpoints DESC, spki_sha256
