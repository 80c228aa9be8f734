-- One row is one certificate, and the key it is signed with where that is known.
-- A key is told by the hash of the public key where a CA certificate of the issuer's name and key identifier was met,
-- else by the authority key identifier itself. An identifier shorter than key_identifier_digits is a CA's own number
-- and tells nothing without the CA's name. A name alone is no key.
WITH authority AS MATERIALIZED (
    SELECT c.subject_dn, c.subject_key_id, min(c.spki_sha256) AS spki_sha256
    FROM known($as_of) AS k
    JOIN certificate AS c ON c.identity = k.identity
    WHERE c.is_ca AND c.subject_key_id IS NOT NULL
    GROUP BY c.subject_dn, c.subject_key_id
)

SELECT
    c.identity AS certificate,
    coalesce(
        'public key ' || a.spki_sha256,
        if(
            length(c.authority_key_id) >= (SELECT value FROM facts.threshold WHERE name = 'key_identifier_digits'),
            'key identifier ' || c.authority_key_id,
            'key identifier ' || c.authority_key_id || ' of ' || c.issuer_dn
        )
    ) AS issuing_key
FROM certificate AS c
LEFT JOIN authority AS a ON a.subject_dn = c.issuer_dn AND a.subject_key_id = c.authority_key_id
WHERE c.authority_key_id IS NOT NULL
