-- One row is one trust class and the evidence for it, with the certificates in scope, most first.
SELECT
    trust,
    trust_evidence,
    count(*) AS certificates,
    count(*) FILTER (WHERE in_service) AS in_service
FROM inventory($as_of)
GROUP BY trust, trust_evidence
ORDER BY certificates DESC, trust, trust_evidence
