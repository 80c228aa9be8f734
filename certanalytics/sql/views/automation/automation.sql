-- One row is one certificate in service, and how far its renewal is automated: as a record states, and as evidence says.
-- `probability` is that of renewal without a person (level enrolled or above), from what issuance alone shows: the
-- logistic function of the summed log-odds of facts.automation_evidence, each piece listed in `evidence`. It is worked
-- out also where a level is stated, so that it can be measured against it, and absent where nothing but the prior is
-- known. A stated level is never overwritten.
WITH served AS MATERIALIZED (
    SELECT i.certificate, i.ca_owner, i.lifetime_days, h.renewals, h.lead_deviation_days, h.life_used, h.weekend_share
    FROM inventory($as_of) AS i
    LEFT JOIN renewal_history($as_of) AS h ON h.certificate = i.certificate
    WHERE i.in_service
),

measured AS (
    SELECT certificate, 'issuer' AS measure, ca_owner, 0.0::DOUBLE AS value, 0 AS renewals FROM served
    UNION ALL
    SELECT certificate, 'lifetime_days', NULL, lifetime_days, 0 FROM served WHERE lifetime_days IS NOT NULL
    UNION ALL
    SELECT certificate, 'lead_deviation_days', NULL, lead_deviation_days, renewals
    FROM served
    WHERE lead_deviation_days IS NOT NULL
    UNION ALL
    SELECT certificate, 'life_used', NULL, life_used, renewals FROM served WHERE life_used IS NOT NULL
    UNION ALL
    SELECT certificate, 'weekend_share', NULL, weekend_share, renewals FROM served WHERE weekend_share IS NOT NULL
),

weighed AS (
    SELECT
        m.certificate,
        round(sum(f.weight) + (SELECT weight FROM facts.automation_evidence WHERE measure = 'prior'), 6) AS score,
        list(f.says ORDER BY abs(f.weight) DESC, f.says) AS evidence
    FROM measured AS m
    JOIN facts.automation_evidence AS f
        ON
        f.measure = m.measure
        AND (f.ca_owner IS NULL OR f.ca_owner = m.ca_owner)
        AND m.value >= coalesce(f.at_least, m.value)
        AND (f.below IS NULL OR m.value < f.below)
        AND m.renewals >= f.least_renewals
    GROUP BY m.certificate
)

SELECT
    s.certificate,
    s.renewals,
    a.level,
    a.stage,
    a.said_by,
    w.score,
    1 / (1 + exp(-w.score)) AS probability,
    w.evidence,
    coalesce(
        a.stage >= (SELECT min(stage) FROM facts.automation_stage WHERE renews),
        1 / (1 + exp(-w.score)) >= (SELECT value FROM facts.threshold WHERE name = 'automated_probability')
    ) AS automated
FROM served AS s
LEFT JOIN stated_automation($as_of) AS a ON a.certificate = s.certificate
LEFT JOIN weighed AS w ON w.certificate = s.certificate
