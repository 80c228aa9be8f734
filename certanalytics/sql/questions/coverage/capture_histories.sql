-- One row is one way in which certificates are known or not known to the kinds of source, and could be known.
-- `could_…`: the kind of source covers one of the certificate's domains. A scan knows a certificate while an endpoint
-- presents it. What is not public and valid, or known not to be in service, no two kinds of source could both know.
SELECT
    i.trust = 'public' AS public,
    i.ended IS NOT TRUE AS valid,
    o.certificate IS NOT NULL AS out_of_service,
    r.in_log,
    i.in_service AS in_scan,
    r.in_inventory,
    coalesce(d.in_log, false) AS could_log,
    coalesce(d.in_scan, false) AS could_scan,
    coalesce(d.in_inventory, false) AS could_inventory,
    count(*) AS certificates
FROM inventory($as_of) AS i
JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
LEFT JOIN out_of_service($as_of) AS o ON o.certificate = i.certificate
LEFT JOIN (
    SELECT u.certificate, bool_or(c.in_log) AS in_log, bool_or(c.in_scan) AS in_scan, bool_or(c.in_inventory) AS in_inventory
    FROM (SELECT certificate, unnest(registered_domains) AS registered_domain FROM inventory($as_of)) AS u
    JOIN covered_domain($as_of) AS c ON c.registered_domain = u.registered_domain
    GROUP BY u.certificate
) AS d ON d.certificate = i.certificate
GROUP BY ALL
ORDER BY ALL
