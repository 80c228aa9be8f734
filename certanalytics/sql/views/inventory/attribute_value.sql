-- One row is one attribute of NIST SP 1800-16 of one certificate, its value as text and where it came from.
-- What the certificate itself has not is 'none' where it was seen in full; what is not known has no row. The columns of
-- `inventory` are the same values; this is for who lists a certificate or exports a register, not for counting.
WITH stated_by AS (
    SELECT
        i.certificate,
        list_sort(list(DISTINCT s.level || ' ' || s.system) FILTER (WHERE s.business_unit = i.business_unit)) AS unit,
        list_sort(list(DISTINCT s.level || ' ' || s.system) FILTER (WHERE s.environment = i.environment)) AS environment,
        list_sort(list(DISTINCT s.level || ' ' || s.system) FILTER (WHERE s.service = i.service)) AS service,
        list_sort(
            list(DISTINCT s.level || ' ' || s.system)
                FILTER (WHERE s.level = i.owner_level AND (trim(s.owner) <> '' OR trim(s.team) <> ''))
        ) AS owner
    FROM inventory($as_of) AS i
    JOIN statement($as_of) AS s ON s.certificate = i.certificate
    GROUP BY i.certificate
),

held AS (
    SELECT
        i.*,
        i.evidence = 'der' AS in_full,
        if(i.evidence = 'der', 'the certificate itself', 'stated by ' || array_to_string(i.sources, ', ')) AS itself,
        'record of ' || array_to_string(i.record_systems, ', ') AS records,
        array_to_string(s.unit, ', ') AS unit_from,
        array_to_string(s.environment, ', ') AS environment_from,
        array_to_string(s.service, ', ') AS service_from,
        array_to_string(s.owner, ', ') AS owner_from
    FROM inventory($as_of) AS i
    LEFT JOIN stated_by AS s ON s.certificate = i.certificate
),

said AS (
    SELECT
        certificate,
        unnest([
            {'id': 'A1', 'value': coalesce(subject_dn, if(in_full, 'none', NULL)), 'origin': itself},
            {'id': 'A2', 'value': coalesce(nullif(array_to_string(names, ', '), ''), if(in_full, 'none', NULL)), 'origin': itself},
            {'id': 'A3', 'value': not_before::VARCHAR, 'origin': itself},
            {'id': 'A4', 'value': not_after::VARCHAR, 'origin': itself},
            {'id': 'A5', 'value': coalesce(issuer_dn, issuer_cn, issuer_o), 'origin': itself},
            {'id': 'A6', 'value': key_algorithm, 'origin': itself},
            {'id': 'A7', 'value': coalesce(key_bits::VARCHAR, key_curve, if(in_full, 'none', NULL)), 'origin': itself},
            {'id': 'A8', 'value': coalesce(signature_algorithm, signature_hash), 'origin': itself},
            {'id': 'A9', 'value': lifetime_days || ' days', 'origin': itself},
            {
                'id': 'A10',
                'value': coalesce(
                    nullif(array_to_string(list_concat(key_usage, extended_key_usage), ', '), ''),
                    if(in_full, 'none', NULL)
                ),
                'origin': itself
            },
            {'id': 'A11', 'value': owner, 'origin': owner_from},
            {'id': 'A12', 'value': owner_email, 'origin': owner_from},
            {'id': 'A13', 'value': nullif(array_to_string(approvers, ', '), ''), 'origin': records},
            {'id': 'A14', 'value': nullif(array_to_string(hosts, ', '), ''), 'origin': 'a scan'},
            {'id': 'A15', 'value': nullif(array_to_string(held_in, ', '), ''), 'origin': array_to_string(held_says, ', ')},
            {'id': 'A16', 'value': nullif(array_to_string(system_types, ', '), ''), 'origin': 'a scan or configuration'},
            {'id': 'A17', 'value': service, 'origin': service_from},
            {'id': 'A19', 'value': business_unit, 'origin': unit_from},
            {'id': 'A20', 'value': environment, 'origin': environment_from},
            {'id': 'A21', 'value': nullif(array_to_string(requesters, ', '), ''), 'origin': records},
            {'id': 'A22', 'value': serial_hex, 'origin': itself},
            {
                'id': 'A23',
                'value': coalesce(root, if(trust = 'self-signed', 'none: self-signed', NULL)),
                'origin': 'CA certificates that scans, files or logs brought'
            },
            {'id': 'A24', 'value': revocation, 'origin': array_to_string(revocation_says, ', ')},
            {'id': 'A27', 'value': validity, 'origin': itself},
            {'id': 'A28', 'value': coalesce(validation_level, if(in_full, 'none', NULL)), 'origin': itself},
            {
                'id': 'A29',
                'value': nullif(
                    concat_ws(', ', if(in_full, coalesce(sct_count, 0) || ' SCTs', NULL), 'logged ' || first_logged), ''
                ),
                'origin': concat_ws(', ', if(in_full, itself, NULL), if(first_logged IS NULL, NULL, 'a log'))
            },
            {'id': 'A30', 'value': array_to_string(sources, ', ') || ', last ' || last_seen, 'origin': 'the loads'}
        ], recursive := true)
    FROM held
)

SELECT s.certificate, s.id, f.attribute, s.value, s.origin
FROM said AS s
JOIN facts.sp1800_16_attribute AS f ON f.id = s.id
WHERE s.value IS NOT NULL
