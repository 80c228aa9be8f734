-- One row is one set of sources, and the certificates that just these know, most certificates first.
SELECT
    sources,
    len(sources) AS number,
    count(*) AS certificates,
    count(*) FILTER (WHERE in_service) AS in_service,
    count(*) FILTER (WHERE ended IS NOT TRUE) AS valid
FROM inventory($as_of)
GROUP BY sources
ORDER BY certificates DESC, sources
