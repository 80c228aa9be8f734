-- One row is one public key, and since when it is known to exist.
-- A key is at least as old as the oldest certificate for it, in service or not, and counts from that one's first day, or
-- from when it was first seen where it signs itself: devices that know no time write any into their own certificates.
SELECT
    c.spki_sha256,
    min(
        if(
            c.is_self_issued IS TRUE OR c.not_before > $as_of::TIMESTAMP,
            k.first_seen,
            least(c.not_before, k.first_seen)
        )
    ) AS known_since
FROM known($as_of) AS k
JOIN certificate AS c ON c.identity = k.identity
WHERE c.spki_sha256 IS NOT NULL
GROUP BY c.spki_sha256
