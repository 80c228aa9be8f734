-- One row is what can be said of how certificates known from one place are known from others.
-- A find is a valid public certificate that was logged more than reconcile_hours ago; it is reconciled once it is
-- matched at the confidence asked for and has an active owner.
SELECT
    count(*) AS certificates,
    count(*) FILTER (WHERE found) AS finds,
    count(*) FILTER (WHERE found AND matched AND owned) AS reconciled,
    count(*) FILTER (WHERE logged) AS logged,
    count(*) FILTER (WHERE logged AND NOT matched) AS shadow,
    count(*) FILTER (WHERE served AND public) AS served_public,
    count(*) FILTER (WHERE served AND public AND embedded_scts IS NULL AND NOT in_log) AS served_public_unread,
    count(*) FILTER (WHERE served AND public AND embedded_scts = 0 AND NOT in_log) AS no_sign_of_log
FROM (
    SELECT
        r.in_log,
        r.embedded_scts,
        i.in_service AS served,
        i.trust = 'public' AS public,
        i.owner_state = 'owned' AS owned,
        i.trust = 'public' AND r.in_log AND i.ended IS NOT TRUE AS logged,
        i.trust = 'public'
        AND r.in_log
        AND i.ended IS NOT TRUE
        AND i.first_seen
        < $as_of::TIMESTAMP - to_hours((SELECT value::INTEGER FROM facts.threshold WHERE name = 'reconcile_hours')) AS found,
        coalesce(r.match_confidence, 0)
        >= (SELECT value FROM facts.threshold WHERE name = 'match_confidence') AS matched
    FROM inventory($as_of) AS i
    JOIN reconciliation($as_of) AS r ON r.certificate = i.certificate
)
ORDER BY certificates
