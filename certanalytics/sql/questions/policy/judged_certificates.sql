-- One row is one certificate as controls judge it: the inventory's columns, and what can be said of it with certainty.
-- Every yes-or-no here has three values: NULL says that these data do not tell, which is never the same as no. A rule
-- that needs the size or curve of a key says nothing of a key whose size or curve no export tells; so does one for
-- public certificates of one that may or may not be public.
WITH kind AS MATERIALIZED (
    SELECT
        k.*,
        q.prefix IS NOT NULL AS post_quantum,
        q.prefix IS NOT NULL
        OR k.key_algorithm IN (SELECT key_algorithm FROM facts.weak_key)
        OR k.key_algorithm IN (SELECT key_algorithm FROM facts.algorithm_sunset) AS listed,
        (
            k.key_bits IS NULL
            AND k.key_algorithm IN (SELECT key_algorithm FROM facts.weak_key WHERE bits_below IS NOT NULL)
        ) AS size_missing,
        (
            k.key_curve IS NULL
            AND k.key_algorithm
            IN (SELECT key_algorithm FROM facts.weak_key WHERE curves_allowed IS NOT NULL AND curves_allowed <> 'none')
        ) AS curve_missing
    FROM key_judgement($as_of) AS k
    LEFT JOIN facts.post_quantum_algorithm AS q ON starts_with(k.key_algorithm, q.prefix)
),

-- Signatures that hash by themselves and are known not to be weak.
sound AS MATERIALIZED (
    SELECT DISTINCT c.signature_algorithm
    FROM certificate AS c
    LEFT JOIN facts.post_quantum_algorithm AS q ON starts_with(c.signature_algorithm, q.prefix)
    WHERE lower(c.signature_algorithm) IN ('ed25519', 'ed448') OR q.prefix IS NOT NULL
)

SELECT
    i.certificate AS subject,
    coalesce(i.subject_cn, i.names[1], i.certificate) AS display_name,
    i.* EXCLUDE (
        names,
        registered_domains,
        ca_owner,
        trust,
        critical,
        weak_key,
        weak_signature,
        quantum_vulnerable,
        outlives_deprecation,
        outlives_disallowance,
        extended_key_usage
    ),
    if(len(i.names) > 0, i.names, NULL) AS names,
    if(len(i.names) > 0, list_sort(list_distinct(i.registered_domains)), NULL) AS registered_domains,
    nullif(i.ca_owner, 'unknown') AS ca_owner,
    i.weak_key AS weak_key_reason,
    i.weak_signature AS weak_signature_reason,
    CASE i.trust WHEN 'public' THEN true WHEN 'unknown' THEN NULL ELSE false END AS is_public,
    if(i.trust = 'public', false, c.is_self_issued) AS is_self_signed,
    CASE
        WHEN i.weak_key IS NOT NULL THEN true
        WHEN k.key_algorithm IS NULL OR k.size_missing OR NOT k.listed THEN NULL
        WHEN k.curve_missing AND i.trust IN ('public', 'unknown') THEN NULL
        WHEN k.weak_if_public IS NOT NULL AND i.trust = 'unknown' THEN NULL
        ELSE false
    END AS key_is_weak,
    CASE
        WHEN i.weak_signature IS NOT NULL THEN true
        WHEN c.is_self_issued OR i.signature_hash IS NOT NULL THEN false
        WHEN d.signature_algorithm IS NOT NULL THEN false
    END AS signature_is_weak,
    CASE WHEN k.disallowed_after IS NOT NULL THEN true WHEN k.post_quantum THEN false END AS quantum_vulnerable,
    CASE
        WHEN k.post_quantum THEN false
        WHEN k.disallowed_after IS NULL OR k.size_missing OR i.not_after IS NULL THEN NULL
        ELSE coalesce(year(i.not_after) > k.deprecated_after, false)
    END AS outlives_deprecation,
    CASE WHEN k.post_quantum THEN false ELSE year(i.not_after) > k.disallowed_after END AS outlives_disallowance,
    if(c.evidence = 'der' OR len(i.names) > 0, len(i.names), NULL) AS name_count,
    CASE
        WHEN contains(' ' || array_to_string(i.names, ' '), ' *.') THEN true
        WHEN c.evidence = 'der' THEN false
    END AS has_wildcard,
    CASE
        WHEN c.subject_cn IS NULL AND c.evidence = 'der' THEN false
        WHEN list_contains(c.san_dns, c.subject_cn) OR list_contains(c.san_ip, c.subject_cn) THEN false
        WHEN list_contains(i.names, lower(rtrim(c.subject_cn, '.'))) AND len(c.san_dns) > 0 THEN false
        WHEN c.evidence = 'der' THEN true
    END AS common_name_not_in_san,
    if(c.evidence = 'der' OR len(c.san_dns) + len(c.san_ip) > 0, len(c.san_dns) + len(c.san_ip), NULL) AS san_count,
    if(c.evidence = 'der' OR len(c.extended_key_usage) > 0, c.extended_key_usage, NULL) AS extended_key_usage,
    if(c.evidence = 'der', len(c.crl_urls), NULL) AS crl_pointers,
    if(c.evidence = 'der', len(c.ocsp_urls), NULL) AS ocsp_pointers,
    s.spki_sha256 = i.spki_sha256 AS successor_has_same_key
FROM inventory($as_of) AS i
JOIN certificate AS c ON c.identity = i.certificate
LEFT JOIN kind AS k
    ON
    k.key_algorithm = i.key_algorithm
    AND k.key_bits IS NOT DISTINCT FROM i.key_bits
    AND k.key_curve IS NOT DISTINCT FROM i.key_curve
    AND k.rsa_exponent IS NOT DISTINCT FROM c.rsa_exponent
LEFT JOIN sound AS d ON d.signature_algorithm = i.signature_algorithm
LEFT JOIN certificate AS s ON s.identity = i.successor
ORDER BY i.certificate
