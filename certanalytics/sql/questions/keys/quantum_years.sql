-- One row is one year in which quantum-vulnerable certificates in service end, set against the sunset of their keys.
-- Each counts once: where it outlives the year its key is disallowed after, else deprecated after, else in time.
SELECT
    year(not_after)::INTEGER AS year,
    count(*) FILTER (WHERE outlives_disallowance IS NOT TRUE AND outlives_deprecation IS NOT TRUE) AS in_time,
    count(*) FILTER (WHERE outlives_disallowance IS NOT TRUE AND outlives_deprecation) AS deprecated,
    count(*) FILTER (WHERE outlives_disallowance) AS disallowed
FROM inventory($as_of)
WHERE in_service AND quantum_vulnerable AND not_after IS NOT NULL
GROUP BY year(not_after)
ORDER BY year
