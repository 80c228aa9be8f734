-- One row is of how many certificates in service it can be told whether a programme has withdrawn its trust.
-- Those of private CAs and self-signed ones are no matter of any programme. `root_unknown`: neither a root nor the CA that
-- signed the last CA certificate known is told, so no rule can be matched.
WITH exposed AS (
    SELECT
        certificate,
        bool_or(state = 'distrusted') AS distrusted,
        bool_or(state = 'on one path') AS on_one_path,
        bool_or(state = 'cannot tell') AS cannot_tell
    FROM distrust_exposure($as_of)
    GROUP BY certificate
),

placed AS (
    SELECT issuer_dn, authority_key_id, bool_or(is_known OR end_dn <> issuer_dn) AS is_placed
    FROM path_end($as_of)
    GROUP BY issuer_dn, authority_key_id
)

SELECT
    count(*) AS in_service,
    count(*) FILTER (WHERE i.trust IN ('private', 'self-signed') AND x.certificate IS NULL) AS private,
    count(x.certificate) AS touched,
    count(*) FILTER (WHERE x.distrusted) AS distrusted,
    count(*) FILTER (WHERE x.on_one_path AND NOT x.distrusted) AS on_one_path,
    count(*) FILTER (WHERE x.cannot_tell AND NOT x.distrusted AND NOT x.on_one_path) AS cannot_tell,
    count(*) FILTER (
        WHERE i.trust NOT IN ('private', 'self-signed') AND x.certificate IS NULL AND p.is_placed IS NOT TRUE
    ) AS root_unknown
FROM inventory($as_of) AS i
LEFT JOIN exposed AS x ON x.certificate = i.certificate
LEFT JOIN leaf_issuer AS l ON l.certificate = i.certificate
LEFT JOIN placed AS p ON p.issuer_dn = l.issuer_dn AND p.authority_key_id IS NOT DISTINCT FROM l.authority_key_id
WHERE i.in_service
ORDER BY in_service
