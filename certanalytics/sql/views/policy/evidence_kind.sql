-- One row is one kind of evidence a control may need, and whether there is any of it at $as_of.
-- What each kind means and which exports bring it stands in facts.evidence_kind. As in `assessable`, what a system of
-- record says later counts for an earlier moment.
SELECT unnest(found, recursive := true)
FROM (
    SELECT
        [
            {'kind': 'scanned', 'there': a.scanned},
            {
                'kind': 'looked_at',
                'there': EXISTS (
                    SELECT 1 FROM sighting WHERE kind = 'scan' AND position = 0 AND observed_at <= $as_of::TIMESTAMP
                )
                OR EXISTS (
                    SELECT 1 FROM probe WHERE kind IS DISTINCT FROM 'passive' AND observed_at <= $as_of::TIMESTAMP
                )
            },
            {'kind': 'logged', 'there': a.logged},
            {'kind': 'held', 'there': a.met},
            {'kind': 'zones', 'there': a.zoned},
            {
                'kind': 'revocations',
                'there': EXISTS (SELECT 1 FROM revocation WHERE observed_at <= $as_of::TIMESTAMP)
                OR EXISTS (SELECT 1 FROM record WHERE revoked_at IS NOT NULL AND observed_at <= $as_of::TIMESTAMP)
            },
            {'kind': 'automation', 'there': EXISTS (SELECT 1 FROM stated_automation($as_of))},
            {'kind': 'ownership', 'there': a.ownership},
            {'kind': 'criticality', 'there': a.criticality},
            {
                'kind': 'recorded',
                'there': EXISTS (
                    SELECT 1 FROM record WHERE certificate IS NOT NULL AND observed_at <= $as_of::TIMESTAMP
                )
            },
            {
                'kind': 'approvals',
                'there': EXISTS (SELECT 1 FROM record WHERE trim(approver) <> '' AND observed_at <= $as_of::TIMESTAMP)
            },
            {
                'kind': 'directory',
                'there': EXISTS (SELECT 1 FROM person WHERE active IS NOT NULL)
                OR EXISTS (SELECT 1 FROM team WHERE active IS NOT NULL)
            },
            {
                'kind': 'business',
                'there': EXISTS (SELECT 1 FROM asset WHERE trim(business_unit) <> '' OR trim(service) <> '')
                OR EXISTS (SELECT 1 FROM record WHERE trim(business_unit) <> '' AND observed_at <= $as_of::TIMESTAMP)
            },
            {
                'kind': 'protocols',
                'there': EXISTS (
                    SELECT 1
                    FROM endpoint_tls
                    WHERE
                        observed_at <= $as_of::TIMESTAMP
                        AND observed_at
                        >= $as_of::TIMESTAMP
                        - to_days((SELECT value::INTEGER FROM facts.threshold WHERE name = 'freshness_days'))
                )
            }
        ] AS found
    FROM assessable($as_of) AS a
)
