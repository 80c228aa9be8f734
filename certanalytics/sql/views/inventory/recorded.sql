-- One row is one certificate of which a CA, a manager or a cloud keeps records, and what they last said of it by $as_of.
-- Where several records differ all values are kept: none of them is right because of its place in an order.
WITH newest AS (
    SELECT i.certificate, r.*
    FROM record AS r
    JOIN (SELECT DISTINCT identity, certificate FROM issuance($as_of)) AS i ON i.identity = r.certificate
    WHERE r.observed_at <= $as_of::TIMESTAMP
    QUALIFY rank() OVER (PARTITION BY r.system, r.record_id ORDER BY r.observed_at DESC) = 1
)

SELECT
    certificate,
    list_sort(list(DISTINCT system)) AS record_systems,
    list_sort(coalesce(list(DISTINCT state) FILTER (WHERE trim(state) <> ''), [])) AS record_states,
    list_sort(coalesce(list(DISTINCT requester) FILTER (WHERE trim(requester) <> ''), [])) AS requesters,
    list_sort(coalesce(list(DISTINCT approver) FILTER (WHERE trim(approver) <> ''), [])) AS approvers
FROM newest
GROUP BY certificate
