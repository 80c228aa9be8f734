-- One row is one certificate known at $as_of, where it was met, and the fullest certificate of the same issuance.
-- A precertificate and its certificate are one issuance (same TBS but for poison and SCTs); the certificate stands
-- for both. What a source only says of a certificate is resolved by SHA-1 or the digest of its TBS, else by issuer and
-- serial number, else, where it says neither, by all its names and the day it ends; each if it fits one certificate
-- only. The serial number alone never identifies (RFC 5280 section 4.1.2.2). A system's own name for a certificate is
-- resolved by what the system says it means; where it means several there is a row for each. A name by which files of
-- one day mean different certificates, and of which they do not say whose it is, stays as it is.
WITH known_certificate AS MATERIALIZED (
    SELECT
        k.*,
        c.evidence,
        c.sha256,
        c.sha1,
        c.serial_hex,
        c.issuer_key,
        lower(c.issuer_cn) AS issuer_cn,
        lower(c.issuer_o) AS issuer_o,
        c.tbs_sha256,
        c.is_precert,
        c.not_after::DATE AS end_day
    FROM known($as_of) AS k
    JOIN certificate AS c ON c.identity = k.identity
),

final AS (
    SELECT tbs_sha256, coalesce(min(identity) FILTER (WHERE NOT is_precert), min(identity)) AS certificate
    FROM known_certificate
    WHERE evidence = 'der' AND tbs_sha256 IS NOT NULL
    GROUP BY tbs_sha256
),

whole AS MATERIALIZED (
    SELECT
        k.identity,
        coalesce(f.certificate, k.identity) AS certificate,
        k.sha1,
        k.serial_hex,
        k.issuer_key,
        k.issuer_cn,
        k.issuer_o,
        k.end_day
    FROM known_certificate AS k
    LEFT JOIN final AS f ON f.tbs_sha256 = k.tbs_sha256
    WHERE k.evidence = 'der'
),

partial AS MATERIALIZED (SELECT * FROM known_certificate WHERE evidence <> 'der'),

by_fingerprint AS (
    SELECT p.identity, min(w.certificate) AS certificate
    FROM partial AS p
    JOIN whole AS w ON w.sha1 = p.sha1
    GROUP BY p.identity
),

by_tbs AS (
    SELECT p.identity, f.certificate
    FROM partial AS p
    JOIN final AS f ON f.tbs_sha256 = p.tbs_sha256
),

by_serial AS (
    SELECT p.identity, min(w.certificate) AS certificate
    FROM partial AS p
    JOIN whole AS w
        ON
        w.serial_hex = p.serial_hex
        AND (
            w.issuer_key = p.issuer_key
            OR w.issuer_cn = p.issuer_cn
            -- AWS names an issuer by its organisation alone; a serial number of 64 bits or more makes up for it.
            OR (coalesce(p.issuer_key, p.issuer_cn) IS NULL AND w.issuer_o = p.issuer_o AND length(p.serial_hex) >= 16)
        )
    GROUP BY p.identity
    HAVING count(DISTINCT w.certificate) = 1
),

bare AS (SELECT identity, end_day FROM partial WHERE sha1 IS NULL AND serial_hex IS NULL AND identity LIKE 'text:%'),

named AS MATERIALIZED (
    SELECT c.identity, c.certificate, c.end_day, list_sort(list(n.name)) AS names
    FROM (
        SELECT identity, NULL AS certificate, end_day FROM bare
        UNION ALL
        SELECT identity, certificate, end_day FROM whole WHERE end_day IN (SELECT end_day FROM bare)
    ) AS c
    JOIN name AS n ON n.identity = c.identity
    GROUP BY c.identity, c.certificate, c.end_day
),

by_names AS (
    SELECT p.identity, min(w.certificate) AS certificate
    FROM named AS p
    JOIN named AS w ON w.certificate IS NOT NULL AND w.end_day = p.end_day AND w.names = p.names
    WHERE p.certificate IS NULL
    GROUP BY p.identity
    HAVING count(DISTINCT w.certificate) = 1
),

-- A source that gives both fingerprints joins one that gives SHA-256 with one that gives SHA-1.
fingerprinted AS MATERIALIZED (
    SELECT p.identity, p.serial_hex, p.issuer_cn, coalesce(min(q.identity), p.identity) AS certificate
    FROM partial AS p
    LEFT JOIN partial AS q ON q.sha1 = p.sha1 AND q.sha256 IS NOT NULL
    WHERE p.sha256 IS NOT NULL OR p.sha1 IS NOT NULL
    GROUP BY p.identity, p.serial_hex, p.issuer_cn
),

-- Statements about the same serial number of the same issuer are one certificate, unless their fingerprints differ.
stated_alike AS (
    SELECT p.serial_hex, p.issuer_cn, coalesce(min(f.certificate), min(p.identity)) AS certificate
    FROM partial AS p
    LEFT JOIN fingerprinted AS f ON f.identity = p.identity
    WHERE p.serial_hex IS NOT NULL AND p.issuer_cn IS NOT NULL
    GROUP BY p.serial_hex, p.issuer_cn
    HAVING count(DISTINCT f.certificate) <= 1
),

resolved AS MATERIALIZED (
    SELECT
        k.identity,
        coalesce(
            w.certificate,
            f.certificate,
            t.certificate,
            s.certificate,
            n.certificate,
            a.certificate,
            p.certificate,
            k.identity
        ) AS certificate
    FROM known_certificate AS k
    LEFT JOIN whole AS w ON w.identity = k.identity
    LEFT JOIN by_fingerprint AS f ON f.identity = k.identity
    LEFT JOIN by_tbs AS t ON t.identity = k.identity
    LEFT JOIN by_serial AS s ON s.identity = k.identity
    LEFT JOIN by_names AS n ON n.identity = k.identity
    LEFT JOIN stated_alike AS a ON a.serial_hex = k.serial_hex AND a.issuer_cn = k.issuer_cn AND k.evidence <> 'der'
    LEFT JOIN fingerprinted AS p ON p.identity = k.identity
),

meaning AS MATERIALIZED (
    SELECT DISTINCT a.identity, coalesce(r.certificate, a.certificate) AS certificate, a.unplaced
    FROM alias_meaning($as_of) AS a
    LEFT JOIN resolved AS r ON r.identity = a.certificate
),

-- What each file of the last day says that a name means which two installations may share.
said_of_unplaced AS (
    SELECT
        s.identity,
        s.load,
        list_sort(list(DISTINCT coalesce(m.certificate, r.certificate, s.certificate))) AS certificates
    FROM (
        SELECT 'alias:' || alias AS identity, load, certificate
        FROM alias
        WHERE
            observed_at <= $as_of::TIMESTAMP
            AND 'alias:' || alias IN (SELECT unnest(unplaced) FROM meaning)
        QUALIFY observed_at > max(observed_at) OVER (PARTITION BY alias) - to_days(1)
    ) AS s
    LEFT JOIN meaning AS m ON m.identity = s.certificate
    LEFT JOIN resolved AS r ON r.identity = s.certificate
    GROUP BY s.identity, s.load
),

-- Files of one day that mean different certificates by one name are from two installations, or from before and after
-- a change: which of them a place means cannot be told.
ambiguous AS (
    SELECT identity FROM said_of_unplaced GROUP BY identity HAVING count(DISTINCT certificates) > 1
),

meant AS (
    SELECT DISTINCT identity, certificate
    FROM meaning
    WHERE NOT list_has_any(unplaced, (SELECT coalesce(list(identity), []) FROM ambiguous))
)

SELECT
    k.identity,
    coalesce(m.certificate, r.certificate) AS certificate,
    k.first_seen,
    k.last_seen,
    k.sources,
    k.on_endpoint,
    k.served,
    k.as_leaf,
    k.in_file,
    k.in_log,
    k.in_record,
    k.first_served,
    k.last_served,
    k.first_logged
FROM known_certificate AS k
JOIN resolved AS r ON r.identity = k.identity
LEFT JOIN meant AS m ON m.identity = k.identity
