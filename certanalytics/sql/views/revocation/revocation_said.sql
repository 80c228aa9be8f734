-- One row is one certificate and what one system last said by $as_of of its revocation.
-- A statement is about a certificate if issuer and serial number are its own: the issuer by its name, in whatever order
-- and case a tool writes its parts, and by the identifier of its key where both have one; or, in an OCSP response, by the
-- SHA-1 of the issuer's key, which CAs use as that identifier (RFC 5280 section 4.2.1.2). Serial numbers alone are never
-- enough. A hold may end (`removed`), a revocation does not. Of what a manager records the state of the newest record counts.
WITH known_certificate AS MATERIALIZED (
    SELECT DISTINCT i.certificate, c.serial_hex, c.issuer_dn, c.authority_key_id
    FROM issuance($as_of) AS i
    JOIN certificate AS c ON c.identity = i.identity
    WHERE c.serial_hex IS NOT NULL
),

said AS MATERIALIZED (
    SELECT *
    FROM revocation
    WHERE observed_at <= $as_of::TIMESTAMP AND serial_hex IN (SELECT serial_hex FROM known_certificate)
),

about AS (
    SELECT k.certificate, s.*
    FROM said AS s
    JOIN issuer_spelling AS d ON d.issuer_dn = s.issuer_dn
    JOIN known_certificate AS k
        ON k.serial_hex = s.serial_hex AND (k.authority_key_id = s.authority_key_id) IS NOT FALSE
    JOIN issuer_spelling AS e ON e.issuer_dn = k.issuer_dn AND e.issuer_parts = d.issuer_parts
    UNION ALL
    SELECT k.certificate, s.*
    FROM said AS s
    JOIN known_certificate AS k
        ON k.serial_hex = s.serial_hex AND k.authority_key_id IN (s.issuer_key_hash, s.authority_key_id)
    WHERE s.issuer_dn IS NULL
),

stated AS (
    SELECT
        certificate,
        system,
        CASE
            WHEN bool_or(status = 'revoked') THEN 'revoked'
            WHEN arg_max(status, (observed_at, status)) = 'removed' THEN 'good'
            ELSE arg_max(status, (observed_at, status))
        END AS status,
        min(revoked_at) FILTER (WHERE status IN ('revoked', 'hold')) AS revoked_at,
        arg_max(reason, (observed_at, reason IN ('keyCompromise', 'cACompromise'), reason))
            FILTER (WHERE status IN ('revoked', 'hold')) AS reason,
        max(observed_at) AS observed_at,
        max(next_update) AS next_update
    FROM about
    GROUP BY certificate, system
),

recorded AS (
    SELECT r.system, r.state, r.revoked_at, r.observed_at, i.certificate
    FROM record AS r
    JOIN issuance($as_of) AS i ON i.identity = r.certificate
    WHERE r.observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY r.system, r.record_id ORDER BY r.observed_at DESC) = 1
)

SELECT certificate, system, status, revoked_at, reason, observed_at, next_update FROM stated
UNION ALL
SELECT certificate, system, 'revoked', min(revoked_at), NULL, max(observed_at), NULL
FROM recorded
WHERE revoked_at <= $as_of::TIMESTAMP OR (revoked_at IS NULL AND lower(trim(state)) = 'revoked')
GROUP BY certificate, system
