-- One row is one TLS server certificate known at $as_of, with what is true of it at that moment.
-- Only what was observed or logged by then counts. Durations are in seconds or days of 86,400 s, rounded down: a
-- certificate that ended three hours ago has -1 days left. It has ended once notAfter has passed, which itself is
-- still valid (RFC 5280 section 4.1.2.5). Trust is told by evidence: a listed CA owner, SCTs or a log entry make a
-- certificate public; one seen in full that has none of these is private.
WITH shown AS MATERIALIZED (SELECT * FROM presented($as_of)),

presence AS MATERIALIZED (
    SELECT certificate, count(DISTINCT endpoint) AS endpoints, list_sort(list(DISTINCT host))[1:5] AS hosts
    FROM shown
    GROUP BY certificate
),

followed AS MATERIALIZED (SELECT * FROM succession($as_of)),

-- A successor is deployed if it is shown wherever the certificate is, and has replaced it if it was seen there later.
-- An RSA certificate shown beside its ECDSA twin, or one node of two, is not replaced.
deployment AS (
    SELECT
        a.certificate,
        bool_and(b.certificate IS NOT NULL) AS successor_deployed,
        bool_and(coalesce(b.observed_at > a.observed_at, false)) AS replaced
    FROM shown AS a
    JOIN followed AS s ON s.certificate = a.certificate
    LEFT JOIN shown AS b
        ON
        b.certificate = s.successor
        AND b.host = a.host
        AND b.port IS NOT DISTINCT FROM a.port
        AND (b.ip = a.ip) IS NOT FALSE
    GROUP BY a.certificate
),

described AS (
    SELECT
        e.*,
        c.* EXCLUDE (identity, not_before, not_after, key_algorithm),
        -- Names met anywhere but in a log are known to the organisation, and so are renewals of their certificates.
        bool_or(e.on_endpoint OR e.in_file OR e.in_record) OVER (PARTITION BY hash(e.names)) AS names_known,
        ceil((epoch_us(e.not_after) - epoch_us(e.not_before) + 1000000) / 86400000000)::INTEGER AS lifetime_days,
        floor((epoch_us(e.not_after) - epoch_us($as_of::TIMESTAMP)) / 1000000)::BIGINT AS seconds_left,
        (epoch_us(e.not_after) - epoch_us(e.not_before)) / 1000000 AS lifetime_seconds,
        CASE WHEN c.is_self_issued THEN 'self-signed' ELSE coalesce(i.ca_owner, 'unknown') END AS ca_owner,
        CASE
            WHEN c.is_self_issued THEN 'self-signed'
            WHEN i.trust = 'public' OR c.sct_count > 0 OR e.in_log THEN 'public'
            WHEN c.evidence = 'der' THEN 'private'
            ELSE 'unknown'
        END AS trust
    FROM end_entity($as_of) AS e
    JOIN certificate AS c ON c.identity = e.certificate
    LEFT JOIN issuer AS i
        ON i.issuer_o IS NOT DISTINCT FROM c.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM c.issuer_cn
)

SELECT
    d.certificate,
    d.evidence,
    d.is_precert,
    d.subject_cn,
    d.subject_o,
    d.serial_hex,
    d.names,
    d.registered_domains,
    d.issuer_dn,
    d.issuer_cn,
    d.issuer_o,
    d.ca_owner,
    r.root,
    r.root_cn,
    d.trust,
    d.validation_level,
    d.not_before,
    d.not_after,
    d.lifetime_days,
    d.seconds_left,
    floor(d.seconds_left / 86400)::INTEGER AS days_left,
    d.seconds_left / nullif(d.lifetime_seconds, 0) AS life_left,
    d.seconds_left < 0 AS ended,
    d.key_algorithm,
    d.key_bits,
    d.key_curve,
    if(d.trust = 'public', coalesce(k.weak, k.weak_if_public), k.weak) AS weak_key,
    k.strength_bits,
    k.disallowed_after IS NOT NULL AS quantum_vulnerable,
    year(d.not_after) > k.deprecated_after AS outlives_deprecation,
    year(d.not_after) > k.disallowed_after AS outlives_disallowance,
    d.signature_algorithm,
    d.signature_hash,
    if(d.is_self_issued, NULL, w.reason) AS weak_signature,
    d.spki_sha256,
    p.certificate IS NOT NULL AS in_service,
    coalesce(p.endpoints, 0) AS endpoints,
    coalesce(p.hosts, []) AS hosts,
    d.first_seen,
    d.last_seen,
    d.sources,
    d.on_endpoint AS seen_on_endpoint,
    d.in_file AS seen_in_file,
    d.in_log AS seen_in_log,
    d.in_record AS seen_in_record,
    d.names_known,
    s.successor,
    s.rule AS successor_rule,
    q.certificate IS NOT NULL AS successor_in_service,
    coalesce(x.successor_deployed, false) AS successor_deployed,
    coalesce(x.replaced, false) AS replaced,
    o.business_unit,
    o.environment,
    o.criticality,
    o.criticality IS NOT DISTINCT FROM 'critical' AS critical,
    o.service,
    o.owner,
    o.owner_email,
    coalesce(o.owner_state, 'none') AS owner_state,
    o.owner_level,
    o.owner_verified
FROM described AS d
LEFT JOIN root_path($as_of) AS r
    ON r.issuer_dn = d.issuer_dn AND r.authority_key_id IS NOT DISTINCT FROM d.authority_key_id AND NOT d.is_self_issued
LEFT JOIN key_judgement($as_of) AS k
    ON
    k.key_algorithm = d.key_algorithm
    AND k.key_bits IS NOT DISTINCT FROM d.key_bits
    AND k.key_curve IS NOT DISTINCT FROM d.key_curve
    AND k.rsa_exponent IS NOT DISTINCT FROM d.rsa_exponent
LEFT JOIN facts.weak_signature AS w
    ON w.signature_hash = d.signature_hash AND w.effective_from <= $as_of::TIMESTAMP
LEFT JOIN presence AS p ON p.certificate = d.certificate
LEFT JOIN followed AS s ON s.certificate = d.certificate
LEFT JOIN presence AS q ON q.certificate = s.successor
LEFT JOIN deployment AS x ON x.certificate = d.certificate
LEFT JOIN ownership($as_of) AS o ON o.certificate = d.certificate
