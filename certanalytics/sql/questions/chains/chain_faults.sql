-- One row is one endpoint in scope with something wrong in how it serves a certificate, missing certificates first.
-- Each address is looked at: one node of two may send less.
SELECT
    c.endpoint,
    c.ip,
    c.certificate,
    i.subject_cn,
    concat_ws(
        '; ',
        if(c.complete IS FALSE, 'CA certificate missing: ' || c.missing_issuer, NULL),
        if(len(c.ended_cas) > 0, 'sends a CA certificate that has ended: ' || array_to_string(c.ended_cas, ', '), NULL),
        if(c.in_order IS FALSE, 'not in order', NULL),
        if(c.sends_root, 'sends the root', NULL)
    ) AS fault,
    c.complete,
    c.in_order,
    c.sends_root,
    c.ended_cas,
    c.missing_issuer,
    c.missing_authority,
    c.sent,
    c.observed_at,
    i.issuer_cn,
    i.not_after,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email
FROM chain_check($as_of) AS c
JOIN inventory($as_of) AS i ON i.certificate = c.certificate
WHERE c.complete IS FALSE OR c.in_order IS FALSE OR c.sends_root OR len(c.ended_cas) > 0
ORDER BY
    c.complete IS FALSE DESC,
    c.ended_cas <> [] DESC,
    c.in_order IS FALSE DESC,
    i.critical DESC,
    c.endpoint,
    c.ip,
    c.certificate
