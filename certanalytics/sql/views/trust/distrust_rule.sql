-- One row is one rule by which one programme no longer trusts a root at $as_of.
-- From the facts, and from the lists of CAs that were loaded: a root with a date after which the programme does not trust
-- what it signs (`not_before`), or one it has removed. `basis`: what is held against the cut-off: the beginning of a
-- certificate (`not_before`), its earliest SCT (`sct`), nothing (`removed`).
SELECT programme, ca_owner, root_sha256, root_name, root_o, basis, cutoff::TIMESTAMP AS cutoff, source
FROM facts.distrust
WHERE effective_from <= $as_of::DATE
UNION
SELECT
    l.programme,
    l.ca_owner,
    c.sha256,
    coalesce(c.subject_cn, c.subject_ou),
    c.subject_o,
    if(l.distrusted_after IS NULL, 'removed', 'not_before'),
    l.distrusted_after,
    l.system || ' list'
FROM (
    SELECT *
    FROM ca_listing
    QUALIFY
        rank() OVER (
            PARTITION BY programme, certificate
            ORDER BY observed_at > $as_of::TIMESTAMP, abs(epoch_us(observed_at) - epoch_us($as_of::TIMESTAMP))
        ) = 1
) AS l
JOIN certificate AS c ON c.identity = l.certificate
WHERE
    l.record_type IS DISTINCT FROM 'intermediate'
    AND (l.distrusted_after <= $as_of::TIMESTAMP OR (l.distrusted_after IS NULL AND lower(trim(l.status)) = 'removed'))
