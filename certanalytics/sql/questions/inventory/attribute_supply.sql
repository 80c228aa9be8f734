-- One row is one attribute of NIST SP 1800-16, whether any loaded export supplied it, and how many certificates in service
-- have it. `supplied` is absent where no table could hold it: out of reach.
WITH counted AS (
    SELECT count(nullif(COLUMNS('^(a[0-9]+)$'), false)) AS '\1'
    FROM inventory($as_of) AS i
    JOIN attribute_presence($as_of) AS p ON p.certificate = i.certificate
    WHERE i.in_service
)

SELECT
    f.id,
    f.attribute,
    f."column" AS inventory_column,
    f.needs,
    f.tag,
    s.supplied,
    if(s.supplied, c.present, NULL) AS present
FROM facts.sp1800_16_attribute AS f
LEFT JOIN (UNPIVOT counted ON COLUMNS('^a[0-9]+$') INTO NAME id VALUE present) AS c ON upper(c.id) = f.id
LEFT JOIN (UNPIVOT (SELECT * FROM supplied($as_of)) ON COLUMNS(*) INTO NAME id VALUE supplied) AS s ON upper(s.id) = f.id
ORDER BY ltrim(f.id, 'A')::INTEGER
