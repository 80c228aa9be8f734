-- One row is one certificate and the issuer it names: the name and the identifier of the key that signed it.
SELECT identity AS certificate, issuer_dn, authority_key_id, not_before, not_after, signature_algorithm
FROM certificate
WHERE issuer_dn IS NOT NULL AND is_self_issued IS NOT TRUE
