-- One row is one certificate and what one CA, manager or client of one last recorded of it by $as_of.
SELECT DISTINCT i.certificate, r.system, r.record_id, r.attributes
FROM (
    SELECT certificate, system, record_id, attributes
    FROM record
    WHERE certificate IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY system, record_id ORDER BY observed_at DESC) = 1
) AS r
JOIN issuance($as_of) AS i ON i.identity = r.certificate
