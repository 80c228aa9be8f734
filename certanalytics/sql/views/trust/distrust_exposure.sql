-- One row is one certificate, and one programme that has a rule against a root on one of its paths at $as_of.
-- `state`: 'distrusted' if the rule hits it on every path known; 'on one path' if another path ends elsewhere, where no
-- rule of that programme is known to hit it (`other_roots`: that the programme trusts those is not said); 'cannot tell'
-- if its beginning is too near the cut-off for its first SCT, which is not kept; 'kept' if it is older than the rule.
-- A log entry up to the cut-off shows an SCT that early. Roots are matched by fingerprint, else by name (`matched_by`).
WITH path AS MATERIALIZED (SELECT * FROM path_end($as_of)),

ruled AS MATERIALIZED (
    SELECT
        e.issuer_dn,
        e.authority_key_id,
        r.programme,
        r.ca_owner,
        e.end_dn,
        coalesce(e.end_name, r.root_name) AS root_name,
        r.basis,
        r.cutoff,
        r.source,
        if(e.root_sha256 = r.root_sha256, 'fingerprint', 'name') AS matched_by
    FROM path AS e
    JOIN distrust_rule($as_of) AS r
        ON
        e.root_sha256 = r.root_sha256
        OR (e.end_name = r.root_name AND lower(e.end_o) = lower(r.root_o))
        OR (
            e.end_name IS NULL
            AND contains(lower(e.end_dn), 'ou=' || lower(r.root_name))
            AND contains(lower(replace(e.end_dn, '\', '')), 'o=' || lower(r.root_o))
        )
),

other AS MATERIALIZED (
    SELECT
        p.issuer_dn,
        p.authority_key_id,
        p.programme,
        list_sort(list(DISTINCT if(e.is_known, coalesce(e.end_name, e.end_dn), 'not known above ' || e.end_dn)))
            AS other_roots
    FROM (SELECT DISTINCT issuer_dn, authority_key_id, programme FROM ruled) AS p
    JOIN path AS e
        ON e.issuer_dn = p.issuer_dn AND e.authority_key_id IS NOT DISTINCT FROM p.authority_key_id
    LEFT JOIN ruled AS r
        ON
        r.issuer_dn = p.issuer_dn
        AND r.authority_key_id IS NOT DISTINCT FROM p.authority_key_id
        AND r.programme = p.programme
        AND r.end_dn = e.end_dn
    WHERE r.issuer_dn IS NULL
    GROUP BY p.issuer_dn, p.authority_key_id, p.programme
),

logged AS (
    SELECT i.certificate, min(e.entry_timestamp) AS logged_at
    FROM ct_entry AS e
    JOIN issuance($as_of) AS i ON i.identity = e.certificate
    WHERE e.entry_timestamp <= $as_of::TIMESTAMP
    GROUP BY i.certificate
),

doubt AS (SELECT to_days(value::INTEGER) AS doubt FROM facts.threshold WHERE name = 'sct_doubt_days'),

judged AS (
    SELECT
        l.certificate,
        l.issuer_dn,
        l.authority_key_id,
        r.* EXCLUDE (issuer_dn, authority_key_id),
        CASE
            WHEN r.basis = 'removed' THEN 'distrusted'
            WHEN r.basis = 'sct' AND g.logged_at <= r.cutoff THEN 'kept'
            WHEN l.not_before IS NULL THEN 'cannot tell'
            WHEN r.basis = 'not_before' THEN if(l.not_before > r.cutoff, 'distrusted', 'kept')
            WHEN l.not_before > r.cutoff + d.doubt THEN 'distrusted'
            WHEN l.not_before < r.cutoff - d.doubt THEN 'kept'
            ELSE 'cannot tell'
        END AS verdict
    FROM ruled AS r
    JOIN leaf_issuer AS l
        ON l.issuer_dn = r.issuer_dn AND l.authority_key_id IS NOT DISTINCT FROM r.authority_key_id
    CROSS JOIN doubt AS d
    LEFT JOIN logged AS g ON g.certificate = l.certificate
),

-- Of several rules against one root (a fact and a list say the same) the strictest counts.
by_root AS (
    SELECT
        certificate,
        issuer_dn,
        authority_key_id,
        programme,
        end_dn,
        min(ca_owner) AS ca_owner,
        min(root_name) AS root_name,
        min(matched_by) AS matched_by,
        CASE
            WHEN bool_or(verdict = 'distrusted') THEN 'distrusted'
            WHEN bool_or(verdict = 'cannot tell') THEN 'cannot tell'
            ELSE 'kept'
        END AS verdict,
        min(cutoff) AS cutoff,
        list_sort(list(DISTINCT basis)) AS bases,
        list_sort(list(DISTINCT source)) AS rules
    FROM judged
    GROUP BY certificate, issuer_dn, authority_key_id, programme, end_dn
)

SELECT
    b.certificate,
    b.programme,
    min(b.ca_owner) AS ca_owner,
    CASE
        WHEN bool_or(b.verdict = 'distrusted') AND (bool_or(b.verdict <> 'distrusted') OR bool_or(o.other_roots <> []))
            THEN 'on one path'
        WHEN bool_or(b.verdict = 'distrusted') THEN 'distrusted'
        WHEN bool_or(b.verdict = 'cannot tell') THEN 'cannot tell'
        ELSE 'kept'
    END AS state,
    list_sort(list(DISTINCT b.root_name)) AS roots,
    coalesce(any_value(o.other_roots), []) AS other_roots,
    min(b.cutoff) AS cutoff,
    list_sort(list_distinct(flatten(list(b.bases)))) AS bases,
    min(b.matched_by) AS matched_by,
    list_sort(list_distinct(flatten(list(b.rules)))) AS rules
FROM by_root AS b
LEFT JOIN other AS o
    ON
    o.issuer_dn = b.issuer_dn
    AND o.authority_key_id IS NOT DISTINCT FROM b.authority_key_id
    AND o.programme = b.programme
GROUP BY b.certificate, b.programme
