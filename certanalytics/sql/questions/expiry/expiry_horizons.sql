-- One row is one horizon: the certificates that have not ended and end within so many days.
-- `in_service` counts those an endpoint presents, `replaced` those of them whose successor has taken over everywhere,
-- `net` the rest; `known` also counts what no endpoint presents.
SELECT
    h.horizon AS within_days,
    count(i.certificate) AS known,
    count(i.certificate) FILTER (WHERE i.in_service) AS in_service,
    count(i.certificate) FILTER (WHERE i.in_service AND i.replaced) AS replaced,
    count(i.certificate) FILTER (WHERE i.in_service AND NOT i.replaced) AS net,
    count(i.certificate) FILTER (WHERE i.in_service AND NOT i.replaced AND i.owner_state <> 'owned') AS without_owner,
    count(i.certificate) FILTER (WHERE i.in_service AND NOT i.replaced AND i.critical) AS critical
FROM (VALUES (7), (14), (30), (60), (90)) AS h (horizon)
LEFT JOIN inventory($as_of) AS i ON i.seconds_left BETWEEN 0 AND h.horizon * 86400
GROUP BY h.horizon
ORDER BY h.horizon
