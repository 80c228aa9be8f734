-- One row is one certificate and the kinds of system that hold or present it, by what was spoken there or set up.
-- A port proves nothing and is not used: facts.system_type has what STARTTLS and configurations say. Of a configuration its
-- records count like its places, for some (Caddy's storage) tell nothing else.
WITH told AS (
    SELECT s.certificate AS identity, t.system_type
    FROM sighting AS s
    JOIN load AS l ON l.load = s.load
    JOIN facts.system_type AS t
        ON t.value = if(t.said_by = 'starttls', lower(s.starttls), if(s.kind IN ('file', 'config'), l.source, NULL))
    WHERE s.position = 0 AND s.observed_at <= $as_of::TIMESTAMP
    UNION
    SELECT r.certificate, t.system_type
    FROM record AS r
    JOIN load AS l ON l.load = r.load
    JOIN facts.system_type AS t ON t.said_by = 'source' AND t.value = l.source
    WHERE r.observed_at <= $as_of::TIMESTAMP
)

SELECT i.certificate, list_sort(list(DISTINCT t.system_type)) AS system_types
FROM told AS t
JOIN issuance($as_of) AS i ON i.identity = t.identity
GROUP BY i.certificate
