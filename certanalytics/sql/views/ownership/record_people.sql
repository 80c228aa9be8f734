-- One row is one record of a CA or manager, and who by $as_of was last said to have asked for it and approved it.
-- One export of a system may name the one and another the other: DigiCert's orders name who asked, its requests who
-- approved. `tells_requester`, `tells_approver`: the record stands in a file that names any, so that none is told there.
WITH told AS (
    SELECT
        system,
        record_id,
        load,
        observed_at,
        nullif(trim(requester), '') AS requester,
        nullif(trim(approver), '') AS approver
    FROM record
    WHERE observed_at <= $as_of::TIMESTAMP
),

file AS (
    SELECT system, load, count(requester) > 0 AS requesters, count(approver) > 0 AS approvers FROM told GROUP BY system, load
)

SELECT
    t.system,
    t.record_id,
    first(t.requester ORDER BY t.observed_at DESC, t.requester) FILTER (WHERE t.requester IS NOT NULL) AS requester,
    first(t.approver ORDER BY t.observed_at DESC, t.approver) FILTER (WHERE t.approver IS NOT NULL) AS approver,
    bool_or(f.requesters) AS tells_requester,
    bool_or(f.approvers) AS tells_approver
FROM told AS t
JOIN file AS f ON f.system = t.system AND f.load = t.load
GROUP BY t.system, t.record_id
