-- One row is one TLS server certificate known at $as_of, with what is true of it at that moment.
-- Only what was observed or logged by then counts. Durations are in seconds or days of 86,400 s, rounded down: a
-- certificate that ended three hours ago has -1 days left. It has ended once notAfter has passed, which itself is
-- still valid (RFC 5280 section 4.1.2.5).
-- States are columns of their own, for several hold at once: in_service (live), stale (presented once, not since the
-- freshness window began), withdrawn (presented in the window, not at the last look), ghost (a system is set up to serve
-- it, no endpoint presents it; NULL where no endpoint was looked at), validity, revocation.
-- A renewal that was issued and is not presented everywhere has its stage in renewal_stage; `successor` alone proves nothing.
-- Trust is told by evidence, and trust_evidence names it. Lists of public root programmes come first, then SCTs and log
-- entries, of the certificate or of another from the same issuer (by name and key identifier: logs accept what a root they
-- know stands above, RFC 6962 section 3.1), then the name of the issuer (facts.ca_owner), which a root that no loaded list
-- holds contradicts. Private is a certificate seen in full that has none of these: nothing proves that no such evidence
-- exists elsewhere.
-- It is one row wide and not one a value: a scope is a predicate over columns, and counting what is absent reads one
-- column. `attribute_value` turns the same columns into a row a value with where it came from, for those who list them; at a
-- million certificates that is 25 million rows, so nothing is counted from it.
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

logging_issuer AS (
    SELECT DISTINCT c.issuer_dn, c.authority_key_id
    FROM end_entity($as_of) AS e
    JOIN certificate AS c ON c.identity = e.certificate
    WHERE e.in_log AND c.issuer_dn IS NOT NULL AND c.authority_key_id IS NOT NULL
),

lists AS MATERIALIZED (SELECT count(*) > 0 AS any_listed FROM listed_authority($as_of)),

window_start AS (
    SELECT
        $as_of::TIMESTAMP - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days')) AS moment
),

weighed AS (
    SELECT
        e.*,
        c.* EXCLUDE (identity, not_before, not_after, key_algorithm),
        -- Names met anywhere but in a log are known to the organisation, and so are renewals of their certificates.
        bool_or(e.on_endpoint OR e.in_file OR e.in_record) OVER (PARTITION BY hash(e.names)) AS names_known,
        ceil((epoch_us(e.not_after) - epoch_us(e.not_before) + 1000000) / 86400000000)::INTEGER AS lifetime_days,
        floor((epoch_us(e.not_after) - epoch_us($as_of::TIMESTAMP)) / 1000000)::BIGINT AS seconds_left,
        (epoch_us(e.not_after) - epoch_us(e.not_before)) / 1000000 AS lifetime_seconds,
        CASE WHEN c.is_self_issued THEN 'self-signed' ELSE coalesce(i.ca_owner, 'unknown') END AS ca_owner,
        r.root,
        r.root_cn,
        -- The class comes with its evidence, so that the two cannot part.
        CASE
            WHEN c.is_self_issued THEN {'trust': 'self-signed', 'trust_evidence': 'it names itself as its issuer'}
            WHEN l.evidence IS NOT NULL THEN {'trust': 'public', 'trust_evidence': l.evidence}
            WHEN c.sct_count > 0 THEN {'trust': 'public', 'trust_evidence': 'it carries SCTs'}
            WHEN e.in_log THEN {'trust': 'public', 'trust_evidence': 'a Certificate Transparency log holds it'}
            WHEN g.issuer_dn IS NOT NULL
                THEN {'trust': 'public', 'trust_evidence': 'a Certificate Transparency log holds others of its issuer'}
            WHEN i.trust = 'public' AND r.root IS NOT NULL AND (SELECT any_listed FROM lists)
                THEN
                    {
                        'trust': 'unknown',
                        'trust_evidence': 'its issuer has the name of a public CA, its root is on no loaded list'
                    }
            WHEN i.trust = 'public'
                THEN {'trust': 'public', 'trust_evidence': 'its issuer has the name of a public CA'}
            WHEN c.evidence = 'der'
                THEN {'trust': 'private', 'trust_evidence': 'seen in full: no SCT, no log entry, no listed CA'}
            ELSE {'trust': 'unknown', 'trust_evidence': NULL}
        END AS judged
    FROM end_entity($as_of) AS e
    JOIN certificate AS c ON c.identity = e.certificate
    LEFT JOIN issuer AS i
        ON i.issuer_o IS NOT DISTINCT FROM c.issuer_o AND i.issuer_cn IS NOT DISTINCT FROM c.issuer_cn
    LEFT JOIN root_path($as_of) AS r
        ON
        r.issuer_dn = c.issuer_dn
        AND r.authority_key_id IS NOT DISTINCT FROM c.authority_key_id
        AND c.is_self_issued IS NOT TRUE
    LEFT JOIN issuer_listing($as_of) AS l ON l.issuer_dn = c.issuer_dn AND l.authority_key_id = c.authority_key_id
    LEFT JOIN logging_issuer AS g ON g.issuer_dn = c.issuer_dn AND g.authority_key_id = c.authority_key_id
),

described AS (SELECT *, judged.trust AS trust, judged.trust_evidence AS trust_evidence FROM weighed)

SELECT
    d.certificate,
    d.evidence,
    d.is_precert,
    d.subject_dn,
    d.subject_cn,
    d.subject_o,
    d.serial_hex,
    d.names,
    d.registered_domains,
    d.issuer_dn,
    d.issuer_cn,
    d.issuer_o,
    d.ca_owner,
    d.root,
    d.root_cn,
    d.trust,
    d.trust_evidence,
    d.validation_level,
    d.not_before,
    d.not_after,
    d.lifetime_days,
    d.seconds_left,
    floor(d.seconds_left / 86400)::INTEGER AS days_left,
    d.seconds_left / nullif(d.lifetime_seconds, 0) AS life_left,
    d.seconds_left < 0 AS ended,
    CASE
        WHEN d.seconds_left < 0 THEN 'expired'
        WHEN d.not_before > $as_of::TIMESTAMP THEN 'not yet valid'
        WHEN d.seconds_left >= 0 AND d.not_before <= $as_of::TIMESTAMP THEN 'valid'
    END AS validity,
    nullif(v.status, 'unknown') AS revocation,
    v.revoked_at,
    v.reason AS revocation_reason,
    coalesce(v.said_by, []) AS revocation_says,
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
    d.key_usage,
    d.extended_key_usage,
    d.sct_count,
    d.spki_sha256,
    p.certificate IS NOT NULL AS in_service,
    p.certificate IS NULL AND coalesce(d.last_served < (SELECT moment FROM window_start), false) AS stale,
    p.certificate IS NULL AND coalesce(d.last_served >= (SELECT moment FROM window_start), false) AS withdrawn,
    if(
        (SELECT scanned FROM assessable($as_of)),
        p.certificate IS NULL AND coalesce(h.configured, false),
        NULL
    ) AS ghost,
    if(h.configured, h.looked_at, NULL) AS ghost_looked_at,
    coalesce(p.endpoints, 0) AS endpoints,
    coalesce(p.hosts, []) AS hosts,
    coalesce(h.places, 0) AS places,
    coalesce(h.held_in, []) AS held_in,
    coalesce(h.sources, []) AS held_says,
    coalesce(y.system_types, []) AS system_types,
    d.first_seen,
    d.last_seen,
    d.first_served,
    d.last_served,
    d.first_logged,
    d.sources,
    d.on_endpoint AS seen_on_endpoint,
    d.in_file AS seen_in_file,
    d.in_log AS seen_in_log,
    d.in_record AS seen_in_record,
    d.names_known,
    s.successor,
    s.rule AS successor_rule,
    s.score AS successor_score,
    q.certificate IS NOT NULL AS successor_in_service,
    coalesce(x.successor_deployed, false) AS successor_deployed,
    coalesce(x.replaced, false) AS replaced,
    CASE
        WHEN s.successor IS NULL THEN NULL
        WHEN p.certificate IS NOT NULL AND x.successor_deployed THEN 'deployed'
        WHEN p.certificate IS NOT NULL AND q.certificate IS NOT NULL THEN 'partly deployed'
        WHEN p.certificate IS NOT NULL THEN 'deployed nowhere'
        WHEN q.certificate IS NOT NULL THEN 'superseded'
        ELSE 'neither in service'
    END AS renewal_stage,
    coalesce(z.record_systems, []) AS record_systems,
    coalesce(z.record_states, []) AS record_states,
    coalesce(z.requesters, []) AS requesters,
    coalesce(z.approvers, []) AS approvers,
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
LEFT JOIN installed($as_of) AS h ON h.certificate = d.certificate
LEFT JOIN system_kind($as_of) AS y ON y.certificate = d.certificate
LEFT JOIN recorded($as_of) AS z ON z.certificate = d.certificate
LEFT JOIN revocation_status($as_of) AS v ON v.certificate = d.certificate
