-- One row is one certificate in service and one contact of it who has left, and whether its key is older than that.
-- `key_since` is the earliest beginning of any certificate known for the key. `verdict`: `not changed` if that is no later
-- than they were last there, `changed` if it is after they were known to have left, else `cannot tell`.
-- `days_since` counts from when they were known to have left.
SELECT
    i.certificate,
    i.subject_cn,
    i.business_unit,
    i.criticality,
    i.critical,
    i.days_left,
    min(c.name) AS name,
    list_sort(list(DISTINCT c.role)) AS roles,
    l.last_there,
    l.left_by,
    k.key_since,
    CASE
        WHEN k.key_since <= l.last_there THEN 'not changed'
        WHEN k.key_since > l.left_by THEN 'changed'
        ELSE 'cannot tell'
    END AS verdict,
    floor((epoch_us(max($as_of::TIMESTAMP)) - epoch_us(l.left_by)) / 86400000000)::INTEGER AS days_since
FROM contact($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
LEFT JOIN leaver($as_of) AS l ON l.party = c.party
LEFT JOIN key_since($as_of) AS k ON k.spki_sha256 = i.spki_sha256
WHERE
    i.in_service
    AND c.kind = 'person'
    AND c.state = 'left'
    AND c.role IN ('accountable', 'technical', 'business', 'renewal', 'security')
GROUP BY
    i.certificate,
    i.subject_cn,
    i.business_unit,
    i.criticality,
    i.critical,
    i.days_left,
    c.party,
    l.last_there,
    l.left_by,
    k.key_since
ORDER BY verdict DESC, i.critical DESC, days_since DESC, i.certificate, name
