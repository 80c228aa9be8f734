-- One row is one state and the certificates in scope of which it holds; several hold at once and are counted in each.
SELECT
    s.state,
    count(i.certificate) AS certificates,
    count(i.certificate) FILTER (WHERE i.in_service) AS in_service
FROM (
    VALUES
    (1, 'live'),
    (2, 'withdrawn'),
    (3, 'stale'),
    (4, 'ghost'),
    (5, 'valid'),
    (6, 'expired'),
    (7, 'not yet valid'),
    (8, 'validity not known'),
    (9, 'revoked'),
    (10, 'on hold'),
    (11, 'renewed')
) AS s (number, state)
LEFT JOIN (
    SELECT
        certificate,
        in_service,
        unnest([
            if(in_service, 1, NULL),
            if(withdrawn, 2, NULL),
            if(stale, 3, NULL),
            if(ghost, 4, NULL),
            CASE validity WHEN 'valid' THEN 5 WHEN 'expired' THEN 6 WHEN 'not yet valid' THEN 7 ELSE 8 END,
            CASE revocation WHEN 'revoked' THEN 9 WHEN 'hold' THEN 10 END,
            if(successor IS NOT NULL, 11, NULL)
        ]) AS number
    FROM inventory($as_of)
) AS i ON i.number = s.number
GROUP BY s.number, s.state
ORDER BY s.number
