-- One row is one certificate in service of a critical service and one contact a directory says is active, or none.
SELECT i.certificate, c.party, min(c.kind) AS kind, min(c.name) AS name
FROM inventory($as_of) AS i
LEFT JOIN contact($as_of) AS c
    ON
    c.certificate = i.certificate
    AND c.state = 'verified'
    AND c.role IN ('accountable', 'technical', 'business', 'renewal', 'security')
WHERE i.in_service AND i.critical
GROUP BY i.certificate, c.party
ORDER BY i.certificate, c.party
