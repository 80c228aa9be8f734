-- One row is one part of the cryptography of certificates in service or their endpoints, with how many are in each state.
-- Each part is judged apart: the key of the certificate, the signature its issuer made over it, the keys of the CA
-- certificates above it (as weak as the weakest, and known only if a root is), and the key exchange of the endpoint.
WITH certified AS MATERIALIZED (
    SELECT i.certificate, i.key_algorithm, i.signature_algorithm, i.trust, l.issuer_dn, l.authority_key_id
    FROM inventory($as_of) AS i
    LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
    WHERE i.in_service
),

-- The longest name that fits counts: 'ML-DSA-65' is not DSA; a composite holds the name of both.
algorithm_kind AS (
    SELECT a.written, arg_max(k.kind, length(k.algorithm) + if(k.kind = 'hybrid', 100, 0)) AS kind
    FROM (
        SELECT key_algorithm AS written FROM certified
        UNION SELECT signature_algorithm FROM certified
        UNION SELECT key_algorithm FROM authority($as_of)
    ) AS a
    JOIN facts.pq_algorithm AS k ON contains(lower(a.written), k.algorithm)
    GROUP BY a.written
),

above AS (
    SELECT
        n.issuer_dn,
        n.authority_key_id,
        CASE
            WHEN bool_or(k.kind = 'classical') THEN 'classical'
            WHEN NOT bool_or(n.is_root) OR bool_or(k.kind IS NULL) THEN 'unknown'
            WHEN bool_or(k.kind = 'hybrid') THEN 'hybrid'
            ELSE 'pq'
        END AS kind
    FROM issuer_ancestor($as_of) AS n
    JOIN authority($as_of) AS a ON a.authority = n.authority
    LEFT JOIN algorithm_kind AS k ON k.written = a.key_algorithm
    GROUP BY n.issuer_dn, n.authority_key_id
),

judged AS (
    SELECT 'key' AS part, coalesce(k.kind, 'unknown') AS state
    FROM certified AS c
    LEFT JOIN algorithm_kind AS k ON k.written = c.key_algorithm
    UNION ALL
    SELECT 'signature', coalesce(k.kind, 'unknown')
    FROM certified AS c
    LEFT JOIN algorithm_kind AS k ON k.written = c.signature_algorithm
    UNION ALL
    SELECT 'chain', coalesce(a.kind, 'unknown')
    FROM certified AS c
    LEFT JOIN above AS a ON a.issuer_dn = c.issuer_dn AND a.authority_key_id IS NOT DISTINCT FROM c.authority_key_id
    WHERE c.trust <> 'self-signed'
    UNION ALL
    SELECT 'key exchange', coalesce(o.key_exchange, 'unknown')
    FROM (
        SELECT DISTINCT p.host, p.port
        FROM presented($as_of) AS p
        JOIN certified AS c ON c.certificate = p.certificate
    ) AS s
    LEFT JOIN endpoint_offer($as_of) AS o ON o.host = s.host AND o.port IS NOT DISTINCT FROM s.port
)

SELECT
    part,
    count(*) FILTER (WHERE state = 'pq') AS pq,
    count(*) FILTER (WHERE state = 'hybrid') AS hybrid,
    count(*) FILTER (WHERE state = 'classical') AS classical,
    count(*) FILTER (WHERE state = 'unknown') AS unknown
FROM judged
GROUP BY part
ORDER BY list_position(['key', 'signature', 'chain', 'key exchange'], part)
