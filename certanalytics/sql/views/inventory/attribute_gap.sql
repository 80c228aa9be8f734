-- One row is one certificate and the attributes of NIST SP 1800-16 that are not known of it, by their numbers.
-- `attributes_missing`: an export tells them of something, and nothing tells them of this one. `attributes_not_told`: no
-- loaded export tells them of anything, which says nothing of the certificate. Attributes no table can hold are in
-- neither. The columns of `attribute_presence` and `supplied` are taken in their order, which is that of the numbers.
WITH number AS (
    SELECT
        [
            'A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10', 'A11', 'A12', 'A13', 'A14', 'A15', 'A16',
            'A17', 'A19', 'A20', 'A21', 'A22', 'A23', 'A24', 'A27', 'A28', 'A29', 'A30'
        ] AS ids
),

gap AS (
    SELECT
        p.certificate,
        n.ids,
        p.present,
        s.supplied
    FROM (SELECT certificate, [*COLUMNS('^a[0-9]+$')] AS present FROM attribute_presence($as_of)) AS p
    CROSS JOIN (SELECT [*COLUMNS('^a[0-9]+$')] AS supplied FROM supplied($as_of)) AS s
    CROSS JOIN number AS n
)

SELECT
    certificate,
    list_filter(ids, lambda id, place: present[place] IS NOT TRUE AND supplied[place] IS TRUE) AS attributes_missing,
    list_filter(ids, lambda id, place: present[place] IS NOT TRUE AND supplied[place] IS NOT TRUE) AS attributes_not_told
FROM gap
