-- One row is which attributes of NIST SP 1800-16 any loaded export gave for any certificate or system by $as_of.
-- What nothing gave is not supplied: that it is absent says nothing of the organisation, and is not counted against it.
-- The whole estate counts, whatever is in scope; assets count as in current_asset, whenever they were described.
WITH met AS (
    SELECT
        coalesce(bool_or(c.evidence = 'der'), false) AS in_full,
        count(c.subject_dn) > 0 AS subject,
        count(c.not_before) > 0 AS begins,
        count(c.not_after) > 0 AS ends,
        count(coalesce(c.issuer_dn, c.issuer_cn, c.issuer_o)) > 0 AS issuer,
        count(c.key_algorithm) > 0 AS algorithm,
        count(coalesce(c.key_bits::VARCHAR, c.key_curve)) > 0 AS size,
        count(coalesce(c.signature_algorithm, c.signature_hash)) > 0 AS signature,
        count(*) FILTER (WHERE len(c.extended_key_usage) > 0) > 0 AS usage,
        count(c.serial_hex) > 0 AS serial,
        count(c.validation_level) > 0 AS level,
        count(k.first_logged) > 0 AS logged,
        count(*) FILTER (WHERE c.is_self_issued AND c.is_ca) > 0 AS roots,
        count(*) > 0 AS anything
    FROM known($as_of) AS k
    JOIN certificate AS c ON c.identity = k.identity
),

recorded_by AS (
    SELECT
        count(*) FILTER (WHERE trim(owner_name) <> '' OR trim(owner_email) <> '') > 0 AS owner,
        count(*) FILTER (WHERE contains(owner_email, '@')) > 0 AS address,
        count(*) FILTER (WHERE trim(approver) <> '') > 0 AS approver,
        count(*) FILTER (WHERE trim(requester) <> '') > 0 AS requester,
        count(*) FILTER (WHERE trim(business_unit) <> '') > 0 AS business_unit,
        count(revoked_at) > 0 AS revoked
    FROM record
    WHERE observed_at <= $as_of::TIMESTAMP
),

described_by AS (
    SELECT
        count(*) FILTER (WHERE trim(owner) <> '' OR trim(team) <> '') > 0 AS owner,
        count(*) FILTER (WHERE contains(owner, '@') OR contains(team, '@')) > 0 AS address,
        count(*) FILTER (WHERE trim(service) <> '') > 0 AS service,
        count(*) FILTER (WHERE trim(business_unit) <> '') > 0 AS business_unit,
        count(*) FILTER (WHERE trim(environment) <> '') > 0 AS environment,
        count(*) FILTER (WHERE trim(criticality) <> '') > 0 AS criticality
    FROM asset
)

SELECT
    m.in_full OR m.subject AS a1,
    m.in_full OR EXISTS (SELECT 1 FROM name) AS a2,
    m.begins AS a3,
    m.ends AS a4,
    m.issuer AS a5,
    m.algorithm AS a6,
    m.in_full OR m.size AS a7,
    m.signature AS a8,
    m.begins AND m.ends AS a9,
    m.in_full OR m.usage AS a10,
    r.owner OR d.owner AS a11,
    r.address
    OR d.address
    OR (d.owner AND (
        EXISTS (SELECT 1 FROM person WHERE trim(email) <> '') OR EXISTS (SELECT 1 FROM team WHERE trim(email) <> '')
    )) AS a12,
    r.approver AS a13,
    (SELECT scanned FROM assessable($as_of)) AS a14,
    EXISTS (
        SELECT 1
        FROM sighting
        WHERE
            position = 0
            AND kind IN ('file', 'config')
            AND coalesce(resource, path) IS NOT NULL
            AND observed_at <= $as_of::TIMESTAMP
    ) AS a15,
    EXISTS (SELECT 1 FROM system_kind($as_of)) AS a16,
    d.service AS a17,
    r.business_unit OR d.business_unit AS a19,
    d.environment AS a20,
    r.requester AS a21,
    m.serial AS a22,
    m.roots AS a23,
    r.revoked OR EXISTS (SELECT 1 FROM revocation WHERE observed_at <= $as_of::TIMESTAMP) AS a24,
    m.begins AND m.ends AS a27,
    m.in_full OR m.level AS a28,
    m.in_full OR m.logged AS a29,
    m.anything AS a30,
    d.criticality
FROM met AS m
CROSS JOIN recorded_by AS r
CROSS JOIN described_by AS d
