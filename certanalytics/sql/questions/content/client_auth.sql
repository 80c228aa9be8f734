-- One row is one public certificate in service that also lets a server act as a client, soonest affected first.
-- `until` is the day from which its CA, or any public CA, no longer issues such certificates; `next_without` says that its
-- next renewal falls on or after that day.
WITH ending AS MATERIALIZED (
    SELECT ca_owner, min(issued_from) AS issued_from, arg_min(rule, issued_from) AS rule, arg_min(status, issued_from) AS status
    FROM facts.client_auth_end
    GROUP BY ca_owner
)

SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    i.issuer_cn,
    i.ca_owner,
    i.not_before,
    i.not_after,
    i.days_left,
    least(own.issued_from, every.issued_from)::TIMESTAMP AS "until",
    if(own.issued_from < every.issued_from, own.rule, every.rule) AS rule,
    if(own.issued_from < every.issued_from, own.status, every.status) AS status,
    i.not_after >= least(own.issued_from, every.issued_from)
    OR least(own.issued_from, every.issued_from) <= $as_of::TIMESTAMP AS next_without,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_state
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
LEFT JOIN ending AS own ON own.ca_owner = i.ca_owner
LEFT JOIN ending AS every ON every.ca_owner IS NULL
WHERE i.in_service AND i.trust = 'public' AND list_contains(c.extended_key_usage, 'clientAuth')
ORDER BY next_without DESC, i.not_after, i.certificate
