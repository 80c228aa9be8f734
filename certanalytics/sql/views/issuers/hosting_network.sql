-- One row is one certificate presented by one endpoint at one address, and the network that address lies in.
-- Networks are of the size that is routed on the Internet: /24 of IPv4, /48 of IPv6, an IPv4 address written as one of
-- IPv6 taken for what it is. Which autonomous system announces it no loaded export tells. Absent where the scan gave
-- no address.
WITH place AS MATERIALIZED (
    SELECT certificate, endpoint, ip FROM presented($as_of)
),

-- Both sides of `::`, which stands for as many groups of zeros as are missing from eight.
written AS (
    SELECT
        ip,
        list_filter(string_split(split_part(address, '::', 1), ':'), lambda g: g <> '') AS head,
        list_filter(string_split(split_part(address, '::', 2), ':'), lambda g: g <> '') AS tail,
        regexp_extract(address, '(\d+\.\d+\.\d+)\.\d+$', 1) AS dotted,
        contains(address, ':') AS is_six,
        starts_with(address, '::ffff:') AS is_mapped
    FROM (SELECT DISTINCT ip, lower(split_part(ip, '%', 1)) AS address FROM place WHERE ip IS NOT NULL)
),

network AS (
    SELECT
        ip,
        CASE
            WHEN dotted <> '' AND (is_mapped OR NOT is_six) THEN dotted || '.0/24'
            WHEN is_six
                THEN array_to_string(
                    list_transform(
                        list_concat(
                            head,
                            list_transform(range(greatest(8 - len(head) - len(tail), 0)), lambda n: '0'),
                            tail
                        )[1:3],
                        lambda g: coalesce(nullif(ltrim(g, '0'), ''), '0')
                    ),
                    ':'
                )
                || '::/48'
        END AS network
    FROM written
)

SELECT p.certificate, p.endpoint, p.ip, n.network
FROM place AS p
LEFT JOIN network AS n ON n.ip = p.ip
