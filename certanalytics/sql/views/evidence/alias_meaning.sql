-- One row is one name a system has for a certificate, and one certificate it means at $as_of.
-- The newest statement counts, and all of those made at that time: a profile may serve an RSA and an ECDSA certificate.
-- A name may stand for another name (an F5 profile for a certificate object), a few steps deep. `unplaced` are the names
-- on that way of which the export does not say which installation they are from: another may mean something else by them.
WITH RECURSIVE newest AS MATERIALIZED (
    SELECT DISTINCT
        'alias:' || alias AS identity,
        certificate,
        starts_with(alias, 'f5:/') OR starts_with(alias, 'kubernetes:') AS is_unplaced
    FROM alias
    WHERE observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY alias ORDER BY observed_at DESC) = 1
),

step AS (
    SELECT identity, certificate, if(is_unplaced, [identity], []) AS unplaced, 1 AS depth FROM newest
    UNION
    SELECT s.identity, n.certificate, if(n.is_unplaced, list_append(s.unplaced, n.identity), s.unplaced), s.depth + 1
    FROM step AS s
    JOIN newest AS n ON n.identity = s.certificate
    WHERE s.depth < 8
)

SELECT DISTINCT identity, certificate, unplaced FROM step WHERE NOT starts_with(certificate, 'alias:')
