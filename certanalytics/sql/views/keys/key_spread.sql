-- One row is one public key of certificates in service: how many sets of names it serves, and how many hosts present it.
-- A certificate without names counts by its subject. `name_sets` is not known where the names of one of several
-- certificates are not and the others have the same ones.
WITH shown AS MATERIALIZED (
    SELECT
        c.spki_sha256,
        p.certificate,
        p.host,
        CASE WHEN len(e.names) > 0 THEN array_to_string(e.names, ' ') WHEN c.evidence = 'der' THEN c.subject_dn END AS named
    FROM presented($as_of) AS p
    JOIN end_entity($as_of) AS e ON e.certificate = p.certificate
    JOIN certificate AS c ON c.identity = p.certificate
    WHERE c.spki_sha256 IS NOT NULL
)

SELECT
    spki_sha256,
    CASE
        WHEN count(DISTINCT named) > 1 OR count(named) = count(*) THEN count(DISTINCT named)
        WHEN count(DISTINCT certificate) = 1 THEN 1
    END AS name_sets,
    count(DISTINCT host) AS hosts
FROM shown
GROUP BY spki_sha256
