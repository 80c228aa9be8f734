"""What can be said of a certificate of the lab, read with cryptography, for the registers that repeat it."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from tests.lab.truth import Truth


@dataclass(frozen=True)
class Facts:
    """One certificate of the lab, and where it was served."""

    case: str
    der: bytes
    chain: tuple[bytes, ...]
    host: str
    ip: str
    port: int

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:040X}"

    @property
    def sha1(self) -> str:
        return hashlib.sha1(self.der).hexdigest().upper()  # noqa: S324 - what managers call a thumbprint

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.der).hexdigest().upper()

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def issuer(self) -> str:
        return self.certificate.issuer.rfc4514_string()

    @property
    def common_name(self) -> str:
        found = self.certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""

    @property
    def names(self) -> list[str]:
        try:
            extension = self.certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return []
        return extension.value.get_values_for_type(x509.DNSName)

    @property
    def begin(self) -> datetime:
        return self.certificate.not_valid_before_utc.replace(tzinfo=None)

    @property
    def end(self) -> datetime:
        return self.certificate.not_valid_after_utc.replace(tzinfo=None)

    @property
    def key_size(self) -> int:
        return int(getattr(self.certificate.public_key(), "key_size", 0))

    @property
    def is_rsa(self) -> bool:
        return isinstance(self.certificate.public_key(), rsa.RSAPublicKey)

    @property
    def base64(self) -> str:
        return base64.b64encode(self.der).decode()

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()


def facts(truth: Truth, *cases: str) -> list[Facts]:
    """The leaves of these cases."""
    found = []
    for case in cases:
        row = next(row for row in truth.endpoints if row["case"] == case and row["pem"])
        chain = truth.chain(row["pem"].removesuffix(".pem"))
        found.append(Facts(case, chain[0], chain[1:], row["host"], row["ip"], row["port"]))
    return found
