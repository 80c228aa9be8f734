-- One row is one certificate in service whose key usage or extended key usage breaks a rule, critical ones first.
SELECT *
FROM (
    SELECT
        i.certificate,
        i.subject_cn,
        i.hosts,
        i.endpoints,
        array_to_string(
            list_transform(
                list_filter(
                    p.broken,
                    lambda r: r.issued_from <= coalesce(i.not_before, $as_of::TIMESTAMP)
                    AND (r.applies_to = 'any' OR i.trust = 'public')
                ),
                lambda r: r.reason
            ),
            '; '
        ) AS reason,
        i.trust,
        array_to_string(c.key_usage, ', ') AS key_usage,
        array_to_string(c.extended_key_usage, ', ') AS extended_key_usage,
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
    JOIN purpose_judgement($as_of) AS p
        ON
        p.key_usage = c.key_usage
        AND p.extended_key_usage = c.extended_key_usage
        AND p.key_algorithm IS NOT DISTINCT FROM i.key_algorithm
        AND p.is_ca = coalesce(c.is_ca, false)
        AND p.whole = c.pointers_known
    WHERE i.in_service AND c.purposes_known
)
WHERE reason <> ''
ORDER BY critical DESC, endpoints DESC, certificate
