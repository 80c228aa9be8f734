-- One row is one CA certificate with a weak signature, no root, that servers send, and what rests on it, most first.
-- The signature of a root over itself proves nothing and is not judged.
SELECT
    a.certificate AS ca_certificate,
    a.subject_cn AS ca,
    a.signature_hash,
    a.weak_signature AS reason,
    count(*) AS certificates,
    count(*) FILTER (WHERE i.critical) AS critical,
    list_sort(list_distinct(flatten(list(i.hosts))))[1:5] AS hosts,
    list_sort(list(i.certificate)) AS certificate_list
FROM inventory($as_of) AS i
JOIN chain_above($as_of) AS c ON c.certificate = i.certificate
JOIN certificate_content($as_of) AS a ON a.certificate = c.above
WHERE i.in_service AND a.weak_signature IS NOT NULL AND a.is_self_issued IS FALSE
GROUP BY a.certificate, a.subject_cn, a.signature_hash, a.weak_signature
ORDER BY certificates DESC, a.certificate
