-- One row is one CA certificate above certificates in service, soonest end first.
-- `leaves` are those with a path through it, `outliving` those of them that end after it: they may have another path.
-- `months` is the first horizon of facts.ca_horizon it ends within; NULL if later.
WITH leaf AS MATERIALIZED (
    SELECT i.certificate, i.not_after, i.critical, l.issuer_dn, l.authority_key_id
    FROM inventory($as_of) AS i
    JOIN leaf_issuer AS l ON l.certificate = i.certificate
    WHERE i.in_service
),

under AS (
    SELECT
        n.authority,
        count(*) AS leaves,
        count(*) FILTER (WHERE l.critical) AS critical,
        count(*) FILTER (WHERE l.not_after > a.not_after) AS outliving
    FROM leaf AS l
    JOIN issuer_ancestor($as_of) AS n
        ON n.issuer_dn = l.issuer_dn AND n.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
    JOIN authority($as_of) AS a ON a.authority = n.authority
    GROUP BY n.authority
),

band AS (
    SELECT a.authority, min(h.months) AS months
    FROM authority($as_of) AS a
    JOIN facts.ca_horizon AS h ON a.not_after <= $as_of::TIMESTAMP + to_months(h.months::INTEGER)
    GROUP BY a.authority
)

SELECT
    a.authority,
    coalesce(a.subject_cn, a.subject_dn) AS ca,
    if(a.is_root, 'root', 'intermediate') AS kind,
    coalesce(a.issuer_cn, a.issuer_dn) AS issued_by,
    a.not_after,
    floor((epoch_us(a.not_after) - epoch_us($as_of::TIMESTAMP)) / 86400000000)::INTEGER AS days_left,
    a.not_after < $as_of::TIMESTAMP AS ended,
    b.months,
    u.leaves,
    u.critical,
    u.outliving
FROM under AS u
JOIN authority($as_of) AS a ON a.authority = u.authority
LEFT JOIN band AS b ON b.authority = u.authority
ORDER BY a.not_after, u.leaves DESC, a.authority
