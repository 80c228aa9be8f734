-- One row is of how many certificates in service it is told whether they are revoked.
-- `listed`: a current list of the issuer is loaded, and the certificate is not on it. A list may be one of several parts
-- of what an issuer has revoked, so that does not make it good.
WITH judged AS (
    SELECT
        i.trust = 'self-signed' AS self_signed,
        i.successor,
        r.status,
        r.revoked_at,
        n.state,
        p.seen_at
    FROM inventory($as_of) AS i
    LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
    LEFT JOIN issuer_list($as_of) AS n
        ON n.issuer_dn = l.issuer_dn AND n.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
    LEFT JOIN revocation_status($as_of) AS r ON r.certificate = i.certificate
    LEFT JOIN (
        SELECT certificate, max(observed_at) AS seen_at FROM presented($as_of) GROUP BY certificate
    ) AS p
        ON p.certificate = i.certificate
    WHERE i.in_service
)

SELECT
    count(*) AS in_service,
    count(*) FILTER (WHERE self_signed) AS self_signed,
    count(*) FILTER (WHERE status IN ('revoked', 'hold')) AS revoked,
    count(*) FILTER (WHERE status IN ('revoked', 'hold') AND seen_at > revoked_at) AS after_revocation,
    count(*) FILTER (WHERE status IN ('revoked', 'hold') AND revoked_at IS NULL) AS time_unknown,
    count(*) FILTER (WHERE status IN ('revoked', 'hold') AND successor IS NULL) AS revoked_without_successor,
    count(*) FILTER (WHERE status = 'good') AS good,
    count(*) FILTER (
        WHERE coalesce(status NOT IN ('revoked', 'hold', 'good'), true) AND state IN ('current', 'open') AND NOT self_signed
    ) AS listed,
    count(*) FILTER (
        WHERE coalesce(status NOT IN ('revoked', 'hold', 'good'), true) AND state = 'ended' AND NOT self_signed
    ) AS list_ended,
    count(*) FILTER (
        WHERE coalesce(status NOT IN ('revoked', 'hold', 'good'), true) AND state IS NULL AND NOT self_signed
    ) AS not_told
FROM judged
ORDER BY in_service
