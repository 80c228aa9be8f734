-- One row is of how many certificates in service validity, names, purposes and pointers can be judged.
-- Rules of the CA/B Forum bind publicly trusted certificates alone, each from the day of issue it names.
SELECT
    count(*) AS in_service,
    count(*) FILTER (WHERE i.trust = 'public') AS "public",
    count(*) FILTER (WHERE i.trust IN ('private', 'self-signed')) AS "private",
    count(*) FILTER (WHERE i.trust = 'unknown') AS trust_unknown,
    count(*) FILTER (WHERE i.trust = 'public' AND i.lifetime_days IS NULL) AS undated,
    count(*) FILTER (WHERE c.names_known) AS names_known,
    count(*) FILTER (WHERE len(i.names) > 0) AS named,
    count(*) FILTER (WHERE c.purposes_known) AS purposes_known,
    count(*) FILTER (WHERE i.trust = 'public' AND c.purposes_known) AS public_purposes_known,
    count(*) FILTER (WHERE i.trust = 'public' AND c.pointers_known) AS pointers_known,
    count(*) FILTER (
        WHERE
            i.trust = 'public'
            AND c.pointers_known
            AND i.lifetime_days IS NOT NULL
            AND i.not_before >= (SELECT min(issued_from) FROM facts.short_lived)
    ) AS revocation_judged,
    count(*) FILTER (WHERE i.trust = 'public' AND c.pointers_known AND NOT i.is_precert) AS final_known
FROM inventory($as_of) AS i
JOIN certificate_content($as_of) AS c ON c.certificate = i.certificate
WHERE i.in_service
ORDER BY in_service
