"""sslyze 6: monthly scans of the public servers, ``sslyze --certinfo --tlsv1_2 --tlsv1_3 --json_out``.

Where cards are handled a scan for everything follows: all versions, and ``--elliptic_curves``. One JSON document a
scan. What was not asked of sslyze stands there as ``NOT_SCHEDULED``. It knows no hybrid groups.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certanalytics.demo.certificates import Certificate
from certanalytics.demo.chains import sent_above
from certanalytics.demo.clock import PCI_SCAN, PUBLIC_SCANS
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import pem, write
from certanalytics.demo.exports._suites import SUITES
from certanalytics.demo.handshakes import VERSIONS, Handshake, Version
from certanalytics.demo.keys import PublicKey, public_key
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
_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
_DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48}


def write_scans(folder: Path, world: World, rng: Random) -> None:
    """Write one packed file a month, and the scan of what handles cards."""
    for start in PUBLIC_SCANS:
        packing = ".zst" if start == PUBLIC_SCANS[-1] else ".gz"
        results = [_result(rng, world, endpoint, each, _MONTHLY) for endpoint, each in world.served("public", start)]
        gone = list(world.gone("public", start))
        results += [_unreachable(rng, endpoint) for endpoint in gone[::2]]
        unresolvable = [
            {"server_string": place, "error_message": f"Could not resolve hostname {place.partition(':')[0]}"}
            for place in (endpoint.place for endpoint in gone[1::2])
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
        f'{{"invalid_server_strings":{_dump(unresolvable)},"server_scan_results":[{",".join(results)}],'
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
        f'"connectivity_result":{_dump(connectivity)},"scan_status":"COMPLETED",'
        f'"scan_result":{{"certificate_info":{info},{_other_commands(handshake, asked, is_rsa=is_rsa)}}}}}'
    )


def _unreachable(rng: Random, endpoint: Endpoint) -> str:
    trace = (
        "Traceback (most recent call last):\nsslyze.errors.ServerRejectedConnection: "
        f'{endpoint.place} -> "Server rejected the connection".\n'
    )
    return (
        f'{{"uuid":"{_uuid(rng)}",{_location(endpoint)},"connectivity_status":"ERROR",'
        f'"connectivity_error_trace":{_dump(trace)},"connectivity_result":null,'
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
    return f'"server_location":{_dump(location)},"network_configuration":{_dump(configuration)}'


def _certificate_info(host: str, each: Issued, above: tuple[bytes, ...]) -> str:
    """The command's result; the chain is rendered once a certificate, since months repeat it."""
    return (
        '{"status":"COMPLETED","error_reason":null,"error_trace":null,'
        f'"result":{{"hostname_used_for_server_name_indication":"{host}",{_deployments(each.certificate, above)}}}}}'
    )


@cache
def _deployments(certificate: Certificate, above: tuple[bytes, ...]) -> str:
    read = [x509.load_der_x509_certificate(each) for each in above]
    issuers = [certificate.issuer, *(each.issuer for each in read)]
    deployment = {
        "leaf_certificate_has_must_staple_extension": False,
        "leaf_certificate_is_ev": certificate.request.level == "EV",
        "leaf_certificate_signed_certificate_timestamps_count": 2,
        "received_chain_contains_anchor_certificate": any(each.subject == each.issuer for each in read),
        "received_chain_has_valid_order": all(
            below == each.subject for below, each in zip(issuers[:-1], read, strict=True)
        ),
        "path_validation_results": [],
        "verified_chain_has_sha1_signature": None,
        "verified_chain_has_legacy_symantec_anchor": None,
        "ocsp_response": None,
        "ocsp_response_is_trusted": None,
        "verified_certificate_chain": None,
    }
    chain = [_leaf(certificate), *map(_of_a_ca, above)]
    rendered = f'{{"received_certificate_chain":[{",".join(chain)}],{_dump(deployment)[1:]}'
    return f'"certificate_deployments":[{rendered}],"certificate_deployment_with_sni_disabled":null'


def _leaf(certificate: Certificate) -> str:
    request = certificate.request
    return _certificate(
        certificate.der,
        request.key,
        names=request.alternative_names,
        serial=certificate.serial,
        validity=(request.not_before, request.not_after),
        algorithm=(certificate.signer.digest, certificate.signer.algorithm_name, certificate.signer.algorithm_oid),
        subject=request.subject,
        issuer=certificate.issuer,
    )


@cache
def _of_a_ca(der: bytes) -> str:
    read = x509.load_der_x509_certificate(der)
    key = read.public_key()
    digest, oid = read.signature_hash_algorithm, read.signature_algorithm_oid
    if digest is None or not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise TypeError(f"{read.subject.rfc4514_string()} has a key of another kind")
    return _certificate(
        der,
        public_key(key),
        names=(),
        serial=read.serial_number,
        validity=(read.not_valid_before_utc.replace(tzinfo=None), read.not_valid_after_utc.replace(tzinfo=None)),
        algorithm=(digest.name, oid._name, oid.dotted_string),  # noqa: SLF001
        subject=read.subject,
        issuer=read.issuer,
    )


def _certificate(
    der: bytes,
    key: PublicKey,
    *,
    names: tuple[str, ...],
    serial: int,
    validity: tuple[datetime, datetime],
    algorithm: tuple[str, str, str],
    subject: x509.Name,
    issuer: x509.Name,
) -> str:
    digest, name, oid = algorithm
    return _dump(
        {
            "as_pem": pem(der),
            "hpkp_pin": _b64(hashlib.sha256(key.spki).digest()),
            "fingerprint_sha1": _b64(hashlib.sha1(der, usedforsecurity=False).digest()),
            "fingerprint_sha256": _b64(hashlib.sha256(der).digest()),
            "serial_number": serial,
            "not_valid_before": f"{validity[0].isoformat()}Z",
            "not_valid_after": f"{validity[1].isoformat()}Z",
            "subject_alternative_name": {"dns_names": names, "ip_addresses": []},
            "signature_hash_algorithm": {"name": digest, "digest_size": _DIGEST_SIZES[digest]},
            "signature_algorithm_oid": {"name": name, "dotted_string": oid},
            "subject": _name(subject),
            "issuer": _name(issuer),
            "public_key": {
                "algorithm": "RSAPublicKey" if key.is_rsa else "ECPublicKey",
                "key_size": key.bits,
                "rsa_e": key.numbers[1] if key.is_rsa else None,
                "rsa_n": key.numbers[0] if key.is_rsa else None,
                "ec_curve_name": _CURVES.get(key.kind),
                "ec_x": None if key.is_rsa else key.numbers[0],
                "ec_y": None if key.is_rsa else key.numbers[1],
            },
        }
    )


def _name(name: x509.Name) -> dict[str, Any]:
    attributes = [
        {
            "oid": {"name": attribute.oid._name, "dotted_string": attribute.oid.dotted_string},  # noqa: SLF001
            "value": attribute.value,
            "rfc4514_string": attribute.rfc4514_string(),
        }
        for attribute in name
    ]
    return {"rfc4514_string": name.rfc4514_string(), "attributes": attributes}


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
    return _dump(commands)[1:-1]


def _completed(result: dict[str, Any]) -> dict[str, Any]:
    return {"status": "COMPLETED", "error_reason": None, "error_trace": None, "result": result}


def _dump(value: Any) -> str:  # any JSON value
    return json.dumps(value, separators=(",", ":"))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _time(time: datetime) -> str:
    return time.isoformat(timespec="microseconds") + "Z"


def _uuid(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
