-- One row is one name in certificates that is meant for inside alone, and what tells so.
-- A name is internal by its form (a single label, a suffix of facts.special_use_name, an address of
-- facts.special_address), or because every address the zones loaded give it is such an address.
WITH known AS MATERIALIZED (SELECT DISTINCT name, kind FROM name),

private_address AS MATERIALIZED (
    SELECT a.address, min(s.reason) AS reason
    FROM (
        SELECT DISTINCT lower(value) AS address FROM dns_record WHERE record_type IN ('A', 'AAAA')
        UNION
        SELECT name FROM known WHERE kind = 'ip'
    ) AS a
    JOIN facts.special_address AS s ON regexp_full_match(a.address, s.pattern)
    GROUP BY a.address
),

hidden AS (
    SELECT d.name
    FROM dns_record AS d
    LEFT JOIN private_address AS p ON p.address = lower(d.value)
    WHERE d.record_type IN ('A', 'AAAA')
    GROUP BY d.name
    HAVING bool_and(p.address IS NOT NULL)
),

last_labels AS (
    SELECT name, unnest([split_part(name, '.', -1), split_part(name, '.', -2) || '.' || split_part(name, '.', -1)]) AS suffix
    FROM known
    WHERE kind = 'dns' AND contains(name, '.')
)

SELECT name, 'single label' AS reason
FROM known
WHERE kind = 'dns' AND NOT contains(name, '.')
UNION ALL
SELECT l.name, s.reason
FROM last_labels AS l
JOIN facts.special_use_name AS s ON s.suffix = l.suffix
UNION ALL
SELECT k.name, p.reason
FROM known AS k
JOIN private_address AS p ON p.address = k.name
WHERE k.kind = 'ip'
UNION ALL
SELECT k.name, 'the zones loaded give it private addresses alone'
FROM known AS k
JOIN hidden AS h ON h.name = k.name
WHERE k.kind = 'dns' AND contains(k.name, '.')
