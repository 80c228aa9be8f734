-- One row is one attribute of NIST SP 1800-16 and one business unit, with the certificates in service that have it.
-- `present` is absent where no loaded export gave the attribute for anything (`supplied` is false). Units in order of
-- size; the attributes are the columns of `attribute_presence`.
WITH counted AS (
    SELECT i.business_unit, count(*) AS certificates, count(nullif(COLUMNS('^(a[0-9]+)$'), false)) AS '\1'
    FROM inventory($as_of) AS i
    JOIN attribute_presence($as_of) AS p ON p.certificate = i.certificate
    WHERE i.in_service
    GROUP BY i.business_unit
)

SELECT
    c.business_unit,
    f.id,
    f.attribute,
    f.needs,
    c.certificates,
    s.supplied,
    if(s.supplied, c.present, NULL) AS present
FROM (UNPIVOT counted ON COLUMNS('^a[0-9]+$') INTO NAME id VALUE present) AS c
JOIN (UNPIVOT (SELECT * FROM supplied($as_of)) ON COLUMNS(*) INTO NAME id VALUE supplied) AS s ON s.id = c.id
JOIN facts.sp1800_16_attribute AS f ON f.id = upper(c.id)
ORDER BY c.certificates DESC, c.business_unit, ltrim(f.id, 'A')::INTEGER
