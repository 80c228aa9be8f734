-- One row is how many certificates in service have every attribute A1 to A18 of NIST SP 1800-16 that any export gave.
-- A18 (regulations) has no table; of the others those that nothing supplied are left out of the judgement.
SELECT
    count(*) AS in_service,
    count(*) FILTER (
        WHERE
            (p.a1 OR NOT s.a1)
            AND (p.a2 OR NOT s.a2)
            AND (p.a3 OR NOT s.a3)
            AND (p.a4 OR NOT s.a4)
            AND (p.a5 OR NOT s.a5)
            AND (p.a6 OR NOT s.a6)
            AND (p.a7 OR NOT s.a7)
            AND (p.a8 OR NOT s.a8)
            AND (p.a9 OR NOT s.a9)
            AND (p.a10 OR NOT s.a10)
            AND (p.a11 OR NOT s.a11)
            AND (p.a12 OR NOT s.a12)
            AND (p.a13 OR NOT s.a13)
            AND (p.a14 OR NOT s.a14)
            AND (p.a15 OR NOT s.a15)
            AND (p.a16 OR NOT s.a16)
            AND (p.a17 OR NOT s.a17)
    ) AS complete
FROM inventory($as_of) AS i
JOIN attribute_presence($as_of) AS p ON p.certificate = i.certificate
CROSS JOIN supplied($as_of) AS s
WHERE i.in_service
ORDER BY in_service
