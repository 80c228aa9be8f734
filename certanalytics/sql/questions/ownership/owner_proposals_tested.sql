-- One row is one certificate in service whose stated owner was hidden, and what the evidence then proposed.
-- `probability` and `is_right` are absent where no evidence spoke for anybody.
WITH candidate AS (
    SELECT *
    FROM inferred_owner($as_of)
    WHERE hiding
    QUALIFY row_number() OVER (PARTITION BY certificate ORDER BY probability DESC, party) = 1
)

SELECT i.certificate, k.owner AS stated_owner, c.party AS proposed, c.probability, c.party = k.owner AS is_right, c.kinds
FROM inventory($as_of) AS i
JOIN owner_known($as_of) AS k ON k.certificate = i.certificate
LEFT JOIN candidate AS c ON c.certificate = i.certificate
WHERE i.in_service AND k.held_out AND k.owner IS NOT NULL
ORDER BY c.probability DESC, i.certificate
