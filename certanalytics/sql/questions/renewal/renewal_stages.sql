-- One row is one stage of renewals, with the certificates in scope that are renewed and how far that went.
SELECT s.stage, count(i.certificate) AS certificates, coalesce(sum(i.endpoints), 0)::BIGINT AS endpoints
FROM (
    VALUES
    (1, 'superseded'), (2, 'deployed'), (3, 'partly deployed'), (4, 'deployed nowhere'), (5, 'neither in service')
) AS s (number, stage)
LEFT JOIN inventory($as_of) AS i ON i.renewal_stage = s.stage
GROUP BY s.number, s.stage
ORDER BY s.number
