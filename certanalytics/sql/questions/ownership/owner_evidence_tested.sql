-- One row is one kind of evidence and how often it was right about stated owners that were hidden.
-- A kind is right of a certificate where it speaks for the hidden owner, though it may speak for others too; `log_odds`
-- is what its weight would be if it were set by this count, one right and one wrong added, and `weight` what it is.
WITH tested AS (
    SELECT e.kind, e.certificate, bool_or(e.party = k.owner) AS is_right
    FROM owner_evidence($as_of) AS e
    JOIN owner_known($as_of) AS k ON k.certificate = e.certificate
    WHERE e.hiding AND e.certificate IN (SELECT certificate FROM inventory($as_of) WHERE in_service)
    GROUP BY e.kind, e.certificate
)

SELECT
    w.kind,
    w.family,
    w.weight,
    count(t.certificate) AS tested,
    count(t.certificate) FILTER (WHERE t.is_right) AS "right",
    if(
        count(t.certificate) > 0,
        ln((count(t.certificate) FILTER (WHERE t.is_right) + 1)
            / nullif(count(t.certificate) FILTER (WHERE NOT t.is_right) + 1, 0))
        - (SELECT weight FROM facts.ownership_evidence WHERE kind = 'prior'),
        NULL
    ) AS log_odds
FROM facts.ownership_evidence AS w
LEFT JOIN tested AS t ON t.kind = w.kind
WHERE w.kind <> 'prior'
GROUP BY w.kind, w.family, w.weight
ORDER BY w.weight DESC, w.kind
