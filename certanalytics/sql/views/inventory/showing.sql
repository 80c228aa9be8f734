-- One row is one certificate and one endpoint that has presented it by $as_of, with the first and last look that saw it.
SELECT
    i.certificate,
    l.endpoint,
    any_value(l.host) AS host,
    any_value(l.port) AS port,
    min(l.observed_at) AS first_shown,
    max(l.observed_at) AS last_shown
FROM endpoint_look($as_of) AS l
JOIN issuance($as_of) AS i ON i.identity = l.identity
GROUP BY i.certificate, l.endpoint
