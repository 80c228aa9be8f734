-- One row is one certificate of which a CA, a manager or a cloud keeps records, and what they last said of it by $as_of.
-- Where several records differ all values are kept: none of them is right because of its place in an order.
WITH newest AS (
    SELECT i.certificate, r.system, r.state, p.requester, p.approver
    FROM record AS r
    JOIN record_people($as_of) AS p ON p.system = r.system AND p.record_id = r.record_id
    JOIN (SELECT DISTINCT identity, certificate FROM issuance($as_of)) AS i ON i.identity = r.certificate
    WHERE r.observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY r.system, r.record_id ORDER BY r.observed_at DESC) = 1
)

SELECT
    certificate,
    list_sort(list(DISTINCT system)) AS record_systems,
    list_sort(coalesce(list(DISTINCT state) FILTER (WHERE trim(state) <> ''), [])) AS record_states,
    list_sort(coalesce(list(DISTINCT requester) FILTER (WHERE requester IS NOT NULL), [])) AS requesters,
    list_sort(coalesce(list(DISTINCT approver) FILTER (WHERE approver IS NOT NULL), [])) AS approvers
FROM newest
GROUP BY certificate
