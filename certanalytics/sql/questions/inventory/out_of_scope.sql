-- One row is one kind of certificate that is known and is no TLS server certificate, with how many there are.
-- They are no part of the inventory, so no scope bounds them.
SELECT purpose, count(*) AS certificates
FROM purpose($as_of)
WHERE purpose <> 'server'
GROUP BY purpose
ORDER BY certificates DESC, purpose
