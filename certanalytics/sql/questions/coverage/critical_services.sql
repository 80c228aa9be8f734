-- One row is one critical service and the kinds of source that know a valid certificate of it, fewest kinds first.
-- Kinds are independent ways to find a certificate: logs, scans (endpoints, files), inventories (managers, registers).
SELECT
    service,
    bool_or(in_log)::INTEGER + bool_or(in_scan)::INTEGER + bool_or(in_inventory)::INTEGER AS kinds,
    bool_or(in_log) AS in_log,
    bool_or(in_scan) AS in_scan,
    bool_or(in_inventory) AS in_inventory,
    count(*) AS certificates
FROM (
    SELECT i.service, r.in_log, r.in_scan, r.in_inventory
    FROM inventory($as_of) AS i
    JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
    WHERE i.critical AND i.service IS NOT NULL AND i.ended IS NOT TRUE
)
GROUP BY service
ORDER BY kinds, service
