-- One row is one certificate in service for several names of which different owners or business units are stated.
SELECT
    i.certificate,
    i.subject_cn,
    len(i.names) AS names,
    i.endpoints,
    i.hosts,
    s.owners,
    s.units,
    s.owner_list,
    s.unit_list,
    i.not_after,
    i.days_left,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN name_sharing($as_of) AS s ON s.certificate = i.certificate
WHERE i.in_service AND len(i.names) > 1 AND (s.owners > 1 OR s.units > 1)
ORDER BY s.owners DESC, s.units DESC, len(i.names) DESC, i.certificate
