-- One row is one certificate of which a system gave only its own name, and where it said so.
-- No export that says which certificate it is was loaded by $as_of: load the certificates beside the configuration.
-- Or several say so, and differ: two systems use one name, and whose name it is here cannot be told (`alias_meaning`).
SELECT
    substr(i.certificate, 7) AS name,
    s.host,
    s.ip,
    s.port,
    s.resource,
    s.path,
    l.source,
    max(s.observed_at) AS observed_at
FROM issuance($as_of) AS i
JOIN sighting AS s ON s.certificate = i.identity AND s.observed_at <= $as_of::TIMESTAMP
JOIN load AS l ON l.load = s.load
WHERE starts_with(i.certificate, 'alias:')
GROUP BY ALL
