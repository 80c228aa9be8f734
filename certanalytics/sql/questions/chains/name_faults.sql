-- One row is one endpoint in scope that presents a certificate which is not for the name it was asked by.
SELECT
    n.endpoint,
    n.host,
    n.certificate,
    i.subject_cn,
    i.names,
    n.reason,
    n.observed_at,
    i.not_after,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email
FROM name_match($as_of) AS n
JOIN inventory($as_of) AS i ON i.certificate = n.certificate
WHERE NOT n.fits
ORDER BY i.critical DESC, n.endpoint, n.certificate
