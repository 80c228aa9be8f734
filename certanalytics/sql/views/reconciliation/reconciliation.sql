-- One row is one certificate, where it stands in logs, scans and inventories, and by what it is matched between them.
-- Scans are endpoints and files; inventories what managers record or are set up to serve, and certificates a system of
-- record names. A tier says how firmly a certificate is found in a place: itself first, then another one with its key,
-- or for its names (facts.match_tier). It is matched by the second-best of its three places: two places have to show it.
WITH lying AS MATERIALIZED (
    SELECT certificate AS identity, bool_or(kind = 'file') AS in_file, bool_or(kind = 'config') AS configured
    FROM sighting
    WHERE kind IN ('file', 'config') AND observed_at <= $as_of::TIMESTAMP
    GROUP BY certificate
),

of_record AS (
    SELECT DISTINCT name AS identity FROM current_asset($as_of) WHERE regexp_full_match(name, '[0-9a-f]{64}')
),

met AS (
    SELECT
        i.certificate,
        t.rank,
        i.in_log,
        i.on_endpoint OR coalesce(l.in_file, false) AS in_scan,
        i.in_record OR coalesce(l.configured, false) OR o.identity IS NOT NULL AS in_inventory
    FROM issuance($as_of) AS i
    JOIN certificate AS c ON c.identity = i.identity
    LEFT JOIN lying AS l ON l.identity = i.identity
    LEFT JOIN of_record AS o ON o.identity = i.identity
    JOIN facts.match_tier AS t
        ON
        t.tier = CASE
            WHEN c.is_precert THEN 'precertificate'
            WHEN regexp_full_match(i.identity, '(serial|text|alias):.*') THEN 'description'
            ELSE 'same certificate'
        END
),

itself AS MATERIALIZED (
    SELECT
        certificate,
        min(rank) FILTER (WHERE in_log) AS in_log,
        min(rank) FILTER (WHERE in_scan) AS in_scan,
        min(rank) FILTER (WHERE in_inventory) AS in_inventory
    FROM met
    GROUP BY certificate
),

placed AS MATERIALIZED (
    SELECT
        s.*,
        c.spki_sha256,
        if(len(e.names) > 0, hash(e.names), NULL) AS name_set,
        if(c.evidence = 'der' AND c.is_precert IS NOT TRUE, c.sct_count, NULL) AS embedded_scts
    FROM end_entity($as_of) AS e
    JOIN itself AS s ON s.certificate = e.certificate
    JOIN certificate AS c ON c.identity = e.certificate
),

with_key AS (
    SELECT
        spki_sha256,
        if(count(in_log) > 0, 'same key', NULL) AS in_log,
        if(count(in_scan) > 0, 'same key', NULL) AS in_scan,
        if(count(in_inventory) > 0, 'same key', NULL) AS in_inventory,
        min(certificate) FILTER (WHERE in_scan IS NOT NULL OR in_inventory IS NOT NULL) AS met
    FROM placed
    WHERE spki_sha256 IS NOT NULL
    GROUP BY spki_sha256
    HAVING count(*) > 1
),

with_names AS (
    SELECT
        name_set,
        if(count(in_log) > 0, 'same names', NULL) AS in_log,
        if(count(in_scan) > 0, 'same names', NULL) AS in_scan,
        if(count(in_inventory) > 0, 'same names', NULL) AS in_inventory,
        min(certificate) FILTER (WHERE in_scan IS NOT NULL OR in_inventory IS NOT NULL) AS met
    FROM placed
    WHERE name_set IS NOT NULL
    GROUP BY name_set
    HAVING count(*) > 1
),

told AS (
    SELECT
        p.certificate,
        p.embedded_scts,
        coalesce(l.tier, k.in_log, n.in_log) AS log_tier,
        coalesce(s.tier, k.in_scan, n.in_scan) AS scan_tier,
        coalesce(i.tier, k.in_inventory, n.in_inventory) AS inventory_tier,
        l.tier IS NOT NULL AS in_log,
        s.tier IS NOT NULL AS in_scan,
        i.tier IS NOT NULL AS in_inventory,
        if(s.tier IS NULL AND i.tier IS NULL, coalesce(k.met, n.met), NULL) AS met_instead
    FROM placed AS p
    LEFT JOIN with_key AS k ON k.spki_sha256 = p.spki_sha256
    LEFT JOIN with_names AS n ON n.name_set = p.name_set
    LEFT JOIN facts.match_tier AS l ON l.rank = p.in_log
    LEFT JOIN facts.match_tier AS s ON s.rank = p.in_scan
    LEFT JOIN facts.match_tier AS i ON i.rank = p.in_inventory
)

SELECT t.*, m.tier AS match_tier, m.confidence AS match_confidence
FROM told AS t
LEFT JOIN facts.match_tier AS a ON a.tier = t.log_tier
LEFT JOIN facts.match_tier AS b ON b.tier = t.scan_tier
LEFT JOIN facts.match_tier AS c ON c.tier = t.inventory_tier
LEFT JOIN facts.match_tier AS m ON m.rank = list_sort([a.rank, b.rank, c.rank], 'ASC', 'NULLS LAST')[2]
