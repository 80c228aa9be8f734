-- One row is one combination of key usage, extended key usage and key algorithm in the estate, and the rules it breaks.
-- A rule `holds` where one of its values is there, `lacks` where the extension is there without any of them, `absent`
-- where a certificate seen in full has no such extension. Whom a rule applies to and since when depends on the certificate.
WITH kind AS (
    SELECT DISTINCT
        coalesce(key_usage, []) AS key_usage,
        coalesce(extended_key_usage, []) AS extended_key_usage,
        key_algorithm,
        coalesce(is_ca, false) AS is_ca,
        evidence = 'der' AS whole
    FROM certificate
)

SELECT
    k.key_usage,
    k.extended_key_usage,
    k.key_algorithm,
    k.is_ca,
    k.whole,
    list({'reason': r.reason, 'applies_to': r.applies_to, 'issued_from': r.issued_from::TIMESTAMP} ORDER BY r.reason)
        AS broken
FROM kind AS k
JOIN facts.purpose_rule AS r
    ON
    r.issued_from <= $as_of::TIMESTAMP
    AND (r.key_algorithm IS NULL OR r.key_algorithm = k.key_algorithm)
    AND NOT (r.unless_ca AND k.is_ca)
    AND CASE r.rule
        WHEN 'absent' THEN k.whole AND len(if(r.extension = 'key usage', k.key_usage, k.extended_key_usage)) = 0
        WHEN 'holds'
            THEN list_has_any(
                if(r.extension = 'key usage', k.key_usage, k.extended_key_usage), string_split(r."values", ';')
            )
        ELSE
            len(if(r.extension = 'key usage', k.key_usage, k.extended_key_usage)) > 0
            AND NOT list_has_any(
                if(r.extension = 'key usage', k.key_usage, k.extended_key_usage), string_split(r."values", ';')
            )
    END
GROUP BY k.key_usage, k.extended_key_usage, k.key_algorithm, k.is_ca, k.whole
