-- One row is one issuer of revocation lists, and its newest list loaded by $as_of.
-- `state`: 'current' until its next update; 'ended' once that has passed; 'open' where it names no next update (RFC 5280
-- section 5.1.2.5 asks for one). A list that has ended may have been replaced since: what is loaded does not say.
SELECT
    issuer_dn,
    authority_key_id,
    issuer_parts,
    this_update,
    next_update,
    entries,
    crl_number,
    path,
    CASE
        WHEN next_update IS NULL THEN 'open'
        WHEN next_update >= $as_of::TIMESTAMP THEN 'current'
        ELSE 'ended'
    END AS state
FROM revocation_list
JOIN issuer_spelling USING (issuer_dn)
WHERE this_update <= $as_of::TIMESTAMP AND observed_at <= $as_of::TIMESTAMP
QUALIFY
    row_number() OVER (
        PARTITION BY issuer_dn, authority_key_id
        ORDER BY this_update DESC, next_update DESC NULLS LAST, entries DESC, path
    ) = 1
