-- One row is the public certificates in service that were issued under one limit of validity, oldest limit first.
-- The day of issue is notBefore; `max_days` is absent for those issued before the first limit in facts.validity_limit.
SELECT
    l.issued_from::TIMESTAMP AS issued_from,
    l.max_days,
    count(*) AS certificates,
    count(*) FILTER (WHERE i.lifetime_days > l.max_days) AS over,
    max(i.lifetime_days) AS longest_days,
    quantile_disc(i.lifetime_days, 0.5) AS median_days
FROM inventory($as_of) AS i
ASOF LEFT JOIN facts.validity_limit AS l ON i.not_before >= l.issued_from
WHERE i.in_service AND i.trust = 'public' AND i.lifetime_days IS NOT NULL
GROUP BY l.issued_from, l.max_days
ORDER BY l.issued_from NULLS FIRST
