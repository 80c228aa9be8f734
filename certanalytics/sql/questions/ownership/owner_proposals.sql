-- One row is one certificate in service without an active owner and who most probably owns it, most probable first.
-- Below the cut-off owner_cutoff there is no proposal; a stated owner is never overwritten, and who left stays beside it.
SELECT
    i.certificate,
    i.subject_cn,
    i.hosts,
    i.days_left,
    i.business_unit,
    i.criticality,
    i.critical,
    i.owner_state,
    i.owner AS stated_owner,
    p.party,
    p.kind,
    p.name AS proposed,
    p.email AS proposed_email,
    p.probability,
    p.evidence,
    p.kinds
FROM inventory($as_of) AS i
JOIN proposed_owner($as_of) AS p ON p.certificate = i.certificate
WHERE i.in_service AND i.owner_state <> 'owned'
ORDER BY p.probability DESC, i.critical DESC, i.days_left, i.certificate
