-- One row is one certificate in service without alternative names, or with a common name that is none of them.
SELECT
    i.certificate,
    i.subject_cn,
    i.names,
    i.hosts,
    i.endpoints,
    if(c.alternative_names = 0, 'no alternative names', 'common name is no alternative name') AS reason,
    i.trust,
    i.issuer_cn,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.critical,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
WHERE i.in_service AND c.names_known AND (c.alternative_names = 0 OR c.common_name_apart)
ORDER BY i.critical DESC, c.alternative_names, i.endpoints DESC, i.certificate
