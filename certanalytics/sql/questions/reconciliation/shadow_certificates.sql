-- One row is one valid public certificate that was logged and is matched to nothing else, latest issued first.
-- No endpoint, file, manager or system of record shows it at the confidence asked for (match_confidence), nor another
-- certificate with its key or for its names. Nothing is said where nothing but logs is loaded: all is known from them alone.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.registered_domains,
    i.issuer_cn,
    i.ca_owner,
    i.not_before,
    i.not_after,
    i.days_left,
    i.first_seen,
    i.is_precert,
    r.match_tier,
    r.match_confidence,
    i.business_unit,
    i.owner,
    i.owner_email,
    i.owner_state
FROM inventory($as_of) AS i
JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
WHERE
    (SELECT met FROM assessable($as_of))
    AND i.trust = 'public'
    AND r.in_log
    AND i.ended IS NOT TRUE
    AND coalesce(r.match_confidence, 0) < (SELECT value FROM facts.threshold WHERE name = 'match_confidence')
ORDER BY i.not_before DESC, i.certificate
