-- One row is one certificate and the kinds of system that hold or present it, by what was spoken there or set up.
-- A port proves nothing and is not used: facts.system_type has what STARTTLS and configurations say.
SELECT i.certificate, list_sort(list(DISTINCT t.system_type)) AS system_types
FROM sighting AS s
JOIN load AS l ON l.load = s.load
JOIN facts.system_type AS t
    ON t.value = if(t.said_by = 'starttls', lower(s.starttls), if(s.kind IN ('file', 'config'), l.source, NULL))
JOIN issuance($as_of) AS i ON i.identity = s.certificate
WHERE s.position = 0 AND s.observed_at <= $as_of::TIMESTAMP
GROUP BY i.certificate
