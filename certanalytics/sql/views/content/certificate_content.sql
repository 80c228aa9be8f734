-- One row is one certificate and what stands in it of names, purposes, pointers and its signature.
-- What a source only says of a certificate leaves out more than it tells: there an empty list says nothing, and
-- `names_known`, `purposes_known` and `pointers_known` are false. A common name is no name of the server where it stands
-- beside alternative names and is none of them.
SELECT
    c.identity AS certificate,
    c.subject_cn,
    c.is_self_issued,
    c.is_ca,
    c.spki_sha256,
    c.rsa_exponent,
    c.signature_hash,
    if(c.is_self_issued, NULL, w.reason) AS weak_signature,
    coalesce(c.key_usage, []) AS key_usage,
    coalesce(c.extended_key_usage, []) AS extended_key_usage,
    coalesce(len(c.san_dns), 0) + coalesce(len(c.san_ip), 0) AS alternative_names,
    coalesce(trim(c.subject_cn), '') <> ''
    AND coalesce(len(c.san_dns), 0) + coalesce(len(c.san_ip), 0) > 0
    AND NOT list_contains(
        list_transform(list_concat(coalesce(c.san_dns, []), coalesce(c.san_ip, [])), lambda n: lower(rtrim(n, '.'))),
        lower(rtrim(trim(c.subject_cn), '.'))
    ) AS common_name_apart,
    coalesce(len(c.crl_urls), 0) > 0 AS names_crl,
    coalesce(len(c.ocsp_urls), 0) > 0 AS names_ocsp,
    coalesce(len(c.ca_issuer_urls), 0) > 0 AS names_issuer,
    coalesce(c.sct_count, 0) AS sct_count,
    c.evidence = 'der' OR coalesce(len(c.san_dns), 0) + coalesce(len(c.san_ip), 0) > 0 AS names_known,
    c.evidence = 'der' OR coalesce(len(c.extended_key_usage), 0) > 0 AS purposes_known,
    c.evidence = 'der' AS pointers_known
FROM certificate AS c
LEFT JOIN facts.weak_signature AS w
    ON w.signature_hash = c.signature_hash AND w.effective_from <= $as_of::TIMESTAMP
