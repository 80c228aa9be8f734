-- One row is one endpoint at an address that was looked at by $as_of, or one address of an asset, and its network range.
-- A range is the /24 of an IPv4 address, the /48 of an IPv6 address. An asset's address nobody looked at has no time.
WITH looked AS (
    SELECT
        -- An IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2) is that IPv4 address.
        regexp_replace(coalesce(ip, host), '^::ffff:([0-9.]+)$', '\1') AS address,
        host,
        port,
        max(observed_at) AS observed_at,
        bool_or(answered) AS answered
    FROM look($as_of)
    GROUP BY ALL
),

placed AS (
    SELECT address, host, port, observed_at, answered
    FROM looked
    WHERE regexp_full_match(address, '[0-9]{1,3}([.][0-9]{1,3}){3}') OR contains(address, ':')
    UNION ALL
    SELECT DISTINCT ip, NULL, NULL::BIGINT, NULL::TIMESTAMP, NULL::BOOLEAN
    FROM current_asset($as_of)
    WHERE
        (regexp_full_match(ip, '[0-9]{1,3}([.][0-9]{1,3}){3}') OR contains(ip, ':'))
        AND ip NOT IN (SELECT address FROM looked)
),

-- `::` stands for as many groups of zeros as are missing (RFC 4291 section 2.2); three groups are 48 bits.
grouped AS (
    SELECT
        *,
        list_filter(string_split(split_part(address, '::', 1), ':'), lambda part: part <> '') AS before,
        list_filter(string_split(split_part(address, '::', 2), ':'), lambda part: part <> '') AS after
    FROM placed
)

SELECT
    CASE
        WHEN NOT contains(address, ':') THEN array_to_string(string_split(address, '.')[1:3], '.') || '.0/24'
        ELSE
            regexp_replace(
                array_to_string(
                    list_transform(
                        list_concat(
                            before,
                            string_split(repeat('0,', greatest(7 - len(before) - len(after), 0)) || '0', ','),
                            after
                        )[1:3],
                        lambda part: coalesce(nullif(ltrim(part, '0'), ''), '0')
                    ),
                    ':'
                ),
                '(^|:)0(:0)*$',
                ''
            ) || '::/48'
    END AS network,
    address,
    host,
    port,
    observed_at,
    answered
FROM grouped
