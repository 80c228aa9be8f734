-- One row is one registered domain the organisation holds certificates of: on endpoints, in files or in inventories.
SELECT d.registered_domain, count(*) AS certificates
FROM (SELECT certificate, unnest(registered_domains) AS registered_domain FROM end_entity($as_of)) AS d
JOIN reconciliation($as_of) AS r ON r.certificate = d.certificate
WHERE d.registered_domain IS NOT NULL AND (r.in_scan OR r.in_inventory)
GROUP BY d.registered_domain
