-- One row is what can be said of all changes of certificate at endpoints, the new one in scope.
SELECT
    count(*) AS changes,
    count(DISTINCT c.endpoint) AS endpoints,
    count(*) FILTER (WHERE c.material) AS material,
    count(*) FILTER (WHERE NOT c.material) AS routine,
    count(*) FILTER (WHERE c.material IS NULL) AS untold,
    count(*) FILTER (WHERE list_contains(c.differs, 'issuer')) AS issuer,
    count(*) FILTER (WHERE list_contains(c.differs, 'key type')) AS key_type,
    count(*) FILTER (WHERE list_contains(c.differs, 'names')) AS names,
    count(*) FILTER (WHERE list_contains(c.differs, 'owner')) AS owner,
    count(c.recorded) FILTER (WHERE c.material) AS material_checked,
    count(*) FILTER (WHERE c.material AND NOT c.recorded) AS material_unrecorded
FROM inventory($as_of) AS i
JOIN endpoint_change($as_of) AS c ON c.certificate = i.certificate
ORDER BY changes
