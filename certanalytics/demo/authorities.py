"""The certification authorities of the demo: seven public CA owners, an internal PKI, two CT logs.

All are invented. Structure and habits are those of the field: roots that issue nothing but
issuing CAs, CA/B Forum policy identifiers, CRL and AIA locations, and a legacy internal CA that
still signs with SHA-1. The organisation in a CA's name is the CA owner.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from certanalytics.demo import der
from certanalytics.demo.keys import KeyKind, PublicKey, sign, signing_key

Digest = Literal["sha1", "sha256", "sha384"]

LARKSPUR, NORTHGATE, HALDEN, CORVINE, OSTRAVA, QUILLON, FERNHILL = (
    "Larkspur Trust",
    "Northgate Certification",
    "Halden Secure",
    "Corvine Digital",
    "Ostrava CA",
    "Quillon PKI",
    "Fernhill Trust",
)
INTERNAL = "Meridian Group"
"""The enterprise's own PKI, and the organisation in its certificates."""

_HASHES: dict[Digest, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303  # one of the planted faults
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
}
_SIGNATURES: dict[tuple[bool, Digest], tuple[str, str]] = {
    (True, "sha1"): ("sha1WithRSAEncryption", "1.2.840.113549.1.1.5"),
    (True, "sha256"): ("sha256WithRSAEncryption", "1.2.840.113549.1.1.11"),
    (False, "sha1"): ("ecdsa-with-SHA1", "1.2.840.10045.4.1"),
    (False, "sha256"): ("ecdsa-with-SHA256", "1.2.840.10045.4.3.2"),
    (False, "sha384"): ("ecdsa-with-SHA384", "1.2.840.10045.4.3.3"),
}


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs certificates, with the algorithm it uses (RFC 5280 section 4.1.1.2)."""

    key: PublicKey
    digest: Digest

    @property
    def algorithm_name(self) -> str:
        """Name of the signature algorithm as its RFC writes it."""
        return _SIGNATURES[self.key.is_rsa, self.digest][0]

    @property
    def algorithm_oid(self) -> str:
        """Object identifier of the signature algorithm, dotted."""
        return _SIGNATURES[self.key.is_rsa, self.digest][1]

    @property
    def algorithm(self) -> bytes:
        """AlgorithmIdentifier, DER; RSA carries a NULL parameter, ECDSA none."""
        return der.sequence(der.oid(self.algorithm_oid), der.NULL if self.key.is_rsa else b"")

    def certificate(self, tbs: bytes) -> bytes:
        """What is signed and names `algorithm`, with the signature: a certificate, a list, an OCSP response."""
        if self.key.private is None:
            raise ValueError(f"nobody holds the private key of this {self.key.kind} key")
        return der.signed(tbs, self.algorithm, sign(self.key.private, tbs, _HASHES[self.digest]))


@dataclass(frozen=True, slots=True, eq=False)
class Authority:
    """One CA: a root (``issuer`` is ``None``) or an issuing CA."""

    label: str
    owner: str
    name: x509.Name
    signer: Signer
    certificate: bytes
    issuer: Authority | None

    @property
    def is_public(self) -> bool:
        """Whether browsers would trust it, and its certificates are logged."""
        return self.owner != INTERNAL

    @property
    def site(self) -> str:
        """Where its CRLs and certificates are published."""
        return "pki.meridian.example" if not self.is_public else f"{self.owner.split()[0].lower()}.example"

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates above its end entities, issuing CA first, root last."""
        return (self.certificate, *(self.issuer.chain if self.issuer else ()))


@dataclass(frozen=True, slots=True)
class Log:
    """One Certificate Transparency log, cut into shards by the half year certificates end in."""

    operator: str
    key: PublicKey

    @property
    def log_id(self) -> bytes:
        """SHA-256 of the log's key (RFC 6962 section 3.2)."""
        return hashlib.sha256(self.key.spki).digest()

    @staticmethod
    def shard(not_after: datetime) -> str:
        """Name of the shard that takes certificates with this end."""
        return f"{not_after.year}h{1 if not_after.month < 7 else 2}"


# label, CA owner, country, common name, key, issuer, digest the CA signs with
_HIERARCHY: tuple[tuple[str, str, str, str, KeyKind, str | None, Digest], ...] = (
    ("larkspur-root", LARKSPUR, "US", "Larkspur Root X1", "P-384", None, "sha384"),
    ("larkspur-e5", LARKSPUR, "US", "Larkspur E5", "P-256", "larkspur-root", "sha256"),
    ("larkspur-e6", LARKSPUR, "US", "Larkspur E6", "P-256", "larkspur-root", "sha256"),
    ("northgate-root", NORTHGATE, "GB", "Northgate Global Root G2", "RSA-2048", None, "sha256"),
    ("northgate-ov", NORTHGATE, "GB", "Northgate OV TLS CA 2024", "RSA-2048", "northgate-root", "sha256"),
    ("northgate-ev", NORTHGATE, "GB", "Northgate EV TLS CA 2024", "P-256", "northgate-root", "sha256"),
    ("halden-root", HALDEN, "NO", "Halden Root CA", "P-384", None, "sha384"),
    ("halden-ov", HALDEN, "NO", "Halden Server CA 3", "P-256", "halden-root", "sha256"),
    ("corvine-root", CORVINE, "DE", "Corvine Root R1", "P-384", None, "sha384"),
    ("corvine-dv", CORVINE, "DE", "Corvine DV TLS CA", "P-256", "corvine-root", "sha256"),
    ("ostrava-root", OSTRAVA, "CZ", "Ostrava Root CA 2", "P-384", None, "sha384"),
    ("ostrava-ov", OSTRAVA, "CZ", "Ostrava TLS Issuing CA 5", "P-384", "ostrava-root", "sha384"),
    ("quillon-root", QUILLON, "US", "Quillon Root G1", "P-384", None, "sha384"),
    ("quillon-dv", QUILLON, "US", "Quillon Basic DV CA", "P-256", "quillon-root", "sha256"),
    ("meridian-root", INTERNAL, "IE", "Meridian Internal Root CA", "P-384", None, "sha384"),
    ("meridian-server", INTERNAL, "IE", "Meridian Server CA 2", "P-256", "meridian-root", "sha256"),
    ("meridian-legacy", INTERNAL, "IE", "Meridian Server CA 1", "RSA-2048", "meridian-root", "sha1"),
    ("fernhill-root", FERNHILL, "US", "Fernhill Root R3", "P-384", None, "sha384"),
    ("fernhill-dv", FERNHILL, "US", "Fernhill DV TLS CA", "P-256", "fernhill-root", "sha256"),
)
_ROOT_LIFE = (datetime.fromisoformat("2016-01-11T00:00:00"), datetime.fromisoformat("2041-01-10T23:59:59"))
_ISSUING_LIFE = (datetime.fromisoformat("2022-02-07T00:00:00"), datetime.fromisoformat("2034-02-06T23:59:59"))
_GENERATION_2024 = (datetime.fromisoformat("2024-02-05T00:00:00"), datetime.fromisoformat("2034-02-04T23:59:59"))
"""The life of the issuing CAs that have this year in their names."""


def authorities(rng: Random, ends: Mapping[str, datetime]) -> dict[str, Authority]:
    """Every CA by its label, roots before the CAs they certify; ``ends`` are those that differ from what is usual."""
    made: dict[str, Authority] = {}
    for label, owner, country, common_name, kind, issuer, digest in _HIERARCHY:
        name = ca_name(country, owner, common_name)
        signer = Signer(signing_key(rng, kind), digest)
        parent = made[issuer] if issuer else None
        issuing_life = _GENERATION_2024 if common_name.endswith("2024") else _ISSUING_LIFE
        first, last = issuing_life if parent else _ROOT_LIFE
        certificate = ca_certificate(rng, name, signer, parent, (first, ends.get(label, last)))
        made[label] = Authority(label, owner, name, signer, certificate, parent)
    return made


def ca_name(country: str, owner: str, common_name: str) -> x509.Name:
    """The name of a CA: the organisation in it is the CA owner."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, owner),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def logs(rng: Random) -> tuple[Log, Log]:
    """The two logs every public certificate is sent to before it is issued."""
    return Log("sundial", signing_key(rng, "P-256")), Log("tidemark", signing_key(rng, "P-256"))


def publication_points(authority: Authority, *, ocsp: bool, crl: bool = True, issuer: bool = True) -> tuple[bytes, ...]:
    """The AIA and CRL distribution point extensions of what a CA issues (RFC 5280 sections 4.2.2.1, 4.2.1.13)."""
    locations = []
    if ocsp:
        responder = x509.UniformResourceIdentifier(f"http://ocsp.{authority.site}")
        locations.append(x509.AccessDescription(AuthorityInformationAccessOID.OCSP, responder))
    if issuer:
        certificate = x509.UniformResourceIdentifier(f"http://i.{authority.site}/{authority.label}.der")
        locations.append(x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, certificate))
    extensions = []
    if locations:
        access = x509.AuthorityInformationAccess(locations)
        extensions.append(der.extension("1.3.6.1.5.5.7.1.1", access.public_bytes()))
    if crl:
        place = x509.UniformResourceIdentifier(f"http://crl.{authority.site}/{authority.label}.crl")
        points = x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])
        extensions.append(der.extension("2.5.29.31", points.public_bytes()))
    return tuple(extensions)


def key_identifiers(subject: PublicKey, issuer: PublicKey) -> tuple[bytes, bytes]:
    """The subject and authority key identifier extensions (RFC 5280 sections 4.2.1.2 and 4.2.1.1)."""
    return (
        der.extension("2.5.29.14", der.octet_string(subject.key_id)),
        der.extension("2.5.29.35", der.sequence(der.tlv(0x80, issuer.key_id))),
    )


def ca_certificate(
    rng: Random,
    name: x509.Name,
    signer: Signer,
    parent: Authority | None,
    life: tuple[datetime, datetime],
    *,
    certifies_cas: bool = False,
) -> bytes:
    """A certificate for a CA's name and key, from the CA above it, or from itself.

    Roots certify CAs. An issuing CA does not, unless it is a root that another one vouches for (``certifies_cas``).
    """
    above = parent.signer if parent else signer
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    constraints = x509.BasicConstraints(ca=True, path_length=0 if parent and not certifies_cas else None)
    tbs = der.tbs_certificate(
        serial=rng.getrandbits(126) | 1 << 126,
        algorithm=above.algorithm,
        issuer=(parent.name if parent else name).public_bytes(),
        validity=life,
        subject=name.public_bytes(),
        spki=signer.key.spki,
        extensions=[
            der.extension("2.5.29.15", usage.public_bytes(), critical=True),
            der.extension("2.5.29.19", constraints.public_bytes(), critical=True),
            *key_identifiers(signer.key, above.key),
            *(publication_points(parent, ocsp=False) if parent else ()),
        ],
    )
    return above.certificate(tbs)
