-- One row is one registered domain of certificates known from logs alone, most certificates first.
SELECT
    registered_domain,
    count(*) AS certificates,
    count(*) FILTER (WHERE ended IS NOT TRUE) AS valid,
    min(first_seen) AS first_seen,
    max(not_before) AS last_issued,
    list_sort(list(DISTINCT ca_owner)) AS ca_owners,
    list_sort(list_distinct(flatten(list(names[1:3]))))[1:5] AS some_names
FROM (
    SELECT i.ended, i.first_seen, i.not_before, i.ca_owner, i.names, unnest(i.registered_domains) AS registered_domain
    FROM inventory($as_of) AS i
    JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
    WHERE r.in_log AND NOT r.in_scan AND NOT r.in_inventory
)
WHERE registered_domain IS NOT NULL
GROUP BY registered_domain
ORDER BY certificates DESC, registered_domain
