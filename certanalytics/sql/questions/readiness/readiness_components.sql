-- One row is one public certificate in service, and what is known of each thing that lives of 47 days ask for.
-- A component is true, false, or absent where these data do not tell. `closed_loop`: a record says that it is renewed
-- and installed without a person, and scans find no renewal that did not arrive. `deployment_evidence`: it is
-- itself a renewal, and neither it nor what follows it is missing anywhere; of a first certificate nothing can be said.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.ca_owner,
    i.lifetime_days,
    i.not_after,
    i.critical,
    i.business_unit,
    i.owner,
    i.owner_state,
    CASE
        WHEN a.stage < (SELECT min(stage) FROM facts.automation_stage WHERE installs) THEN false
        WHEN a.stage IS NOT NULL THEN i.successor IS NULL OR i.successor_deployed
    END AS closed_loop,
    d.dcv_automatable,
    CASE
        WHEN NOT e.ownership THEN NULL
        WHEN i.owner_state IN ('none', 'inactive') THEN false
        WHEN i.owner_verified THEN true
        WHEN e.people THEN false
    END AS owner_verified,
    CASE
        WHEN (i.successor IS NOT NULL AND NOT i.successor_deployed) OR p.successor IS NOT NULL THEN false
        WHEN a.renewals > 0 THEN true
    END AS deployment_evidence
FROM inventory($as_of) AS i
JOIN automation($as_of) AS a ON a.certificate = i.certificate
CROSS JOIN (SELECT ownership, people FROM assessable($as_of)) AS e
LEFT JOIN domain_validation($as_of) AS d ON d.certificate = i.certificate
LEFT JOIN (
    SELECT DISTINCT successor FROM inventory($as_of) WHERE in_service AND NOT successor_deployed AND NOT ended
) AS p ON p.successor = i.certificate
WHERE i.in_service AND i.trust = 'public'
ORDER BY i.not_after, i.certificate
