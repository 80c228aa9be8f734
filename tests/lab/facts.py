"""What is true of the lab's certificates, for the generators of exports that state it in words."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.lab.authority import pem
from tests.lab.truth import Truth

CN, O = x509.NameOID.COMMON_NAME, x509.NameOID.ORGANIZATION_NAME  # noqa: E741 - RFC 4514 calls it so


@dataclass(frozen=True)
class Facts:
    """One certificate."""

    der: bytes

    @cached_property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def pem(self) -> str:
        return pem(self.der).decode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest()

    @property
    def sha1(self) -> str:
        return hashlib.sha1(self.der).hexdigest()  # noqa: S324 - what tools print

    @property
    def md5(self) -> str:
        return hashlib.md5(self.der).hexdigest()  # noqa: S324 - what tools print

    @property
    def serial(self) -> int:
        return self.certificate.serial_number

    @property
    def serial_hex(self) -> str:
        """Of twenty bytes, as the lab's are."""
        return f"{self.serial:040x}"

    @property
    def base64(self) -> str:
        return base64.b64encode(self.der).decode()

    @property
    def subject(self) -> x509.Name:
        return self.certificate.subject

    @property
    def issuer(self) -> x509.Name:
        return self.certificate.issuer

    @property
    def common_name(self) -> str:
        return attribute(self.subject, CN) or ""

    @property
    def start(self) -> datetime:
        return self.certificate.not_valid_before_utc.replace(tzinfo=None)

    @property
    def end(self) -> datetime:
        return self.certificate.not_valid_after_utc.replace(tzinfo=None)

    @property
    def dns_names(self) -> list[str]:
        try:
            names = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return []
        return names.get_values_for_type(x509.DNSName)

    @property
    def is_ca(self) -> bool:
        try:
            return self.certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except x509.ExtensionNotFound:
            return False

    @property
    def key_size(self) -> int:
        return int(getattr(self.certificate.public_key(), "key_size", 0))

    @property
    def is_rsa(self) -> bool:
        return isinstance(self.certificate.public_key(), rsa.RSAPublicKey)

    @property
    def key(self) -> tuple[str, int | None]:
        """Algorithm and size as most tools name them."""
        key = self.certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            return "RSA", key.key_size
        return ("EC", key.key_size) if isinstance(key, ec.EllipticCurvePublicKey) else ("Ed25519", None)

    @property
    def signature(self) -> tuple[str, str]:
        """Key and hash it is signed with: ``RSA``, ``SHA256``."""
        kind = "ECDSA" if self.certificate.signature_algorithm_oid.dotted_string.startswith("1.2.840.10045") else "RSA"
        digest = self.certificate.signature_hash_algorithm
        return kind, digest.name.upper() if digest else ""


@dataclass(frozen=True)
class Registered(Facts):
    """A certificate as registers have it: with the rest of its chain, and where it is served."""

    case: str
    chain: tuple[bytes, ...]
    host: str
    ip: str
    port: int


def attribute(name: x509.Name, oid: x509.ObjectIdentifier) -> str | None:
    """The first value of an attribute."""
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value) if found else None


def reversed_dn(name: x509.Name) -> str:
    """A name with the common name first, as Go writes it but for the spaces."""
    return ", ".join(part.rfc4514_string() for part in reversed(name.rdns))


def dn(name: x509.Name) -> str:
    """A name in the order of the certificate."""
    return ", ".join(part.rfc4514_string() for part in name.rdns)


def endpoint(truth: Truth, case: str, number: int = 0) -> dict[str, Any]:
    """One row of the truth: where a case was served."""
    return [row for row in truth.endpoints if row["case"] == case][number]


def served(truth: Truth, row: dict[str, Any]) -> list[Facts]:
    """The chain of a row, as served."""
    return [Facts(der) for der in truth.chain(row["pem"].removesuffix(".pem"))]


def registered(truth: Truth, *cases: str) -> list[Registered]:
    """The leaves of these cases."""
    rows = [next(row for row in truth.endpoints if row["case"] == case and row["pem"]) for case in cases]
    chains = [truth.chain(row["pem"].removesuffix(".pem")) for row in rows]
    return [
        Registered(chain[0], row["case"], chain[1:], row["host"], row["ip"], row["port"])
        for row, chain in zip(rows, chains, strict=True)
    ]
