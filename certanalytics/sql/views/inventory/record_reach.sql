-- One row is one CA owner, and until when records of its certificates reach: what is younger no record could tell.
SELECT i.ca_owner, max(r.observed_at) AS newest
FROM record AS r
JOIN certificate AS c ON c.identity = r.certificate
JOIN issuer AS i ON i.issuer_o IS NOT DISTINCT FROM c.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM c.issuer_cn
WHERE r.observed_at <= $as_of::TIMESTAMP AND i.ca_owner IS NOT NULL
GROUP BY i.ca_owner
