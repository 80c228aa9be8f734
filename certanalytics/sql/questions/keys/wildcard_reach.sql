-- One row is one wildcard certificate in service and how far its key reaches, widest first.
SELECT
    certificate,
    subject_cn,
    list_filter(names, lambda n: starts_with(n, '*.')) AS wildcards,
    endpoints,
    hosts,
    not_after,
    days_left,
    business_unit,
    criticality,
    owner,
    owner_state
FROM inventory($as_of)
WHERE in_service AND len(list_filter(names, lambda n: starts_with(n, '*.'))) > 0
ORDER BY endpoints DESC, certificate
