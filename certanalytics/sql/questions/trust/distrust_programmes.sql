-- One row is one programme and the owner of CAs it has a rule against, with the certificates in service by what it does.
SELECT
    x.programme,
    x.ca_owner,
    count(*) FILTER (WHERE x.state = 'distrusted') AS distrusted,
    count(*) FILTER (WHERE x.state = 'on one path') AS on_one_path,
    count(*) FILTER (WHERE x.state = 'cannot tell') AS cannot_tell,
    count(*) FILTER (WHERE x.state = 'kept') AS kept,
    min(x.cutoff) AS cutoff
FROM distrust_exposure($as_of) AS x
JOIN inventory($as_of) AS i ON i.certificate = x.certificate
WHERE i.in_service
GROUP BY x.programme, x.ca_owner
ORDER BY count(*) FILTER (WHERE x.state IN ('distrusted', 'on one path')) DESC, x.programme, x.ca_owner
