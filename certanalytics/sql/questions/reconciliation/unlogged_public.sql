-- One row is one public certificate in service that shows no sign of having been logged, latest issued first.
-- It has no SCT in it and is in no log that was loaded; a log not loaded may hold it, and SCTs may come in the handshake.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.hosts,
    i.endpoints,
    i.issuer_cn,
    i.ca_owner,
    i.not_before,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
WHERE i.in_service AND i.trust = 'public' AND r.embedded_scts = 0 AND NOT r.in_log
ORDER BY i.not_before DESC, i.certificate
