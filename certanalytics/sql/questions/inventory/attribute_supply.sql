-- One row is one attribute of NIST SP 1800-16, whether any loaded export supplied it, and how many certificates in service
-- have it. `supplied` is absent where no table could hold it: out of reach.
SELECT f.id, f.attribute, f."column" AS inventory_column, f.needs, f.tag, u.supplied, if(u.supplied, u.present, NULL) AS present
FROM facts.sp1800_16_attribute AS f
LEFT JOIN (
    SELECT unnest(found, recursive := true)
    FROM (
        SELECT
            [
                {'id': 'A1', 'present': count(*) FILTER (WHERE p.a1), 'supplied': bool_or(s.a1)},
                {'id': 'A2', 'present': count(*) FILTER (WHERE p.a2), 'supplied': bool_or(s.a2)},
                {'id': 'A3', 'present': count(*) FILTER (WHERE p.a3), 'supplied': bool_or(s.a3)},
                {'id': 'A4', 'present': count(*) FILTER (WHERE p.a4), 'supplied': bool_or(s.a4)},
                {'id': 'A5', 'present': count(*) FILTER (WHERE p.a5), 'supplied': bool_or(s.a5)},
                {'id': 'A6', 'present': count(*) FILTER (WHERE p.a6), 'supplied': bool_or(s.a6)},
                {'id': 'A7', 'present': count(*) FILTER (WHERE p.a7), 'supplied': bool_or(s.a7)},
                {'id': 'A8', 'present': count(*) FILTER (WHERE p.a8), 'supplied': bool_or(s.a8)},
                {'id': 'A9', 'present': count(*) FILTER (WHERE p.a9), 'supplied': bool_or(s.a9)},
                {'id': 'A10', 'present': count(*) FILTER (WHERE p.a10), 'supplied': bool_or(s.a10)},
                {'id': 'A11', 'present': count(*) FILTER (WHERE p.a11), 'supplied': bool_or(s.a11)},
                {'id': 'A12', 'present': count(*) FILTER (WHERE p.a12), 'supplied': bool_or(s.a12)},
                {'id': 'A13', 'present': count(*) FILTER (WHERE p.a13), 'supplied': bool_or(s.a13)},
                {'id': 'A14', 'present': count(*) FILTER (WHERE p.a14), 'supplied': bool_or(s.a14)},
                {'id': 'A15', 'present': count(*) FILTER (WHERE p.a15), 'supplied': bool_or(s.a15)},
                {'id': 'A16', 'present': count(*) FILTER (WHERE p.a16), 'supplied': bool_or(s.a16)},
                {'id': 'A17', 'present': count(*) FILTER (WHERE p.a17), 'supplied': bool_or(s.a17)},
                {'id': 'A19', 'present': count(*) FILTER (WHERE p.a19), 'supplied': bool_or(s.a19)},
                {'id': 'A20', 'present': count(*) FILTER (WHERE p.a20), 'supplied': bool_or(s.a20)},
                {'id': 'A21', 'present': count(*) FILTER (WHERE p.a21), 'supplied': bool_or(s.a21)},
                {'id': 'A22', 'present': count(*) FILTER (WHERE p.a22), 'supplied': bool_or(s.a22)},
                {'id': 'A23', 'present': count(*) FILTER (WHERE p.a23), 'supplied': bool_or(s.a23)},
                {'id': 'A24', 'present': count(*) FILTER (WHERE p.a24), 'supplied': bool_or(s.a24)},
                {'id': 'A27', 'present': count(*) FILTER (WHERE p.a27), 'supplied': bool_or(s.a27)},
                {'id': 'A28', 'present': count(*) FILTER (WHERE p.a28), 'supplied': bool_or(s.a28)},
                {'id': 'A29', 'present': count(*) FILTER (WHERE p.a29), 'supplied': bool_or(s.a29)},
                {'id': 'A30', 'present': count(*) FILTER (WHERE p.a30), 'supplied': bool_or(s.a30)}
            ] AS found
        FROM supplied($as_of) AS s
        LEFT JOIN (
            SELECT q.*
            FROM attribute_presence($as_of) AS q
            JOIN inventory($as_of) AS i ON i.certificate = q.certificate
            WHERE i.in_service
        ) AS p ON true
    )
) AS u ON u.id = f.id
ORDER BY ltrim(f.id, 'A')::INTEGER
