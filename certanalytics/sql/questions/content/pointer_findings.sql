-- One row is one public certificate in service without a pointer it should have, revocation first.
-- A CRL distribution point must be there unless the certificate is short-lived or names an OCSP responder; that it names
-- none is no finding. The URL of the issuer should be there. SCTs can also come in the TLS handshake or an OCSP response.
WITH short AS (SELECT issued_from, max_days FROM facts.short_lived)

SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    concat_ws(
        '; ',
        if(i.lifetime_days > h.max_days AND NOT c.names_crl AND NOT c.names_ocsp, 'no way to learn of a revocation', NULL),
        if(NOT c.names_issuer, 'no URL of the issuer', NULL),
        if(NOT i.is_precert AND c.sct_count = 0, 'no SCTs inside', NULL)
    ) AS reason,
    coalesce(i.lifetime_days > h.max_days AND NOT c.names_crl AND NOT c.names_ocsp, false) AS without_revocation,
    NOT c.names_issuer AS without_issuer,
    NOT i.is_precert AND c.sct_count = 0 AS without_scts,
    i.issuer_cn,
    i.ca_owner,
    i.not_before,
    i.not_after,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
ASOF LEFT JOIN short AS h ON i.not_before >= h.issued_from
WHERE
    i.in_service
    AND i.trust = 'public'
    AND c.pointers_known
    AND (
        coalesce(i.lifetime_days > h.max_days AND NOT c.names_crl AND NOT c.names_ocsp, false)
        OR NOT c.names_issuer
        OR (NOT i.is_precert AND c.sct_count = 0)
    )
ORDER BY without_revocation DESC, without_scts DESC, i.endpoints DESC, i.certificate
