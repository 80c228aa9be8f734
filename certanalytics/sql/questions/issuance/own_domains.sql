-- One row is one registered domain the organisation holds certificates of, most certificates first.
-- About the organisation as a whole: a scope bounds whose certificates are judged, not which domains are its own.
SELECT registered_domain, certificates
FROM own_domain($as_of)
ORDER BY certificates DESC, registered_domain
