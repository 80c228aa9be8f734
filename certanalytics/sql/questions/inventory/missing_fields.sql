-- One row is one business unit and one field everybody needs, with the certificates in service that lack it.
-- `missing` is absent where no loaded export gave the field for anything. Units in order of size.
SELECT business_unit, field, certificates, supplied, if(supplied, missing, NULL) AS missing
FROM (
    SELECT business_unit, certificates, unnest(found, recursive := true)
    FROM (
        SELECT
            i.business_unit,
            count(*) AS certificates,
            [
                {'number': 1, 'field': 'owner', 'missing': count(*) FILTER (WHERE i.owner IS NULL), 'supplied': bool_or(s.a11)},
                {
                    'number': 2,
                    'field': 'environment',
                    'missing': count(*) FILTER (WHERE i.environment IS NULL),
                    'supplied': bool_or(s.a20)
                },
                {
                    'number': 3,
                    'field': 'criticality',
                    'missing': count(*) FILTER (WHERE i.criticality IS NULL),
                    'supplied': bool_or(s.criticality)
                },
                {'number': 4, 'field': 'service', 'missing': count(*) FILTER (WHERE i.service IS NULL), 'supplied': bool_or(s.a17)}
            ] AS found
        FROM inventory($as_of) AS i
        CROSS JOIN supplied($as_of) AS s
        WHERE i.in_service
        GROUP BY i.business_unit
    )
)
ORDER BY certificates DESC, business_unit, number
