-- One row is one name of an issuer as something in the estate writes it, and its parts in lower case, sorted: tools write
-- the parts of a name in either order, with and without spaces, and quote or escape a comma within one.
SELECT
    dn AS issuer_dn,
    list_sort(
        list_transform(
            string_split(replace(replace(lower(dn), '\', ''), '"', ''), ','),
            lambda p: regexp_replace(trim(p), '\s*=\s*', '=')
        )
    ) AS issuer_parts
FROM (
    SELECT issuer_dn AS dn FROM certificate
    UNION SELECT issuer_dn FROM revocation
    UNION SELECT issuer_dn FROM revocation_list
)
WHERE dn IS NOT NULL
