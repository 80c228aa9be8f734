-- One row is one endpoint and one cipher suite it offers, under its IANA name.
-- `suite` is as the tool wrote it where the facts do not know the name; nothing is then said of it.
WITH written AS MATERIALIZED (
    SELECT host, port, suite AS written, max(observed_at) AS observed_at
    FROM (SELECT host, port, observed_at, unnest(cipher_suites) AS suite FROM tls_look($as_of))
    GROUP BY host, port, suite
),

spelt AS (
    SELECT lower(suite) AS name, * FROM facts.tls_suite
    UNION ALL
    SELECT lower(openssl_name), * FROM facts.tls_suite WHERE openssl_name IS NOT NULL
),

meaning AS (
    SELECT w.written, s.suite, s.key_exchange, s.forward_secret, s.sp800_52r2
    FROM (SELECT DISTINCT written FROM written) AS w
    JOIN spelt AS s ON s.name = lower(w.written) AND s.effective_from <= $as_of::DATE
)

SELECT DISTINCT
    w.host,
    w.port,
    coalesce(m.suite, w.written) AS suite,
    m.suite IS NOT NULL AS is_known,
    m.key_exchange,
    m.forward_secret,
    m.sp800_52r2
FROM written AS w
LEFT JOIN meaning AS m ON m.written = w.written
