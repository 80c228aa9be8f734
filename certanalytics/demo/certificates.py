"""End-entity certificates as the demo's CAs issue them, with their precertificates.

A public certificate is logged first (RFC 6962 section 3.1): the CA signs a precertificate with
the poison extension, two logs answer with timestamps, and the final certificate carries those.
The timestamps are well formed; their signatures are random, since no log runs here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random
from typing import Literal

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certanalytics.demo import der
from certanalytics.demo.authorities import (
    Authority,
    Digest,
    Log,
    Signer,
    key_identifiers,
    publication_points,
)
from certanalytics.demo.clock import epoch
from certanalytics.demo.keys import PublicKey

Level = Literal["DV", "OV", "EV"]

_POLICIES: dict[Level, str] = {"DV": "2.23.140.1.2.1", "OV": "2.23.140.1.2.2", "EV": "2.23.140.1.1"}
"""CA/B Forum reserved certificate policy identifiers (TLS Baseline Requirements section 7.1.6.1)."""

_POISON = der.extension("1.3.6.1.4.1.11129.2.4.3", der.NULL, critical=True)


Part = Literal["alternative names", "revocation", "issuer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What stands in a certificate, where that is not what its CA usually puts there.

    Attributes:
        purposes: Extended key usages; none for the usual ones.
        lacks: What is left out: alternative names, any pointer to revocation, the URL of the issuer.
        common_name: The subject's, if not the first name.
        digest: With which the CA signs it, if not its usual one.
    """

    purposes: tuple[ObjectIdentifier, ...] = ()
    lacks: frozenset[Part] = frozenset()
    common_name: str | None = None
    digest: Digest | None = None


USUAL = Profile()
"""As the CA has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a certificate is asked for: whose, for which names and key, and for how long."""

    subject: x509.Name
    names: tuple[str, ...]
    key: PublicKey
    not_before: datetime
    not_after: datetime
    level: Level | None = None
    purposes: tuple[ObjectIdentifier, ...] = (ExtendedKeyUsageOID.SERVER_AUTH,)
    lacks: frozenset[Part] = frozenset()
    digest: Digest | None = None

    @property
    def alternative_names(self) -> tuple[str, ...]:
        """The names that stand in the subject alternative name extension."""
        return () if "alternative names" in self.lacks else self.names


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """One issued certificate.

    Attributes:
        request: What was asked for.
        authority: The CA, or ``None`` when self-signed.
        signer: Who signed it, and how.
        serial: Serial number.
        der: The certificate.
        precertificate: The logged precertificate; ``None`` if nothing was logged.
        logged_tbs: TBSCertificate without poison and timestamps, as the log signs it.
        sha256: SHA-256 of ``der``, lower-case hex.
    """

    request: Request
    authority: Authority | None
    signer: Signer
    serial: int
    der: bytes
    precertificate: bytes | None = None
    logged_tbs: bytes | None = None
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.der).hexdigest())

    @property
    def is_public(self) -> bool:
        """Whether a public CA issued it."""
        return self.authority is not None and self.authority.is_public

    @property
    def issuer(self) -> x509.Name:
        """The issuer's name."""
        return self.authority.name if self.authority else self.request.subject

    @property
    def ca_owner(self) -> str:
        """The organisation in the issuer's name."""
        return str(self.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)

    @property
    def common_name(self) -> str:
        """The subject's common name."""
        return str(self.request.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def issue(rng: Random, request: Request, authority: Authority, logs: tuple[Log, ...]) -> Certificate:
    """A certificate from a CA; logged, with timestamps, if the CA is a public one and there are logs."""
    serial = rng.getrandbits(126) | 1 << 126
    signer = Signer(authority.signer.key, request.digest or authority.signer.digest)
    common = _extensions(request, signer.key, authority)

    def tbs(*more: bytes) -> bytes:
        return _tbs(serial, request, authority.name, signer, [*common, *more])

    if not (authority.is_public and logs):
        return Certificate(request, authority, signer, serial, signer.certificate(tbs()))
    timestamps = _timestamp_list(rng, request.not_before, logs)
    return Certificate(
        request,
        authority,
        signer,
        serial,
        signer.certificate(tbs(timestamps)),
        precertificate=signer.certificate(tbs(_POISON)),
        logged_tbs=tbs(),
    )


def self_sign(rng: Random, request: Request) -> Certificate:
    """A certificate that its own key signs, as appliances make them on first start."""
    signer = Signer(request.key, "sha256")
    serial = rng.getrandbits(62) | 1 << 62
    tbs = _tbs(serial, request, request.subject, signer, _extensions(request, request.key, None))
    return Certificate(request, None, signer, serial, signer.certificate(tbs))


def _tbs(serial: int, request: Request, issuer: x509.Name, signer: Signer, extensions: list[bytes]) -> bytes:
    return der.tbs_certificate(
        serial=serial,
        algorithm=signer.algorithm,
        issuer=issuer.public_bytes(),
        validity=(request.not_before, request.not_after),
        subject=request.subject.public_bytes(),
        spki=request.key.spki,
        extensions=extensions,
    )


def _extensions(request: Request, above: PublicKey, authority: Authority | None) -> list[bytes]:
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in request.alternative_names])
    return [
        *_usage(request.purposes, rsa=request.key.is_rsa),
        *key_identifiers(request.key, above),
        *(_published(authority, request.level, request.lacks) if authority else ()),
        *([der.extension("2.5.29.17", names.public_bytes())] if request.alternative_names else []),
    ]


@cache
def _usage(purposes: tuple[ObjectIdentifier, ...], *, rsa: bool) -> tuple[bytes, ...]:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=rsa,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        der.extension("2.5.29.15", usage.public_bytes(), critical=True),
        der.extension("2.5.29.37", x509.ExtendedKeyUsage(purposes).public_bytes()),
        der.extension("2.5.29.19", x509.BasicConstraints(ca=False, path_length=None).public_bytes(), critical=True),
    )


@cache
def _published(authority: Authority, level: Level | None, lacks: frozenset[Part]) -> tuple[bytes, ...]:
    is_revocable = "revocation" not in lacks
    points = publication_points(
        authority, ocsp=is_revocable and level in ("OV", "EV"), crl=is_revocable, issuer="issuer" not in lacks
    )
    if level is None:
        return points
    policy = x509.PolicyInformation(ObjectIdentifier(_POLICIES[level]), None)
    return (*points, der.extension("2.5.29.32", x509.CertificatePolicies([policy]).public_bytes()))


def _timestamp_list(rng: Random, not_before: datetime, logs: tuple[Log, ...]) -> bytes:
    timestamps = b"".join(_vector(_timestamp(rng, not_before, log)) for log in logs)
    return der.extension("1.3.6.1.4.1.11129.2.4.2", der.octet_string(_vector(timestamps)))


def _timestamp(rng: Random, not_before: datetime, log: Log) -> bytes:
    milliseconds = epoch(not_before) * 1000 + rng.randrange(1000)
    signature = der.sequence(der.integer(rng.getrandbits(255)), der.integer(rng.getrandbits(255)))
    # version 1, log, time, no extensions, ECDSA with SHA-256 (RFC 6962 section 3.2)
    return b"\0" + log.log_id + milliseconds.to_bytes(8, "big") + b"\0\0" + b"\x04\x03" + _vector(signature)


def _vector(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
