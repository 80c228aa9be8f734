-- One row is one attribute of one certificate on which sources differ, from each other or from the certificate itself.
-- Times count as different from a day apart: some sources know only the day. `said` lists each value with who says it.
WITH spoken_of AS MATERIALIZED (
    SELECT DISTINCT identity, certificate
    FROM issuance($as_of)
    WHERE identity IN (SELECT identity FROM stated_certificate)
),

statement_of AS (
    SELECT
        i.certificate,
        l.source,
        s.serial_hex,
        s.not_before,
        s.not_after,
        s.key_algorithm,
        s.key_bits,
        s.key_curve,
        s.signature_hash,
        lower(s.subject_cn) AS subject_cn,
        s.is_ca
    FROM stated_certificate AS s
    JOIN load AS l ON l.load = s.load
    JOIN spoken_of AS i ON i.identity = s.identity
    UNION ALL
    SELECT
        c.identity,
        'the certificate itself',
        c.serial_hex,
        c.not_before,
        c.not_after,
        c.key_algorithm,
        c.key_bits,
        c.key_curve,
        c.signature_hash,
        lower(c.subject_cn),
        c.is_ca
    FROM certificate AS c
    WHERE c.evidence = 'der' AND c.identity IN (SELECT certificate FROM spoken_of)
),

said AS (
    SELECT DISTINCT
        certificate,
        source,
        unnest([
            {'attribute': 'serial_hex', 'value': serial_hex, 'moment': NULL::TIMESTAMP},
            {'attribute': 'not_before', 'value': not_before::VARCHAR, 'moment': not_before},
            {'attribute': 'not_after', 'value': not_after::VARCHAR, 'moment': not_after},
            {'attribute': 'key_algorithm', 'value': key_algorithm, 'moment': NULL},
            {'attribute': 'key_bits', 'value': key_bits::VARCHAR, 'moment': NULL},
            {'attribute': 'key_curve', 'value': key_curve, 'moment': NULL},
            {'attribute': 'signature_hash', 'value': signature_hash, 'moment': NULL},
            {'attribute': 'subject_cn', 'value': subject_cn, 'moment': NULL},
            {'attribute': 'is_ca', 'value': is_ca::VARCHAR, 'moment': NULL}
        ], recursive := true)
    FROM statement_of
)

SELECT
    certificate,
    attribute,
    count(DISTINCT value) AS opinions,
    list_sort(list(DISTINCT value || ' (' || source || ')')) AS said
FROM said
WHERE value IS NOT NULL
GROUP BY certificate, attribute
HAVING
    count(DISTINCT value) > 1
    AND (min(moment) IS NULL OR max(moment) - min(moment) >= to_days(1))
