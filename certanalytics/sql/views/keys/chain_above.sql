-- One row is one certificate in service and one certificate its server sends above it.
-- Chains count from the looks that count for `presented`; where a look did not bring the certificate itself, its chain
-- is not told. What is sent twice or on several endpoints counts once.
SELECT DISTINCT certificate, above
FROM (
    SELECT p.certificate, unnest(s.chain[2:]) AS above
    FROM presented($as_of) AS p
    JOIN sighting AS s
        ON
        s.certificate = p.certificate
        AND s.observed_at = p.observed_at
        AND lower(rtrim(coalesce(s.sni, s.host, s.ip), '.')) = p.host
        AND s.port IS NOT DISTINCT FROM p.port
        AND s.ip IS NOT DISTINCT FROM p.ip
    WHERE s.position = 0 AND s.kind IN ('scan', 'passive')
)
WHERE above <> certificate
