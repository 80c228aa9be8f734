-- One row is one certificate of which a record says how far its renewal is automated.
-- Which record says what is in facts.automation_level; of one record the most particular statement counts, of several
-- records the highest level. A record that says nothing of it (an order, a certificate that was only imported) leaves
-- the level open: it may well be automated elsewhere.
WITH said AS (
    SELECT m.certificate, m.system, f.level, f.says
    FROM management($as_of) AS m
    JOIN facts.automation_level AS f
        ON
        f.system = m.system
        AND (f.attribute IS NULL OR lower(json_extract_string(m.attributes, f.attribute)) LIKE f.value)
    QUALIFY rank() OVER (PARTITION BY m.certificate, m.system, m.record_id ORDER BY f.precedence DESC) = 1
)

SELECT
    s.certificate,
    arg_max(s.level, g.stage) AS level,
    max(g.stage)::INTEGER AS stage,
    list_sort(list(DISTINCT s.says || ' (' || s.system || ')')) AS said_by
FROM said AS s
JOIN facts.automation_stage AS g ON g.level = s.level
GROUP BY s.certificate
