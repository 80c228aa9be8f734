-- One row is one protocol version, cipher suite, key exchange, kind of key or signature in use, and where.
-- What no scan tells of an endpoint, and no export of a certificate, stands under "not told": it is in use all the same.
WITH place AS (
    SELECT
        p.host,
        p.port,
        p.ip,
        min(coalesce(i.service, i.business_unit)) AS used_for
    FROM presented($as_of) AS p
    JOIN inventory($as_of) AS i ON i.certificate = p.certificate
    GROUP BY p.host, p.port, p.ip
),

offered AS MATERIALIZED (
    SELECT o.endpoint, p.used_for, o.protocols, o.cipher_suites, o.groups
    FROM place AS p
    JOIN address_offer($as_of) AS o
        ON o.host = p.host AND o.port IS NOT DISTINCT FROM p.port AND o.ip IS NOT DISTINCT FROM p.ip
),

used AS (
    SELECT
        'protocol' AS kind,
        1 AS place,
        unnest(if(len(protocols) > 0, protocols, ['not told'])) AS algorithm,
        endpoint AS used_at,
        used_for
    FROM offered
    UNION ALL
    SELECT 'cipher suite', 2, unnest(if(len(cipher_suites) > 0, cipher_suites, ['not told'])), endpoint, used_for
    FROM offered
    UNION ALL
    SELECT 'key exchange', 3, unnest(if(len(groups) > 0, groups, ['not told'])), endpoint, used_for
    FROM offered
    UNION ALL
    SELECT
        'certificate key',
        4,
        coalesce(concat_ws(' ', key_algorithm, coalesce(key_curve, key_bits::VARCHAR)), 'not told'),
        coalesce(subject_cn, certificate),
        coalesce(service, business_unit)
    FROM inventory($as_of)
    WHERE in_service
    UNION ALL
    SELECT
        'certificate signature',
        5,
        coalesce(signature_algorithm, signature_hash, 'not told'),
        coalesce(subject_cn, certificate),
        coalesce(service, business_unit)
    FROM inventory($as_of)
    WHERE in_service
)

SELECT
    kind,
    if(algorithm = '', 'not told', algorithm) AS algorithm,
    count(*) AS uses,
    list_sort(list(DISTINCT used_at))[1:5] AS used_at,
    list_sort(list(DISTINCT used_for) FILTER (WHERE used_for IS NOT NULL))[1:5] AS used_for
FROM used
GROUP BY kind, place, if(algorithm = '', 'not told', algorithm)
ORDER BY place, uses DESC, algorithm
