-- One row is one kind of evidence that a party owns a certificate in service for which none is stated at $as_of.
-- Evidence is what a certificate shares with others whose owner is stated: it speaks for the party that owns more than
-- half of them, and for nobody where more than evidence_group_owners parties own them; besides, whoever asked for it. A
-- kind counts once, however many certificates agree. Rows with `hiding` are a test: they are for
-- certificates of held-out name sets, whose stated owners are taken for unknown to see how often the evidence is right.
WITH shown AS MATERIALIZED (SELECT DISTINCT certificate, host, ip FROM presented($as_of)),

known_owner AS MATERIALIZED (SELECT * FROM owner_known($as_of)),

-- What is known, and what is asked, with the held-out owners hidden and without.
side AS MATERIALIZED (
    SELECT
        k.certificate,
        m.hiding,
        if(m.hiding AND k.held_out, NULL, k.owner) AS owner,
        if(m.hiding, k.held_out AND k.owner IS NOT NULL, k.owner IS NULL) AS asked
    FROM known_owner AS k
    CROSS JOIN (VALUES (false), (true)) AS m (hiding)
),

requested AS MATERIALIZED (
    SELECT DISTINCT i.certificate, r.system, lower(trim(r.requester)) AS requester
    FROM current_record($as_of) AS r
    JOIN issuance($as_of) AS i ON i.identity = r.identity
    WHERE trim(r.requester) <> ''
),

zone AS MATERIALIZED (
    SELECT lower(rtrim(zone, '.')) AS zone FROM dns_record WHERE zone IS NOT NULL
    UNION
    SELECT lower(rtrim(name, '.')) FROM dns_record WHERE upper(record_type) = 'NS'
),

called AS MATERIALIZED (
    SELECT k.certificate, n.name, n.registered_domain
    FROM known_owner AS k
    JOIN name AS n ON n.identity = k.certificate
    WHERE n.kind <> 'ip'
),

above AS (
    SELECT name, registered_domain, array_to_string(labels[cut:], '.') AS zone
    FROM (
        SELECT
            name,
            registered_domain,
            string_split(name, '.') AS labels,
            unnest(range(1, len(string_split(name, '.')) + 1)) AS cut
        FROM (SELECT DISTINCT name, registered_domain FROM called)
        WHERE EXISTS (SELECT 1 FROM zone)
    )
),

zone_of AS (
    SELECT a.name, arg_max(a.zone, length(a.zone)) AS zone
    FROM above AS a
    JOIN zone AS z ON z.zone = a.zone
    WHERE length(a.zone) > length(a.registered_domain)
    GROUP BY a.name
),

-- What certificates can share, with what others: the members of each group.
shared AS MATERIALIZED (
    SELECT k.certificate, 'same key' AS kind, c.spki_sha256 AS common
    FROM known_owner AS k
    JOIN certificate AS c ON c.identity = k.certificate
    WHERE c.spki_sha256 IS NOT NULL
    UNION
    SELECT certificate, 'same names', array_to_string(names, ' ') FROM known_owner WHERE len(names) > 0
    UNION
    SELECT certificate, 'shared name', name FROM called
    UNION
    SELECT c.certificate, 'zone', z.zone FROM called AS c JOIN zone_of AS z ON z.name = c.name
    UNION
    SELECT certificate, 'sibling', substr(name, instr(name, '.') + 1)
    FROM called
    WHERE length(name) - instr(name, '.') > length(registered_domain)
    UNION
    SELECT certificate, 'domain', registered_domain FROM called WHERE registered_domain IS NOT NULL
    UNION
    SELECT certificate, 'service', service FROM known_owner WHERE service IS NOT NULL
    UNION
    SELECT certificate, 'host', host FROM shown
    UNION
    SELECT certificate, 'host', ip FROM shown WHERE ip IS NOT NULL
    UNION
    SELECT certificate, 'subnet', regexp_extract(ip, '^(\d+\.\d+\.\d+)\.\d+$', 1) || '.0/24'
    FROM shown
    WHERE regexp_matches(ip, '^\d+\.\d+\.\d+\.\d+$')
    UNION
    SELECT certificate, 'account', requester || ' in ' || system FROM requested
),

owned AS (
    SELECT k.hiding, s.kind, s.common, k.owner, count(*) AS certificates
    FROM shared AS s
    JOIN side AS k ON k.certificate = s.certificate
    WHERE k.owner IS NOT NULL
    GROUP BY k.hiding, s.kind, s.common, k.owner
),

-- The candidate: more than half, so there is one at most.
speaks AS (
    SELECT hiding, kind, common, arg_max(owner, certificates) AS party, max(certificates) AS certificates
    FROM owned
    GROUP BY hiding, kind, common
    HAVING
        count(*) <= (SELECT value FROM facts.threshold WHERE name = 'evidence_group_owners')
        AND 2 * max(certificates) > sum(certificates)
),

asked AS MATERIALIZED (
    SELECT certificate, hiding FROM side WHERE asked AND certificate IN (SELECT certificate FROM shown)
),

found AS (
    SELECT a.certificate, a.hiding, s.kind, p.party, s.common, p.certificates
    FROM asked AS a
    JOIN shared AS s ON s.certificate = a.certificate
    JOIN speaks AS p ON p.hiding = a.hiding AND p.kind = s.kind AND p.common = s.common
    UNION ALL
    SELECT a.certificate, a.hiding, 'requester', d.party, r.requester, NULL
    FROM asked AS a
    JOIN requested AS r ON r.certificate = a.certificate
    JOIN directory($as_of) AS d ON d.reference = r.requester
    WHERE d.active
)

SELECT
    f.certificate,
    f.hiding,
    f.party,
    f.kind,
    e.family,
    e.weight,
    sum(f.certificates)::BIGINT AS certificates,
    list_sort(list(DISTINCT f.common))[1:3] AS common
FROM found AS f
JOIN facts.ownership_evidence AS e ON e.kind = f.kind
GROUP BY f.certificate, f.hiding, f.party, f.kind, e.family, e.weight
