"""sslyze 6: monthly scans of the public servers, ``sslyze --certinfo --tlsv1_2 --tlsv1_3 --json_out``.

Where cards are handled a scan for everything follows: all versions, and ``--elliptic_curves``. One JSON document a
scan. What was not asked of sslyze stands there as ``NOT_SCHEDULED``. It knows no hybrid groups.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from certanalytics.demo.chains import sent_above
from certanalytics.demo.clock import PCI_SCAN, PUBLIC_SCANS
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import write
from certanalytics.demo.exports._sslyze_chain import deployments, dump
from certanalytics.demo.exports._suites import SUITES
from certanalytics.demo.handshakes import VERSIONS, Handshake, Version
from certanalytics.demo.looks import PCI_SCOPE
from certanalytics.demo.world import Issued, World

_NOT_SCHEDULED = {"status": "NOT_SCHEDULED", "error_reason": None, "error_trace": None, "result": None}
_COMMANDS = (
    "certificate_info",
    "ssl_2_0_cipher_suites",
    "ssl_3_0_cipher_suites",
    "tls_1_0_cipher_suites",
    "tls_1_1_cipher_suites",
    "tls_1_2_cipher_suites",
    "tls_1_3_cipher_suites",
    "tls_compression",
    "tls_1_3_early_data",
    "openssl_ccs_injection",
    "tls_fallback_scsv",
    "heartbleed",
    "robot",
    "session_renegotiation",
    "session_resumption",
    "elliptic_curves",
    "http_headers",
    "tls_extended_master_secret",
)
_MONTHLY: tuple[Version, ...] = ("TLSv1.2", "TLSv1.3")
_TLS_VERSIONS: dict[Version, str] = {
    "SSLv2": "SSL_2_0",
    "SSLv3": "SSL_3_0",
    "TLSv1.0": "TLS_1_0",
    "TLSv1.1": "TLS_1_1",
    "TLSv1.2": "TLS_1_2",
    "TLSv1.3": "TLS_1_3",
}
_NIDS = {"X25519": 1034, "secp256r1": 415}
"""OpenSSL's numbers of the groups sslyze asks for; hybrid ones are not among them."""


def write_scans(folder: Path, world: World, rng: Random) -> None:
    """Write one packed file a month, and the scan of what handles cards."""
    for start in PUBLIC_SCANS:
        packing = ".zst" if start == PUBLIC_SCANS[-1] else ".gz"
        results = [_result(rng, world, endpoint, each, _MONTHLY) for endpoint, each in world.served("public", start)]
        refusing = world.refusing("public", start)
        results += [_unreachable(rng, endpoint) for endpoint in refusing]
        unresolvable = [
            {"server_string": place, "error_message": f"Could not resolve hostname {place.partition(':')[0]}"}
            for place in (each.place for each in world.gone("public", start) if each not in refusing)
        ]
        end = start + timedelta(seconds=2 * len(results), microseconds=rng.randrange(10**6))
        content = _document(results, unresolvable, (start, end))
        write(folder / f"sslyze-public-{start:%Y-%m-%d}.json{packing}", content, end)
    results = [
        _result(rng, world, endpoint, each, VERSIONS)
        for endpoint, each in world.served("public", PCI_SCAN)
        if each.issue.deployment.service.label in PCI_SCOPE
    ]
    end = PCI_SCAN + timedelta(seconds=9 * len(results), microseconds=rng.randrange(10**6))
    write(folder / f"sslyze-pci-{PCI_SCAN:%Y-%m-%d}.json.zst", _document(results, [], (PCI_SCAN, end)), end)


def _document(results: list[str], unresolvable: list[dict[str, str]], times: tuple[datetime, datetime]) -> bytes:
    return (
        f'{{"invalid_server_strings":{dump(unresolvable)},"server_scan_results":[{",".join(results)}],'
        f'"date_scans_started":"{_time(times[0])}","date_scans_completed":"{_time(times[1])}",'
        '"sslyze_version":"6.3.1","sslyze_url":"https://github.com/nabla-c0d3/sslyze"}'
    ).encode()


def _result(rng: Random, world: World, endpoint: Endpoint, each: Issued, asked: tuple[Version, ...]) -> str:
    """One server; sslyze tells the groups where it was asked for all versions."""
    handshake, is_rsa = each.issue.deployment.handshake, each.certificate.request.key.is_rsa
    newest = handshake.versions[-1]
    connectivity = {
        "highest_tls_version_supported": _TLS_VERSIONS[newest],
        "cipher_suite_supported": handshake.offered(is_rsa=is_rsa)[newest][0],
        "client_auth_requirement": "DISABLED",
        "supports_ecdh_key_exchange": bool(handshake.groups),
    }
    info = _certificate_info(endpoint.host, each, sent_above(each, world))
    return (
        f'{{"uuid":"{_uuid(rng)}",{_location(endpoint)},"connectivity_status":"COMPLETED","connectivity_error_trace":null,'
        f'"connectivity_result":{dump(connectivity)},"scan_status":"COMPLETED",'
        f'"scan_result":{{"certificate_info":{info},{_other_commands(handshake, asked, is_rsa=is_rsa)}}}}}'
    )


def _unreachable(rng: Random, endpoint: Endpoint) -> str:
    trace = (
        "Traceback (most recent call last):\nsslyze.errors.ServerRejectedConnection: "
        f'{endpoint.place} -> "Server rejected the connection".\n'
    )
    return (
        f'{{"uuid":"{_uuid(rng)}",{_location(endpoint)},"connectivity_status":"ERROR",'
        f'"connectivity_error_trace":{dump(trace)},"connectivity_result":null,'
        '"scan_status":"ERROR_NO_CONNECTIVITY","scan_result":null}'
    )


@cache
def _location(endpoint: Endpoint) -> str:
    location = {
        "hostname": endpoint.host,
        "port": endpoint.port,
        "connection_type": "DIRECT",
        "ip_address": endpoint.ip,
        "http_proxy_settings": None,
    }
    configuration = {
        "tls_server_name_indication": endpoint.host,
        "tls_opportunistic_encryption": None,
        "tls_client_auth_credentials": None,
        "xmpp_to_hostname": None,
        "network_timeout": 5,
        "network_max_retries": 3,
    }
    return f'"server_location":{dump(location)},"network_configuration":{dump(configuration)}'


def _certificate_info(host: str, each: Issued, above: tuple[bytes, ...]) -> str:
    """The command's result."""
    return (
        '{"status":"COMPLETED","error_reason":null,"error_trace":null,'
        f'"result":{{"hostname_used_for_server_name_indication":"{host}",{deployments(each.certificate, above)}}}}}'
    )


@cache
def _other_commands(handshake: Handshake, asked: tuple[Version, ...], *, is_rsa: bool) -> str:
    offered = handshake.offered(is_rsa=is_rsa)
    commands: dict[str, Any] = dict.fromkeys(_COMMANDS[1:], _NOT_SCHEDULED)
    for version in asked:
        accepted = [
            {
                "cipher_suite": {
                    "name": suite,
                    "is_anonymous": False,
                    "key_size": SUITES[suite].bits,
                    "openssl_name": SUITES[suite].openssl_name,
                },
                "ephemeral_key": None,
            }
            for suite in offered.get(version, ())
        ]
        commands[f"{_TLS_VERSIONS[version].lower()}_cipher_suites"] = _completed(
            {
                "tls_version_used": _TLS_VERSIONS[version],
                "is_tls_version_supported": version in offered,
                "accepted_cipher_suites": accepted,
                "rejected_cipher_suites": [],
            }
        )
    if asked == VERSIONS:
        curves = [{"name": group, "openssl_nid": _NIDS[group]} for group in handshake.groups if group in _NIDS]
        supports = bool(handshake.groups)
        commands["elliptic_curves"] = _completed(
            {
                "supports_ecdh_key_exchange": supports,
                "supported_curves": curves if supports else None,
                "rejected_curves": [] if supports else None,
            }
        )
    return dump(commands)[1:-1]


def _completed(result: dict[str, Any]) -> dict[str, Any]:
    return {"status": "COMPLETED", "error_reason": None, "error_trace": None, "result": result}


def _time(time: datetime) -> str:
    return time.isoformat(timespec="microseconds") + "Z"


def _uuid(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
