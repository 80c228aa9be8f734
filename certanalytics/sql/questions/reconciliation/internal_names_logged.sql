-- One row is one internal name in public certificates that were logged, most certificates first.
SELECT
    n.name,
    n.reason,
    count(*) AS certificates,
    count(*) FILTER (WHERE ended IS NOT TRUE) AS valid,
    min(i.first_seen) AS first_seen,
    list_sort(list(DISTINCT i.ca_owner)) AS ca_owners,
    list_sort(list(i.certificate))[1:5] AS some_certificates
FROM (
    SELECT certificate, ended, first_seen, ca_owner, unnest(names) AS name
    FROM inventory($as_of)
    WHERE trust = 'public' AND seen_in_log
) AS i
JOIN (SELECT name, min(reason) AS reason FROM internal_name GROUP BY name) AS n ON n.name = i.name
GROUP BY n.name, n.reason
ORDER BY certificates DESC, n.name
