"""The certificates in sslyze's JSON: what a server sent, leaf first, each with what sslyze reads in it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certanalytics.demo.certificates import Certificate
from certanalytics.demo.exports._files import pem
from certanalytics.demo.keys import PublicKey, public_key

_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
_DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48}


@cache
def deployments(certificate: Certificate, above: tuple[bytes, ...]) -> str:
    """The chain a server sent, members of ``certificate_info``; rendered once, since months repeat it."""
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
    rendered = f'{{"received_certificate_chain":[{",".join(chain)}],{dump(deployment)[1:]}'
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
    return dump(
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


def dump(value: Any) -> str:  # any JSON value
    """A value in one line, as programs write it."""
    return json.dumps(value, separators=(",", ":"))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
