-- One row is one certificate and one ACME account that a client's configuration says it is renewed with.
SELECT DISTINCT
    certificate,
    coalesce(json_extract_string(attributes, 'server'), json_extract_string(attributes, 'ca'), system)
    || ' '
    || json_extract_string(attributes, 'account') AS acme_account
FROM management($as_of)
WHERE system IN ('certbot', 'caddy') AND json_extract_string(attributes, 'account') IS NOT NULL
