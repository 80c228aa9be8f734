-- One row is one TLS server certificate known at $as_of, who is stated to own it, and whether that is hidden in a test.
-- Only owners who have not left count. Whether it is hidden hangs on all its names, so that a certificate and its renewal
-- are hidden together, and on nothing else: the same certificates are hidden at every call.
SELECT
    e.certificate,
    e.names,
    if(o.owner_state = 'owned', o.owner_party, NULL) AS owner,
    o.service,
    instr('0123456789abcdef', substr(md5(array_to_string(e.names, ' ')), 1, 1))
    <= 16 * (SELECT value FROM facts.threshold WHERE name = 'owner_held_out_share') AS held_out
FROM end_entity($as_of) AS e
LEFT JOIN ownership($as_of) AS o ON o.certificate = e.certificate
