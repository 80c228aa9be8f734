-- One row is one CA certificate that a public root programme lists for TLS, or that the CCADB has below such a root.
-- Of each list the snapshot nearest to $as_of counts, as in current_asset. Trust bits are those the list gives; a list
-- without them is taken to be one for TLS. The roots a log accepts and local trust stores prove nothing and are left out.
WITH RECURSIVE listing AS MATERIALIZED (
    SELECT
        certificate,
        programme,
        lower(status) AS status,
        parent_sha256,
        coalesce(len(trust_bits), 0) = 0
        OR list_has_any(list_transform(trust_bits, lambda b: lower(b)), ['websites', 'server authentication']) AS for_tls
    FROM ca_listing
    QUALIFY
        rank() OVER (
            PARTITION BY system, programme, certificate
            ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
        ) = 1
),

listed AS (
    SELECT l.certificate, l.programme
    FROM listing AS l
    JOIN facts.root_programme AS p ON p.programme = l.programme
    WHERE l.for_tls AND coalesce(l.status, p.included_status) = p.included_status
    UNION
    SELECT l.certificate, a.programme
    FROM listed AS a
    JOIN listing AS l ON l.parent_sha256 = a.certificate
    WHERE l.for_tls
)

SELECT
    c.identity AS certificate,
    c.subject_dn,
    lower(c.subject_cn) AS subject_cn,
    c.subject_key_id,
    list_sort(list(DISTINCT l.programme)) AS programmes
FROM listed AS l
JOIN certificate AS c ON c.identity = l.certificate
WHERE c.subject_key_id IS NOT NULL
GROUP BY c.identity, c.subject_dn, c.subject_cn, c.subject_key_id
