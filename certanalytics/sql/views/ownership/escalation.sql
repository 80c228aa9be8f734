-- One row is one certificate and one party on the way up from its contacts when nobody answers.
-- `number`: 1 a person or address named for it, 2 a team named for it, 3 the manager of one of these, 4 that one's
-- manager; a party stands where it is first asked. `answers`: a directory says they are active; absent where none says.
WITH listed AS MATERIALIZED (SELECT * FROM directory($as_of)),

party AS MATERIALIZED (
    SELECT party, min(name) AS name, min(email) AS email, bool_and(active) AS active, min(lower(manager)) AS manager
    FROM listed
    GROUP BY party
),

managed AS MATERIALIZED (
    SELECT p.party, coalesce(d.party, p.manager) AS manager
    FROM party AS p
    LEFT JOIN listed AS d ON d.reference = p.manager
    WHERE p.manager IS NOT NULL
),

named AS MATERIALIZED (
    SELECT certificate, if(kind = 'team', 2, 1) AS number, party, min(name) AS name, min(email) AS email
    FROM contact($as_of)
    WHERE role IN ('accountable', 'technical', 'business', 'renewal', 'security')
    GROUP BY certificate, kind, party
),

climbed AS (
    SELECT certificate, number, party, name, email FROM named
    UNION ALL
    SELECT n.certificate, 3, m.manager, NULL, NULL FROM named AS n JOIN managed AS m ON m.party = n.party
    UNION ALL
    SELECT n.certificate, 4, a.manager, NULL, NULL
    FROM named AS n
    JOIN managed AS m ON m.party = n.party
    JOIN managed AS a ON a.party = m.manager
)

SELECT
    c.certificate,
    min(c.number) AS number,
    c.party,
    coalesce(min(c.name), min(d.name), c.party) AS name,
    coalesce(min(c.email), min(d.email)) AS email,
    bool_and(d.active) AS answers
FROM climbed AS c
LEFT JOIN party AS d ON d.party = c.party
GROUP BY c.certificate, c.party
