-- One row is one certificate presented now by one endpoint at one address, and the chain it sent at that look.
-- `asked` is the name the tool sent (SNI), NULL where it sent none or does not say. `chain` is the longest seen at that
-- look; `chain_told`: what stands in it is all that was sent. A certificate alone says so only of tools that show the
-- whole chain (facts.tls_tool).
WITH seen AS (
    SELECT
        i.certificate,
        lower(rtrim(coalesce(s.sni, s.host, s.ip), '.')) AS host,
        s.port,
        s.ip,
        s.observed_at,
        nullif(lower(rtrim(s.sni, '.')), '') AS asked,
        s.chain,
        len(s.chain) > 1 OR l.source IN (SELECT tool FROM facts.tls_tool WHERE shows_chain) AS chain_told
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    JOIN issuance($as_of) AS i ON i.identity = s.certificate
    WHERE s.position = 0 AND s.kind IN ('scan', 'passive') AND s.observed_at <= $as_of::TIMESTAMP
)

SELECT
    p.certificate,
    p.host,
    p.port,
    p.ip,
    p.endpoint,
    p.observed_at,
    max(s.asked) AS asked,
    max({'length': len(s.chain), 'chain': s.chain}).chain AS chain,
    bool_or(s.chain_told) AS chain_told
FROM presented($as_of) AS p
JOIN seen AS s
    ON
    s.certificate = p.certificate
    AND s.host = p.host
    AND s.port IS NOT DISTINCT FROM p.port
    AND s.ip IS NOT DISTINCT FROM p.ip
    AND s.observed_at = p.observed_at
GROUP BY p.certificate, p.host, p.port, p.ip, p.endpoint, p.observed_at
