-- One row is one reason why endpoints gave no certificate when last tried, most endpoints first.
-- Without a certificate no scope bounds them: a scope is about certificates.
SELECT outcome, count(*) AS endpoints, list_sort(list(host || coalesce(':' || port, '')))[1:5] AS examples
FROM unanswered_endpoint($as_of)
GROUP BY outcome
ORDER BY endpoints DESC, outcome
