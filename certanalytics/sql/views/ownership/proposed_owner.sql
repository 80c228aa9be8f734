-- One row is one certificate in service without an active owner and who most probably owns it at $as_of.
-- Below the cut-off owner_cutoff nobody is proposed.
SELECT
    i.certificate,
    i.party,
    d.kind,
    coalesce(d.name, i.party) AS name,
    d.email,
    i.probability,
    i.kinds,
    i.evidence
FROM inferred_owner($as_of) AS i
LEFT JOIN (
    SELECT party, min(kind) AS kind, min(name) AS name, min(email) AS email FROM directory($as_of) GROUP BY party
) AS d ON d.party = i.party
WHERE NOT i.hiding AND i.probability >= (SELECT value FROM facts.threshold WHERE name = 'owner_cutoff')
QUALIFY row_number() OVER (PARTITION BY i.certificate ORDER BY i.probability DESC, i.party) = 1
