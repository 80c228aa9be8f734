-- One row is one name a system has for a certificate, and one certificate it means at $as_of.
-- The newest statement counts, and all of those made at that time: a profile may serve an RSA and an ECDSA certificate.
-- A name may stand for another name (an F5 profile for a certificate object), a few steps deep.
WITH RECURSIVE newest AS MATERIALIZED (
    SELECT DISTINCT 'alias:' || alias AS identity, certificate
    FROM alias
    WHERE observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY alias ORDER BY observed_at DESC) = 1
),

step AS (
    SELECT identity, certificate, 1 AS depth FROM newest
    UNION
    SELECT s.identity, n.certificate, s.depth + 1
    FROM step AS s
    JOIN newest AS n ON n.identity = s.certificate
    WHERE s.depth < 8
)

SELECT DISTINCT identity, certificate FROM step WHERE NOT starts_with(certificate, 'alias:')
