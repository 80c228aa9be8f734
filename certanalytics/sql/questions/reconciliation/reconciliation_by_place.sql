-- One row is one combination of places certificates stand in, and by what they are matched between them.
SELECT
    r.in_log,
    r.in_scan,
    r.in_inventory,
    r.match_tier,
    min(r.match_confidence) AS match_confidence,
    count(*) AS certificates,
    count(*) FILTER (WHERE NOT i.ended) AS valid,
    count(*) FILTER (WHERE i.trust = 'public') AS public,
    count(*) FILTER (WHERE i.in_service) AS in_service
FROM inventory($as_of) AS i
JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
GROUP BY r.in_log, r.in_scan, r.in_inventory, r.match_tier
ORDER BY certificates DESC, r.in_log, r.in_scan, r.in_inventory, r.match_tier
