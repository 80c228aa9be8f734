"""The lab's own certification authorities: two roots, two intermediates, keys that live for one run only."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

SCT_LIST = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_SHA256_WITH_RSA, _SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d01010b"), bytes.fromhex("06092a864886f70d010105")


@dataclass(frozen=True)
class Credential:
    """What a server presents: a chain of DER certificates in the order served, and the leaf's key."""

    chain: tuple[bytes, ...]
    key: PrivateKey

    @property
    def chain_pem(self) -> bytes:
        return b"".join(pem(der) for der in self.chain)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def name(common_name: str, *more: tuple[ObjectIdentifier, str]) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, "Lab Example AG"), *more]
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in [*parts, (NameOID.COMMON_NAME, common_name)]])


class Authority:
    """A root, one intermediate below it, and the certificates it issues.

    Args:
        label: Stands in the names of both, so that the two hierarchies can be told apart.
        keys: The root's and the intermediate's key.
        day: The day of the lab run; every validity is counted from it.
    """

    def __init__(self, label: str, keys: tuple[PrivateKey, PrivateKey], day: datetime) -> None:
        self.day = day
        root_key, self.key = keys
        root_name, self.name = name(f"Lab Root {label}"), name(f"Lab Issuing CA {label}1")
        start, end = day - timedelta(days=1000), day + timedelta(days=2650)
        root = _builder(root_name, root_name, root_key, start, end, authority=True)
        self.root = _der(root.sign(root_key, _hash(root_key)))
        intermediate = _builder(self.name, root_name, self.key, start, end, authority=True)
        self.intermediate = _der(intermediate.sign(root_key, _hash(root_key)))

    def issue(
        self,
        key: PrivateKey,
        *hosts: str,
        days: tuple[int, int] = (-30, 60),
        subject: x509.Name | None = None,
        others: Iterable[x509.GeneralName] = (),
    ) -> Credential:
        """A leaf for ``hosts``, valid from and to that many days from the day of the run, and its intermediate."""
        leaf = _der(self._leaf(key, hosts, days, subject, others).sign(self.key, _hash(self.key)))
        return Credential((leaf, self.intermediate), key)

    def issue_with_sha1(self, key: PrivateKey, host: str) -> Credential:
        """A leaf signed with SHA-1. `cryptography` refuses to, so a SHA-256 one is relabelled and signed again."""
        if not isinstance(self.key, rsa.RSAPrivateKey):
            raise TypeError("SHA-1 certificates are made with an RSA issuer only")
        modern = self.issue(key, host).chain[0]
        tbs = x509.load_der_x509_certificate(modern).tbs_certificate_bytes.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
        signature = self.key.sign(tbs, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the weakness is the case
        relabelled = modern.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
        return Credential((relabelled[: -len(signature)] + signature, self.intermediate), key)

    def issue_logged(self, key: PrivateKey, host: str, log_key: ec.EllipticCurvePrivateKey) -> tuple[bytes, Credential]:
        """A precertificate and the certificate that carries the log's SCT for it (RFC 6962 section 3)."""
        leaf = self._leaf(key, (host,), (-30, 60), None, ())
        precertificate = leaf.add_extension(x509.PrecertPoison(), critical=True).sign(self.key, _hash(self.key))
        issuer_key_hash = hashlib.sha256(_spki(self.key)).digest()
        logged_at = milliseconds(self.day - timedelta(days=30))
        tbs = leaf.sign(self.key, _hash(self.key)).tbs_certificate_bytes  # the same without the poison
        signed = struct.pack("!BBQH", 0, 0, logged_at, 1) + issuer_key_hash + len(tbs).to_bytes(3) + tbs + bytes(2)
        signature = log_key.sign(signed, ec.ECDSA(hashes.SHA256()))
        sct = b"\0" + hashlib.sha256(_spki(log_key)).digest() + struct.pack("!QHBB", logged_at, 0, 4, 3)
        sct += struct.pack("!H", len(signature)) + signature
        sct_list = struct.pack("!HH", len(sct) + 2, len(sct)) + sct
        extension = x509.UnrecognizedExtension(SCT_LIST, bytes([0x04, len(sct_list)]) + sct_list)
        certificate = leaf.add_extension(extension, critical=False).sign(self.key, _hash(self.key))
        return _der(precertificate), Credential((_der(certificate), self.intermediate), key)

    def _leaf(
        self,
        key: PrivateKey,
        hosts: tuple[str, ...],
        days: tuple[int, int],
        subject: x509.Name | None,
        others: Iterable[x509.GeneralName],
    ) -> x509.CertificateBuilder:
        start, end = (self.day + timedelta(days=count) for count in days)
        subject = subject or name(hosts[0])
        leaf = _builder(subject, self.name, key, start, end - timedelta(seconds=1), authority=False)
        names: list[x509.GeneralName] = [*map(x509.DNSName, hosts), *others]
        return leaf.add_extension(x509.SubjectAlternativeName(names), critical=False) if names else leaf


def self_signed(key: PrivateKey, host: str, day: datetime) -> Credential:
    """A server certificate nobody else vouches for."""
    subject = name(host)
    start, end = day - timedelta(days=400), day + timedelta(days=3250)
    leaf = _builder(subject, subject, key, start, end, authority=False)
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    return Credential((_der(leaf.add_extension(names, critical=False).sign(key, _hash(key))),), key)


def milliseconds(time: datetime) -> int:
    """A naive UTC time as CT logs write it."""
    return (time - datetime(1970, 1, 1)) // timedelta(milliseconds=1)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, start: datetime, end: datetime, *, authority: bool
) -> x509.CertificateBuilder:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority and isinstance(key, rsa.RSAPrivateKey),
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
    )
    if authority:
        return builder
    server = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    policy = x509.PolicyInformation(ObjectIdentifier("2.23.140.1.2.2"), None)  # organisation validated
    return builder.add_extension(server, critical=False).add_extension(
        x509.CertificatePolicies([policy]), critical=False
    )


def _hash(key: PrivateKey) -> hashes.SHA256 | None:
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _spki(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
