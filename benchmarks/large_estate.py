"""An estate of any size, written by SQL straight into the tables: what the benchmark of the questions asks.

Per certificate there are three looks at an endpoint, two names, a chain of two in the newest look of every tenth, a
log entry for every second, and a manager's record for every third; assets and people stand for the organisation.
Every certificate of a server is followed by the next one with the same names. Values come from hashes of numbers, so
that an estate of one size is always the same.
"""

from __future__ import annotations

from pathlib import Path

from certanalytics.estate import Estate
from certanalytics.schema import TABLES
from certanalytics.store import Store

AS_OF = "2026-11-23T12:00:00"
_SERVERS_SHARE = 3
"""Certificates a server has had, one after the other."""
_ISSUERS = "['DigiCert Inc', 'Sectigo Limited', 'GlobalSign nv-sa', 'Actalis S.p.A.', 'Buypass AS', 'Example Trust']"
"""Organisations in the names of issuers, as SQL: all but the last are of CAs in ``facts.ca_owner``."""

# One row is one certificate: `n` its number, `server` whose it is, `turn` the how manieth of that server.
_CERTIFICATES = f"""
CREATE TEMP TABLE made AS
SELECT
    n,
    n // {_SERVERS_SHARE} AS server,
    n % {_SERVERS_SHARE} AS turn,
    hash(n // {_SERVERS_SHARE}) AS r,
    md5(n::VARCHAR) || md5((n + 1)::VARCHAR) AS identity,
    TIMESTAMP '{AS_OF}' - to_days(((hash(n // {_SERVERS_SHARE}) % 300)::INTEGER))
    - to_days(({_SERVERS_SHARE - 1} - n % {_SERVERS_SHARE})::INTEGER * 180) + INTERVAL 75 DAY AS not_before
FROM range($certificates) AS t(n)
"""

_PARTS = {
    "load": """
        SELECT source AS load, source || '.export' AS path, source, moment AS collected_at, 'run' AS time_basis,
            md5(source) AS sha256, 1 AS read, 1 AS accepted, 0 AS rejected, 0 AS duplicate
        FROM (SELECT unnest(['nmap-xml', 'sslyze-json', 'ct-get-entries', 'certcentral-orders',
        'servicenow']) AS source,
            TIMESTAMP '2026-11-23 06:00:00' AS moment)
    """,
    "certificate": f"""
        SELECT
            identity, identity AS sha256, 'tbs:' || identity AS tbs_sha256,
            'key:' || if(r % 7 = 0, server::VARCHAR, identity) AS spki_sha256, md5(identity) AS serial_hex,
            3 AS version,
            'CN=server' || server || '.unit' || r % 40 || '.example.com' AS subject_dn,
            'server' || server || '.unit' || r % 40 || '.example.com' AS subject_cn,
            'O=' || {_ISSUERS}[1 + (r % 6)::BIGINT] || ',CN=Example Issuing ' || r % 30 AS issuer_dn,
            'Example Issuing ' || r % 30 AS issuer_cn,
            {_ISSUERS}[1 + (r % 6)::BIGINT] AS issuer_o, 'issuer ' || r % 30 AS issuer_key,
            md5((r % 30)::VARCHAR) AS authority_key_id,
            ['server' || server || '.unit' || r % 40 || '.example.com',
            'www.server' || server || '.example.com'] AS san_dns,
            []::VARCHAR[] AS san_ip, []::VARCHAR[] AS san_email, []::VARCHAR[] AS san_uri,
            not_before, not_before + INTERVAL 198 DAY AS not_after, 198 AS validity_days,
            if(r % 3 = 0, 'EC', 'RSA') AS key_algorithm, if(r % 3 = 0, 256, if(r % 100 = 1, 1024, 2048)) AS key_bits,
            if(r % 3 = 0, 'secp256r1', NULL) AS key_curve, if(r % 3 = 0, NULL, 65537) AS rsa_exponent,
            'sha256WithRSAEncryption' AS signature_algorithm, if(r % 200 = 1, 'sha1', 'sha256') AS signature_hash,
            false AS is_ca, ['digital_signature'] AS key_usage,
            if(r % 4 = 0, ['serverAuth', 'clientAuth'], ['serverAuth']) AS extended_key_usage,
            ['http://crl.example.com/' || r % 30] AS crl_urls, []::VARCHAR[] AS ocsp_urls,
            []::VARCHAR[] AS ca_issuer_urls,
            ['2.23.140.1.2.1'] AS policy_oids, 'DV' AS validation_level, if(r % 2 = 0, ['a', 'b'],
            []::VARCHAR[]) AS sct_log_ids,
            if(r % 2 = 0, 2, 0) AS sct_count, false AS is_precert, false AS must_staple, false AS is_self_issued,
            []::VARCHAR[] AS unknown_critical_extensions, 'der' AS evidence, []::VARCHAR[] AS warnings
        FROM made
        UNION ALL BY NAME
        SELECT
            md5('ca' || n) || md5('ca' || n) AS identity, identity AS sha256, 'tbs:ca' || n AS tbs_sha256,
            'key:ca' || n AS spki_sha256, 'ca' || n AS serial_hex, 3 AS version,
            'O=' || {_ISSUERS}[1 + (n % 6)::BIGINT] || ',CN=Example Issuing ' || n AS subject_dn,
            'Example Issuing ' || n AS subject_cn,
            md5(n::VARCHAR) AS subject_key_id,
            'O=' || {_ISSUERS}[1 + (n % 6)::BIGINT] || ',CN=Example Root ' || n % 6 AS issuer_dn,
            'Example Root ' || n % 6 AS issuer_cn, {_ISSUERS}[1 + (n % 6)::BIGINT] AS issuer_o,
            TIMESTAMP '2020-01-01' AS not_before, TIMESTAMP '2030-01-01' AS not_after, 'RSA' AS key_algorithm,
            4096 AS key_bits, 'sha256' AS signature_hash, true AS is_ca, false AS is_precert, false AS is_self_issued,
            'der' AS evidence
        FROM range(30) AS t(n)
    """,
    "name": """
        SELECT identity, unnest(san_dns) AS name, 'dns' AS kind, false AS wildcard, 'example.com' AS registered_domain
        FROM certificate WHERE NOT is_ca
    """,
    "sighting": """
        SELECT
            if(look = 0, 'sslyze-json', 'nmap-xml') AS load, identity AS certificate, 0 AS position,
            if(look = 0 AND server % 10 = 0, [identity, md5('ca' || r % 30) || md5('ca' || r % 30)],
            [identity]) AS chain,
            'scan' AS kind, 'server' || server || '.unit' || r % 40 || '.example.com' AS host, host AS sni,
            '10.' || server % 200 || '.' || server // 200 % 200 || '.' || server // 40000 AS ip, 443 AS port,
            least(not_before + INTERVAL 3 DAY + to_days((look * 30)::INTEGER),
            TIMESTAMP '2026-11-22 03:00:00') AS observed_at,
            'record' AS time_basis, n::VARCHAR || '/' || look AS locator, md5(n || '/' || look) AS row_key
        FROM made, range(3) AS t(look)
        UNION ALL BY NAME
        SELECT
            'sslyze-json' AS load, md5('ca' || r % 30) || md5('ca' || r % 30) AS certificate, 1 AS position,
            [identity, certificate] AS chain, 'scan' AS kind,
            'server' || server || '.unit' || r % 40 || '.example.com' AS host, host AS sni,
            '10.' || server % 200 || '.' || server // 200 % 200 || '.' || server // 40000 AS ip, 443 AS port,
            least(not_before + INTERVAL 3 DAY, TIMESTAMP '2026-11-22 03:00:00') AS observed_at,
            'record' AS time_basis, n::VARCHAR || '/0' AS locator, md5(n || '/0') AS row_key
        FROM made WHERE server % 10 = 0
    """,
    "endpoint_tls": """
        SELECT
            'sslyze-json' AS load, n::VARCHAR AS locator,
            'server' || server || '.unit' || r % 40 || '.example.com' AS host,
            host AS sni, '10.' || server % 200 || '.' || server // 200 % 200 || '.' || server // 40000 AS ip,
            443 AS port,
            if(r % 9 = 0, ['TLSv1.0', 'TLSv1.2'], ['TLSv1.2', 'TLSv1.3']) AS protocols,
            ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'] AS cipher_suites,
            ['x25519'] AS groups,
            TIMESTAMP '2026-11-22 03:00:00' AS observed_at, 'record' AS time_basis, md5('tls' || n) AS row_key
        FROM made WHERE turn = 2
    """,
    "ct_entry": """
        SELECT
            'ct-get-entries' AS load, n::VARCHAR AS locator, identity AS certificate, []::VARCHAR[] AS chain,
            'log.example' AS log, n AS log_index, 'x509_entry' AS entry_type, not_before AS entry_timestamp,
            md5('ct' || n) AS row_key
        FROM made WHERE r % 2 = 0
    """,
    "record": """
        SELECT
            'certcentral-orders' AS load, n::VARCHAR AS locator, 'CertCentral' AS system, n::VARCHAR AS record_id,
            identity AS certificate, 'issued' AS state, 'person' || r % 400 || '@example.com' AS owner_email,
            TIMESTAMP '2026-11-23 06:00:00' AS observed_at, 'run' AS time_basis, md5('record' || n) AS row_key
        FROM made WHERE n % 3 = 0
    """,
    "asset": """
        SELECT
            'servicenow' AS load, server::VARCHAR AS locator, 'ServiceNow' AS system, server::VARCHAR AS asset_id,
            'server' || server || '.unit' || r % 40 || '.example.com' AS name, 'service ' || server // 20 AS service,
            'unit ' || r % 40 AS business_unit, if(r % 5 = 0, 'critical', 'medium') AS criticality,
            if(r % 4 = 0, NULL, 'person' || r % 400) AS owner, TIMESTAMP '2026-11-23 06:00:00' AS observed_at,
            'run' AS time_basis, md5('asset' || server) AS row_key
        FROM made WHERE turn = 0 AND server % 2 = 0
    """,
    "person": """
        SELECT
            'servicenow' AS load, n::VARCHAR AS locator, 'HR' AS system, 'person' || n AS person_id,
            'Person ' || n AS name,
            'person' || n || '@example.com' AS email, n % 20 > 0 AS active,
            TIMESTAMP '2026-11-23 06:00:00' AS observed_at,
            'run' AS time_basis, md5('person' || n) AS row_key
        FROM range(400) AS t(n)
    """,
}


def make(path: Path, certificates: int) -> Estate:
    """A new estate of so many server certificates and three times as many looks at endpoints."""
    path.unlink(missing_ok=True)
    with Store(path, read_only=False) as store:
        store.run("SET memory_limit = '4GB'")
        store.run(_CERTIFICATES.replace("$certificates", str(certificates)))
        for table, select in _PARTS.items():
            given = {name for name, *_ in store.fetch(f"DESCRIBE {select}")}
            if unknown := given - set(TABLES[table].names):
                raise SystemExit(f"{table} has no {', '.join(sorted(unknown))}")
            store.run(f'INSERT INTO "{table}" BY NAME {select}')
    return Estate(str(path))
