-- One row is one certificate that an endpoint began to present after it had presented another that is gone since.
-- The one before is of those last shown within same_scan_days of the endpoint's latest sight of a certificate that was
-- gone by then: one with the same names, else with the same kind of key (of an RSA and an ECDSA certificate each has its
-- own follower). A certificate that comes back, or is still shown beside the new one, is no change.
-- `differs` is what makes the change a material one: issuer (CA owner), key type, names, owner where both have one that is
-- told equally closely: a row about the new certificate and a pattern over names of the old one are no change in time.
-- Without any of these it is routine, unless issuer, key or names of either are not known. `recorded`: a CA or manager
-- keeps a record of the new certificate; absent where no record of its CA owner is as young as the change, or records have
-- less than records_cover of that CA owner's valid certificates that endpoints have presented.
WITH shown AS MATERIALIZED (
    SELECT s.*, e.names, e.in_record, e.not_after, c.key_algorithm, c.key_bits, c.key_curve, c.issuer_o, c.issuer_cn
    FROM showing($as_of) AS s
    JOIN end_entity($as_of) AS e ON e.certificate = s.certificate
    JOIN certificate AS c ON c.identity = s.certificate
),

gone AS (
    SELECT b.certificate, b.endpoint, a.last_shown
    FROM shown AS b
    ASOF JOIN (SELECT DISTINCT endpoint, last_shown FROM shown) AS a
        ON a.endpoint = b.endpoint AND b.first_shown > a.last_shown
),

pair AS MATERIALIZED (
    SELECT
        b.endpoint,
        b.host,
        b.port,
        a.certificate AS previous,
        b.certificate,
        a.last_shown,
        b.first_shown,
        a.names = b.names AS same_names,
        hash(a.key_algorithm, a.key_bits, a.key_curve) = hash(b.key_algorithm, b.key_bits, b.key_curve) AS same_key_type,
        ai.ca_owner AS previous_ca_owner,
        bi.ca_owner,
        b.in_record,
        ai.ca_owner = bi.ca_owner AS same_issuer,
        a.key_algorithm IS NOT NULL AND b.key_algorithm IS NOT NULL AND len(a.names) > 0 AND len(b.names) > 0 AS is_told
    FROM gone AS g
    JOIN shown AS b ON b.certificate = g.certificate AND b.endpoint = g.endpoint
    JOIN shown AS a
        ON
        a.endpoint = g.endpoint
        AND a.last_shown <= g.last_shown
        AND a.last_shown
        >= g.last_shown - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'same_scan_days'))
    LEFT JOIN issuer AS ai
        ON ai.issuer_o IS NOT DISTINCT FROM a.issuer_o AND ai.issuer_cn IS NOT DISTINCT FROM a.issuer_cn
    LEFT JOIN issuer AS bi
        ON bi.issuer_o IS NOT DISTINCT FROM b.issuer_o AND bi.issuer_cn IS NOT DISTINCT FROM b.issuer_cn
    QUALIFY
        row_number() OVER (
            PARTITION BY b.endpoint, b.certificate
            ORDER BY
                a.names = b.names DESC,
                coalesce(a.key_algorithm = b.key_algorithm, false) DESC,
                a.last_shown DESC,
                a.certificate
        ) = 1
),

record_share AS (
    SELECT i.ca_owner, avg(s.in_record::INTEGER) AS recorded
    FROM (SELECT DISTINCT certificate, issuer_o, issuer_cn, in_record, not_after FROM shown) AS s
    JOIN issuer AS i ON i.issuer_o IS NOT DISTINCT FROM s.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM s.issuer_cn
    WHERE s.not_after >= $as_of::TIMESTAMP
    GROUP BY i.ca_owner
    HAVING recorded >= (SELECT value FROM facts.threshold WHERE name = 'records_cover')
),

owned AS MATERIALIZED (
    SELECT certificate, owner, owner_distance
    FROM ownership($as_of)
    WHERE owner IS NOT NULL AND certificate IN (SELECT certificate FROM pair UNION SELECT previous FROM pair)
)

SELECT
    p.endpoint,
    p.host,
    p.port,
    p.previous,
    p.certificate,
    p.last_shown AS previous_last_shown,
    p.first_shown,
    p.previous_ca_owner,
    p.ca_owner,
    o.owner AS previous_owner,
    n.owner,
    list_filter(
        [
            if(p.is_told AND NOT p.same_names, 'names', NULL),
            if(p.is_told AND NOT p.same_key_type, 'key type', NULL),
            if(NOT p.same_issuer, 'issuer', NULL),
            if(o.owner <> n.owner AND o.owner_distance = n.owner_distance, 'owner', NULL)
        ],
        lambda d: d IS NOT NULL
    ) AS differs,
    CASE
        WHEN len(differs) > 0 THEN true
        WHEN p.is_told AND p.same_issuer IS NOT NULL THEN false
    END AS material,
    CASE WHEN p.in_record THEN true WHEN y.newest >= p.first_shown AND h.recorded IS NOT NULL THEN false END AS recorded
FROM pair AS p
LEFT JOIN record_reach($as_of) AS y ON y.ca_owner = p.ca_owner
LEFT JOIN record_share AS h ON h.ca_owner = p.ca_owner
LEFT JOIN owned AS o ON o.certificate = p.previous
LEFT JOIN owned AS n ON n.certificate = p.certificate
