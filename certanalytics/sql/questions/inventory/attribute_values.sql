-- One row is one attribute of NIST SP 1800-16 of one certificate in scope, its value and where it came from.
-- For a register or one certificate: at a million certificates it has 25 million rows, so bound it by a scope.
SELECT a.certificate, i.subject_cn, a.id, a.attribute, a.value, a.origin
FROM inventory($as_of) AS i
JOIN attribute_value($as_of) AS a ON a.certificate = i.certificate
ORDER BY i.subject_cn, a.certificate, ltrim(a.id, 'A')::INTEGER
