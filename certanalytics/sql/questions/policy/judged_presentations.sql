-- One row is one certificate in scope that one endpoint presents at one address, as controls judge it.
-- What was sent above it is known where the tool shows it, that the name fits where it was asked for by name. A
-- certificate sent alone is in order.
SELECT
    i.certificate || ' at ' || c.endpoint || coalesce(' at ' || nullif(c.ip, c.host), '') AS subject,
    c.endpoint AS display_name,
    c.certificate,
    c.host,
    c.port,
    c.ip,
    c.observed_at,
    c.is_self_signed,
    c.chain_told,
    c.sent,
    c.complete,
    if(c.sent = 1, true, c.in_order) AS in_order,
    c.sends_root,
    c.ended_cas,
    c.missing_issuer,
    n.fits AS name_fits,
    n.reason AS name_reason,
    i.subject_cn,
    i.issuer_cn,
    i.not_after,
    i.environment,
    i.service,
    i.business_unit,
    i.owner
FROM chain_check($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
LEFT JOIN name_match($as_of) AS n
    ON n.certificate = c.certificate AND n.host = c.host AND n.port IS NOT DISTINCT FROM c.port
ORDER BY subject
