-- One row is one endpoint whose TLS was looked at, and what can be said of it as a whole at $as_of.
-- `obsolete`: it offers a version an RFC has ended; false where SSL 3.0, TLS 1.0 and TLS 1.1 were asked for and it does
-- not (SSL 2.0 is in `not_asked` where it was not). `conforms`: by NIST SP 800-52 Rev. 2 as for servers of the
-- government alone: false where it offers what they shall not, or lacks what they shall offer, or offers a suite not
-- listed; true where all of that was asked for. `decryptable`: whether a copy of the server's key decrypts what a
-- monitor recorded: 'all', 'some' or 'none' of the suites it offers. `key_exchange` is 'pq', 'hybrid', 'classical' or
-- 'unknown': a hybrid group goes with TLS 1.3 alone, and a tool that does not ask for it cannot miss it.
WITH look AS MATERIALIZED (
    SELECT
        host,
        port,
        max(observed_at) AS observed_at,
        list_sort(list(DISTINCT source)) AS sources,
        count(DISTINCT ip) AS addresses,
        count(DISTINCT ip) FILTER (WHERE asked_suites) AS asked_addresses,
        bool_or(asked_suites AND ip IS NULL) AS asked_without_address,
        list_distinct(flatten(list(key_groups))) AS key_groups
    FROM tls_look($as_of)
    GROUP BY host, port
),

version AS MATERIALIZED (
    SELECT
        e.host,
        e.port,
        list_sort(list(v.label) FILTER (WHERE e.offered)) AS versions,
        list_sort(list(v.label) FILTER (WHERE e.offered IS NULL)) AS not_asked,
        list_sort(list(v.label) FILTER (WHERE e.offered AND v.obsolete_by IS NOT NULL)) AS obsolete_versions,
        bool_or(e.offered AND v.obsolete_by IS NOT NULL) AS is_obsolete,
        bool_and(e.offered IS NOT NULL) FILTER (WHERE v.obsolete_by IS NOT NULL AND v.version <> 'SSLv2') AS all_told,
        bool_or(e.offered AND v.government_only = 'shall not') AS shall_not,
        bool_and(e.offered IS NOT NULL) FILTER (WHERE v.government_only = 'shall not') AS shall_not_told,
        CASE
            WHEN bool_or(e.offered IS FALSE AND v.government_only = 'shall') THEN false
            WHEN bool_or(e.offered IS NULL AND v.government_only = 'shall') THEN NULL
            ELSE bool_or(v.government_only = 'shall')
        END AS shall,
        bool_or(e.offered) FILTER (WHERE e.version = 'TLSv1.3') AS tls13
    FROM endpoint_version($as_of) AS e
    JOIN tls_version_rule($as_of) AS v ON v.version = e.version
    GROUP BY e.host, e.port
),

suite AS (
    SELECT
        host,
        port,
        count(*) AS suites,
        count(*) FILTER (WHERE NOT is_known) AS unnamed,
        count(*) FILTER (WHERE sp800_52r2 = 'not listed') AS not_listed,
        count(*) FILTER (WHERE sp800_52r2 = 'transition only') AS transition_only,
        count(*) FILTER (WHERE forward_secret) AS forward_secret,
        count(*) FILTER (WHERE NOT forward_secret) AS not_forward_secret,
        list_sort(list(suite) FILTER (WHERE sp800_52r2 IN ('not listed', 'transition only')))[1:5] AS suites_to_end
    FROM endpoint_suite($as_of)
    GROUP BY host, port
),

exchange AS (
    SELECT g.host, g.port, bool_or(f.kind = 'pq') AS pq, bool_or(f.kind = 'hybrid') AS hybrid
    FROM (SELECT host, port, unnest(key_groups) AS written FROM look) AS g
    JOIN (SELECT unnest(string_split(written, ';')) AS written, kind FROM facts.tls_group) AS f
        ON f.written = lower(g.written)
    GROUP BY g.host, g.port
),

joined AS (
    SELECT
        l.host,
        l.port,
        if(contains(l.host, ':'), '[' || l.host || ']', l.host) || coalesce(':' || l.port, '') AS endpoint,
        l.observed_at,
        l.sources,
        coalesce(v.versions, []) AS versions,
        coalesce(v.not_asked, []) AS not_asked,
        coalesce(v.obsolete_versions, []) AS obsolete_versions,
        CASE WHEN v.is_obsolete THEN true WHEN v.all_told THEN false END AS obsolete,
        v.tls13,
        coalesce(s.suites, 0) AS suites,
        coalesce(s.unnamed, 0) AS unnamed_suites,
        coalesce(s.suites_to_end, []) AS suites_to_end,
        -- Suites are all known where each address was asked for them and each has a name in the facts.
        coalesce(
            if(l.addresses > 1, l.asked_addresses = l.addresses, l.asked_addresses > 0 OR l.asked_without_address)
            AND s.suites > 0
            AND s.unnamed = 0,
            false
        ) AS suites_told,
        coalesce(s.not_listed, 0) AS not_listed,
        coalesce(s.transition_only, 0) AS transition_only,
        coalesce(s.forward_secret, 0) AS forward_secret,
        coalesce(s.not_forward_secret, 0) AS not_forward_secret,
        v.shall_not,
        v.shall_not_told,
        v.shall,
        CASE
            WHEN x.pq THEN 'pq'
            WHEN x.hybrid THEN 'hybrid'
            WHEN v.tls13 IS FALSE THEN 'classical'
            ELSE 'unknown'
        END AS key_exchange
    FROM look AS l
    LEFT JOIN version AS v ON v.host = l.host AND v.port IS NOT DISTINCT FROM l.port
    LEFT JOIN suite AS s ON s.host = l.host AND s.port IS NOT DISTINCT FROM l.port
    LEFT JOIN exchange AS x ON x.host = l.host AND x.port IS NOT DISTINCT FROM l.port
)

SELECT
    * EXCLUDE (shall_not, shall_not_told, shall, forward_secret, not_forward_secret),
    CASE
        WHEN not_listed + transition_only > 0 THEN true
        WHEN suites_told THEN false
    END AS has_suites_to_end,
    CASE
        WHEN shall_not OR shall IS FALSE OR not_listed + transition_only > 0 THEN false
        WHEN shall_not_told AND shall AND suites_told THEN true
    END AS conforms,
    -- A suite that needs a copied key and one that defeats it make 'some', however few of the others are known.
    CASE
        WHEN forward_secret > 0 AND not_forward_secret > 0 THEN 'some'
        WHEN suites_told AND not_forward_secret = suites THEN 'all'
        WHEN suites_told AND forward_secret = suites THEN 'none'
        ELSE 'unknown'
    END AS decryptable
FROM joined
