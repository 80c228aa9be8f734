-- One row is one issuer as certificates name it, and the organisation that answers for it.
-- The owner comes from facts.ca_owner by the issuer's organisation, else its common name; an issuer not listed there
-- stands for itself.
WITH named AS (SELECT DISTINCT issuer_o, issuer_cn FROM certificate),

listed AS (
    SELECT
        n.issuer_o,
        n.issuer_cn,
        arg_max(o.ca_owner, length(o.pattern)) AS ca_owner,
        arg_max(o.trust, length(o.pattern)) AS trust
    FROM named AS n
    JOIN facts.ca_owner AS o ON lower(coalesce(n.issuer_o, n.issuer_cn)) LIKE o.pattern
    GROUP BY n.issuer_o, n.issuer_cn
)

SELECT n.issuer_o, n.issuer_cn, coalesce(l.ca_owner, n.issuer_o, n.issuer_cn) AS ca_owner, l.trust
FROM named AS n
LEFT JOIN listed AS l
    ON l.issuer_o IS NOT DISTINCT FROM n.issuer_o AND l.issuer_cn IS NOT DISTINCT FROM n.issuer_cn
