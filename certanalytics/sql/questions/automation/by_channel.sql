-- One row is one channel by which certificates in service were obtained, largest first.
-- The row without a channel holds certificates of which no record of a client, manager or CA was loaded.
SELECT
    c.channel,
    count(*) AS certificates,
    count(*) / nullif(sum(count(*)) OVER (), 0) AS share,
    count(*) FILTER (WHERE i.critical) AS critical,
    count(*) FILTER (WHERE i.trust = 'public') AS public
FROM inventory($as_of) AS i
LEFT JOIN channel($as_of) AS c ON c.certificate = i.certificate
WHERE i.in_service
GROUP BY c.channel
ORDER BY certificates DESC, c.channel
