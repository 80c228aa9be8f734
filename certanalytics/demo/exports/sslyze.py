"""sslyze 6: monthly scans of the public servers, ``sslyze --certinfo --tlsv1_2 --tlsv1_3 --json_out``.

One JSON document a scan. What was not asked of sslyze stands there as ``NOT_SCHEDULED``.
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

from certanalytics.demo.authorities import Authority
from certanalytics.demo.certificates import Certificate
from certanalytics.demo.clock import PUBLIC_SCANS
from certanalytics.demo.company import Endpoint
from certanalytics.demo.exports._files import pem, write
from certanalytics.demo.keys import RSA_EXPONENT, PublicKey
from certanalytics.demo.world import World

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
_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
_DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48}


def write_scans(folder: Path, world: World, rng: Random) -> None:
    """Write one packed file a month."""
    for start in PUBLIC_SCANS:
        packing = ".zst" if start == PUBLIC_SCANS[-1] else ".gz"
        results = [
            _result(rng, endpoint, _certificate_info(endpoint.host, each.certificate), each.certificate.request.key)
            for endpoint, each in world.served("public", start)
        ]
        refusing = world.refusing("public", start)
        results += [_unreachable(rng, endpoint) for endpoint in refusing]
        unresolvable = [
            {"server_string": place, "error_message": f"Could not resolve hostname {place.partition(':')[0]}"}
            for place in (each.place for each in world.gone("public", start) if each not in refusing)
        ]
        end = start + timedelta(seconds=2 * len(results), microseconds=rng.randrange(10**6))
        content = (
            f'{{"invalid_server_strings":{_dump(unresolvable)},"server_scan_results":[{",".join(results)}],'
            f'"date_scans_started":"{_time(start)}","date_scans_completed":"{_time(end)}",'
            '"sslyze_version":"6.3.1","sslyze_url":"https://github.com/nabla-c0d3/sslyze"}'
        )
        write(folder / f"sslyze-public-{start:%Y-%m-%d}.json{packing}", content.encode(), end)


def _result(rng: Random, endpoint: Endpoint, certificate_info: str, key: PublicKey) -> str:
    location = _location(endpoint)
    connectivity = {
        "highest_tls_version_supported": "TLS_1_3",
        "cipher_suite_supported": "TLS_AES_256_GCM_SHA384",
        "client_auth_requirement": "DISABLED",
        "supports_ecdh_key_exchange": True,
    }
    return (
        f'{{"uuid":"{_uuid(rng)}",{location},"connectivity_status":"COMPLETED","connectivity_error_trace":null,'
        f'"connectivity_result":{_dump(connectivity)},"scan_status":"COMPLETED",'
        f'"scan_result":{{"certificate_info":{certificate_info},{_other_commands(is_rsa=key.is_rsa)}}}}}'
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


def _certificate_info(host: str, certificate: Certificate) -> str:
    """The command's result; the chain is rendered once a certificate, since months repeat it."""
    return (
        '{"status":"COMPLETED","error_reason":null,"error_trace":null,'
        f'"result":{{"hostname_used_for_server_name_indication":"{host}",{_deployments(certificate)}}}}}'
    )


@cache
def _deployments(certificate: Certificate) -> str:
    chain = [_leaf(certificate), *([_issuing(certificate.authority)] if certificate.authority else [])]
    deployment = {
        "leaf_certificate_has_must_staple_extension": False,
        "leaf_certificate_is_ev": certificate.request.level == "EV",
        "leaf_certificate_signed_certificate_timestamps_count": 2,
        "received_chain_contains_anchor_certificate": False,
        "received_chain_has_valid_order": True,
        "path_validation_results": [],
        "verified_chain_has_sha1_signature": None,
        "verified_chain_has_legacy_symantec_anchor": None,
        "ocsp_response": None,
        "ocsp_response_is_trusted": None,
        "verified_certificate_chain": None,
    }
    rendered = f'{{"received_certificate_chain":[{",".join(chain)}],{_dump(deployment)[1:]}'
    return f'"certificate_deployments":[{rendered}],"certificate_deployment_with_sni_disabled":null'


def _leaf(certificate: Certificate) -> str:
    request = certificate.request
    return _certificate(
        certificate.der,
        request.key,
        names=request.names,
        serial=certificate.serial,
        validity=(request.not_before, request.not_after),
        algorithm=(certificate.signer.digest, certificate.signer.algorithm_name, certificate.signer.algorithm_oid),
        subject=request.subject,
        issuer=certificate.issuer,
    )


@cache
def _issuing(authority: Authority) -> str:
    above = authority.issuer or authority
    read = x509.load_der_x509_certificate(authority.certificate)
    return _certificate(
        authority.certificate,
        authority.signer.key,
        names=(),
        serial=read.serial_number,
        validity=(read.not_valid_before_utc.replace(tzinfo=None), read.not_valid_after_utc.replace(tzinfo=None)),
        algorithm=(above.signer.digest, above.signer.algorithm_name, above.signer.algorithm_oid),
        subject=authority.name,
        issuer=above.name,
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
                "rsa_e": RSA_EXPONENT if key.is_rsa else None,
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
def _other_commands(*, is_rsa: bool) -> str:
    kind = "RSA" if is_rsa else "ECDSA"
    offered: dict[str, tuple[tuple[str, int, str], ...]] = {
        "tls_1_2_cipher_suites": (
            (f"TLS_ECDHE_{kind}_WITH_AES_256_GCM_SHA384", 256, f"ECDHE-{kind}-AES256-GCM-SHA384"),
            (f"TLS_ECDHE_{kind}_WITH_AES_128_GCM_SHA256", 128, f"ECDHE-{kind}-AES128-GCM-SHA256"),
        ),
        "tls_1_3_cipher_suites": (
            ("TLS_AES_256_GCM_SHA384", 256, "TLS_AES_256_GCM_SHA384"),
            ("TLS_AES_128_GCM_SHA256", 128, "TLS_AES_128_GCM_SHA256"),
        ),
    }
    commands: dict[str, Any] = dict.fromkeys(_COMMANDS[1:], _NOT_SCHEDULED)
    for command, suites in offered.items():
        accepted = [
            {
                "cipher_suite": {"name": name, "is_anonymous": False, "key_size": bits, "openssl_name": openssl},
                "ephemeral_key": None,
            }
            for name, bits, openssl in suites
        ]
        result = {
            "tls_version_used": command.removesuffix("_cipher_suites").upper(),
            "is_tls_version_supported": True,
            "accepted_cipher_suites": accepted,
            "rejected_cipher_suites": [],
        }
        commands[command] = {"status": "COMPLETED", "error_reason": None, "error_trace": None, "result": result}
    return _dump(commands)[1:-1]


def _dump(value: Any) -> str:  # any JSON value
    return json.dumps(value, separators=(",", ":"))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _time(time: datetime) -> str:
    return time.isoformat(timespec="microseconds") + "Z"


def _uuid(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
