-- One row is one key in more than one certificate in service, most certificates first.
-- It crosses a boundary of ownership where different owners are stated, one of trust where a publicly trusted
-- certificate and a private or self-signed one rest on it; whether it does is not known where one of its certificates
-- has no owner, or its trust is unknown. Where `name_sets` is one, it is a renewal that kept its key.
WITH shown AS MATERIALIZED (SELECT certificate, endpoint FROM presented($as_of)),

grouped AS MATERIALIZED (
    SELECT
        spki_sha256,
        min(key_algorithm) AS key_algorithm,
        min(key_bits) AS key_bits,
        min(key_curve) AS key_curve,
        count(*) AS certificates,
        count(DISTINCT names) AS name_sets,
        count(DISTINCT owner) AS owners,
        count(DISTINCT business_unit) AS units,
        list_sort(list_distinct(list(trust))) AS trusts,
        if(count(DISTINCT owner) > 1, true, if(count(owner) < count(*), NULL, false)) AS crosses_owner,
        if(
            bool_or(trust = 'public') AND bool_or(trust IN ('private', 'self-signed')),
            true,
            if(bool_or(trust = 'unknown'), NULL, false)
        ) AS crosses_trust,
        list_sort(list_distinct(flatten(list(hosts)))) AS hosts,
        list_sort(list(certificate)) AS certificate_list,
        coalesce(list_sort(list(DISTINCT owner) FILTER (WHERE owner IS NOT NULL)), []) AS owner_list,
        bool_or(critical) AS critical
    FROM inventory($as_of)
    WHERE in_service AND spki_sha256 IS NOT NULL
    GROUP BY spki_sha256
    HAVING count(*) > 1
),

reach AS (
    SELECT m.spki_sha256, count(DISTINCT s.endpoint) AS endpoints
    FROM (SELECT spki_sha256, unnest(certificate_list) AS certificate FROM grouped) AS m
    JOIN shown AS s ON s.certificate = m.certificate
    GROUP BY m.spki_sha256
)

SELECT g.*, r.endpoints
FROM grouped AS g
JOIN reach AS r ON r.spki_sha256 = g.spki_sha256
ORDER BY g.certificates DESC, r.endpoints DESC, g.spki_sha256
