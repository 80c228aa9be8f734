-- One row is one certificate presented now by one endpoint at one address, and what is wrong with the chain it sent.
-- A verdict is NULL where it cannot be told: the tool shows no chain, or a certificate in it is known by fingerprint
-- alone. `in_order`: each certificate is signed by the next (RFC 5246 section 7.4.2; RFC 8446 section 4.4.2 asks for it
-- and lets clients cope). `complete`: from the server's certificate the chain climbs to a root known to the estate,
-- which itself need not be sent, though what another root says of that one may be; false where the CA certificate above its last step is known and is no root, NULL
-- where it is not known: it may be a root nobody has loaded. What is self-signed has no chain.
WITH served AS MATERIALIZED (
    SELECT s.*, s.chain[2:] AS tail, c.issuer_dn, c.authority_key_id, coalesce(c.is_self_issued, false) AS is_self_signed
    FROM served_chain($as_of) AS s
    JOIN certificate AS c ON c.identity = s.certificate
),

-- Thousands of servers send the same certificates above their own: those are looked at once.
numbered AS MATERIALIZED (
    SELECT tail, row_number() OVER (ORDER BY tail) AS number FROM (SELECT DISTINCT tail FROM served WHERE len(tail) > 0)
),

member AS MATERIALIZED (
    SELECT
        t.number,
        t.place,
        c.subject_dn,
        coalesce(c.subject_cn, c.subject_dn) AS name,
        c.subject_key_id,
        c.issuer_dn,
        c.authority_key_id,
        coalesce(c.is_self_issued, c.subject_dn = c.issuer_dn, false) AS is_root,
        c.not_after < $as_of::TIMESTAMP AS has_ended
    FROM (
        SELECT number, tail[place] AS identity, place
        FROM (SELECT number, tail, unnest(range(1, len(tail) + 1)) AS place FROM numbered)
    ) AS t
    LEFT JOIN (
        SELECT identity, any_value(certificate) AS certificate
        FROM issuance($as_of)
        GROUP BY identity
        HAVING count(DISTINCT certificate) = 1
    ) AS i ON i.identity = t.identity
    LEFT JOIN certificate AS c ON c.identity = i.certificate
),

tail_order AS (
    SELECT
        a.number,
        bool_or(b.subject_dn <> a.issuer_dn OR (b.subject_key_id = a.authority_key_id) IS FALSE) AS is_broken,
        bool_or(b.subject_dn IS NULL OR a.issuer_dn IS NULL) AS is_unknown
    FROM member AS a
    JOIN member AS b ON b.number = a.number AND b.place = a.place + 1
    GROUP BY a.number
),

tail_content AS (
    SELECT
        number,
        bool_or(is_root) AS sends_root,
        bool_or(subject_dn IS NULL) AS has_unknown,
        bool_or(subject_dn IS NOT NULL AND has_ended IS NULL) AS has_undated,
        list_sort(list(DISTINCT name) FILTER (WHERE has_ended)) AS ended_cas
    FROM member
    GROUP BY number
),

start AS MATERIALIZED (
    SELECT DISTINCT n.number, s.issuer_dn, s.authority_key_id
    FROM served AS s
    LEFT JOIN numbered AS n ON n.tail = s.tail
    WHERE s.chain_told AND s.issuer_dn IS NOT NULL AND NOT s.is_self_signed
),

-- A root that another one vouches for is a root all the same: a client that knows it climbs no further.
root AS MATERIALIZED (SELECT DISTINCT subject_dn, subject_key_id FROM authority($as_of) WHERE is_root),

walk AS (
    WITH RECURSIVE step AS (
        SELECT
            number,
            issuer_dn AS from_dn,
            authority_key_id AS from_key,
            issuer_dn AS dn,
            authority_key_id AS key_id,
            false AS is_root,
            0 AS depth
        FROM start
        UNION
        SELECT s.number, s.from_dn, s.from_key, m.issuer_dn, m.authority_key_id, m.is_root, s.depth + 1
        FROM step AS s
        JOIN member AS m
            ON m.number = s.number AND m.subject_dn = s.dn AND (m.subject_key_id = s.key_id) IS NOT FALSE
        WHERE NOT s.is_root AND s.depth < 10
    )
    SELECT
        s.number,
        s.from_dn,
        s.from_key,
        arg_max(s.dn, s.depth) AS dn,
        arg_max(s.key_id, s.depth) AS key_id,
        bool_or(s.is_root OR r.subject_dn IS NOT NULL) AS reaches_root
    FROM step AS s
    LEFT JOIN root AS r ON r.subject_dn = s.dn AND (r.subject_key_id = s.key_id) IS NOT FALSE
    GROUP BY s.number, s.from_dn, s.from_key
),

above AS (
    SELECT w.dn, w.key_id, max(a.authority) AS authority
    FROM (SELECT DISTINCT dn, key_id FROM walk) AS w
    JOIN authority($as_of) AS a
        ON NOT a.is_root AND a.subject_dn = w.dn AND (a.subject_key_id = w.key_id) IS NOT FALSE
    GROUP BY w.dn, w.key_id
)

SELECT
    s.certificate,
    s.host,
    s.port,
    s.ip,
    s.endpoint,
    s.observed_at,
    s.is_self_signed,
    s.chain_told,
    if(s.chain_told, len(s.chain), NULL) AS sent,
    CASE
        WHEN s.is_self_signed OR NOT s.chain_told OR len(s.tail) = 0 THEN NULL
        WHEN first.subject_dn <> s.issuer_dn OR (first.subject_key_id = s.authority_key_id) IS FALSE THEN false
        WHEN o.is_broken THEN false
        WHEN first.subject_dn IS NULL OR s.issuer_dn IS NULL OR o.is_unknown THEN NULL
        ELSE true
    END AS in_order,
    CASE
        WHEN s.is_self_signed OR NOT s.chain_told OR s.issuer_dn IS NULL THEN NULL
        WHEN w.reaches_root THEN true
        WHEN coalesce(t.has_unknown, false) THEN NULL
        WHEN u.authority IS NOT NULL THEN false
    END AS complete,
    if(w.reaches_root OR coalesce(t.has_unknown, false), NULL, w.dn) AS missing_issuer,
    if(w.reaches_root OR coalesce(t.has_unknown, false), NULL, u.authority) AS missing_authority,
    if(s.is_self_signed OR NOT s.chain_told, NULL, coalesce(t.sends_root, false)) AS sends_root,
    if(s.is_self_signed OR NOT s.chain_told, NULL, if(t.has_undated, t.ended_cas, coalesce(t.ended_cas, []))) AS ended_cas
FROM served AS s
LEFT JOIN numbered AS n ON n.tail = s.tail
LEFT JOIN member AS first ON first.number = n.number AND first.place = 1
LEFT JOIN tail_order AS o ON o.number = n.number
LEFT JOIN tail_content AS t ON t.number = n.number
LEFT JOIN walk AS w
    ON
    w.number IS NOT DISTINCT FROM n.number
    AND w.from_dn = s.issuer_dn
    AND w.from_key IS NOT DISTINCT FROM s.authority_key_id
    AND s.chain_told
    AND NOT s.is_self_signed
LEFT JOIN above AS u ON u.dn = w.dn AND u.key_id IS NOT DISTINCT FROM w.key_id
