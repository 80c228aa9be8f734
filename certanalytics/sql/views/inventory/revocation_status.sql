-- One row is one certificate whose status a CRL, an OCSP answer or a record says at $as_of.
-- Statements fit by serial number and issuer: its name or key identifier, or for OCSP the hash of its key, which is the
-- key identifier of CAs that follow RFC 5280 section 4.2.1.2 (1). Revocation is for good; of hold, removed from hold and
-- good the newest counts. That a CRL does not name a certificate is no statement: the list may be one of several.
WITH statement_of AS (
    SELECT
        c.identity,
        r.system,
        r.status,
        r.revoked_at,
        r.reason,
        r.observed_at
    FROM revocation AS r
    JOIN certificate AS c
        ON
        c.serial_hex = r.serial_hex
        AND (c.authority_key_id = r.authority_key_id) IS NOT FALSE
        AND (
            c.issuer_dn = r.issuer_dn
            OR c.authority_key_id = r.authority_key_id
            OR c.authority_key_id = r.issuer_key_hash
        )
    WHERE r.observed_at <= $as_of::TIMESTAMP AND coalesce(r.revoked_at <= $as_of::TIMESTAMP, true)
    UNION ALL
    SELECT certificate, system, 'revoked', revoked_at, NULL, observed_at
    FROM (
        SELECT *
        FROM record
        WHERE observed_at <= $as_of::TIMESTAMP AND certificate IS NOT NULL
        QUALIFY rank() OVER (PARTITION BY system, record_id ORDER BY observed_at DESC) = 1
    )
    WHERE revoked_at <= $as_of::TIMESTAMP
),

told AS (
    SELECT
        i.certificate,
        bool_or(s.status = 'revoked') AS is_revoked,
        arg_max(s.status, s.observed_at) FILTER (WHERE s.status IN ('hold', 'removed', 'good')) AS newest,
        min(s.revoked_at) FILTER (WHERE s.status = 'revoked') AS revoked_at,
        min(s.reason) FILTER (WHERE s.status = 'revoked') AS reason,
        list_sort(list(DISTINCT s.system)) AS says
    FROM statement_of AS s
    JOIN issuance($as_of) AS i ON i.identity = s.identity
    GROUP BY i.certificate
)

SELECT
    certificate,
    CASE WHEN is_revoked THEN 'revoked' WHEN newest = 'hold' THEN 'hold' WHEN newest IS NOT NULL THEN 'good' END AS status,
    revoked_at,
    reason,
    says
FROM told
