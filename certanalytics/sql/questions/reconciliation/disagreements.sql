-- One row is one attribute of one certificate on which sources differ, from each other or from the certificate itself.
SELECT i.certificate, i.subject_cn, d.attribute, d.opinions, d.said
FROM inventory($as_of) AS i
JOIN disagreement($as_of) AS d ON d.certificate = i.certificate
ORDER BY i.certificate, d.attribute
