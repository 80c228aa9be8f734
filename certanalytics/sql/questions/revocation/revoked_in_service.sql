-- One row is one certificate that an endpoint presented when last looked at and that is revoked or on hold.
-- `served`: 'after revocation' if that look was later than the revocation; 'before revocation' if nobody has looked since;
-- 'time not known' if nobody says when it was revoked.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.endpoints,
    r.status,
    r.revoked_at,
    r.reason,
    p.seen_at,
    CASE
        WHEN r.revoked_at IS NULL THEN 'time not known'
        WHEN p.seen_at > r.revoked_at THEN 'after revocation'
        ELSE 'before revocation'
    END AS served,
    r.said_by,
    i.issuer_cn,
    i.not_after,
    i.successor IS NOT NULL AS has_successor,
    i.business_unit,
    i.criticality,
    i.owner,
    i.owner_email
FROM inventory($as_of) AS i
JOIN revocation_status($as_of) AS r ON r.certificate = i.certificate
JOIN (
    SELECT certificate, max(observed_at) AS seen_at FROM presented($as_of) GROUP BY certificate
) AS p
    ON p.certificate = i.certificate
WHERE i.in_service AND r.status IN ('revoked', 'hold')
ORDER BY
    r.revoked_at IS NOT NULL AND p.seen_at <= r.revoked_at,
    r.revoked_at IS NULL,
    i.critical DESC,
    i.endpoints DESC,
    r.revoked_at,
    i.certificate
