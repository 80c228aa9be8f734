"""The vocabulary of testssl.sh: one finding taken apart, and the certificates a block of findings tells of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from certanalytics.model import CertificateRef, Reject, StatedCertificate
from certanalytics.sources._reading.records import section, text
from certanalytics.sources._reading.text import hex_digits, host_and_ip, ip_address, is_dns_name, serial_hex, utc
from certanalytics.x509.containers import pem_to_der

_FACTS = frozenset(
    {
        "cert",
        "cert_caIssuers",
        "cert_commonName",
        "cert_fingerprintSHA1",
        "cert_fingerprintSHA256",
        "cert_keySize",
        "cert_notAfter",
        "cert_notBefore",
        "cert_serialNumber",
        "cert_signatureAlgorithm",
        "cert_subjectAltName",
    }
)
"""The findings that tell of a certificate; all others about one are testssl.sh's judgement of it."""

NOT_OFFERED = ("not offered", "not supported", "is not offered", "TLSv1.1 is not offered")
"""How the finding on a protocol version begins that testssl.sh asked for in vain: TLS 1.1 has words of its own."""

_DIRECTORY_NAME = re.compile(r"(?:^|\s)/?[A-Za-z]{1,20} ?= ?\S")

_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1", "prime256v1": "secp256r1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One finding, with the suffixes of its identifier apart.

    Attributes:
        locator: Where it stands in the file.
        check_id: The identifier without suffixes (``cert_notAfter``).
        severity: As testssl.sh writes it, in capitals.
        text: The finding itself; may be empty.
        certificate: Which of several host certificates it is about (``<cert#2>``, ``<hostCert#2>``);
            ``None`` if the endpoint has one, or if the finding is not about one of them.
    """

    locator: str
    check_id: str
    severity: str
    text: str
    certificate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One certificate an endpoint presented, leaf first, with the intermediates testssl.sh wrote down."""

    locator: str
    chain: tuple[CertificateRef, ...]


def said(locator: str, fields: object) -> Said:
    """A finding taken apart.

    Raises:
        ValueError: It is no finding.
    """
    fields = section(fields)
    identifier, severity = text(fields.get("id")), text(fields.get("severity"))
    # An intermediate has its place in the chain before the number of its host certificate.
    # One check has a word of its own behind both: "cert_trust <hostCert#1>_wildcard".
    found = re.fullmatch(r"(.+?)(?: <#\d+>)?(?: <(?:cert|hostCert)#(\d+)>)?(_wildcard)?", identifier or "")
    if not found or not severity:
        raise ValueError("identifier or severity is missing")
    return Said(
        locator=locator,
        check_id=found[1] + (found[3] or ""),
        severity=severity.upper(),
        text=text(fields.get("finding")) or "",
        certificate=found[2],
    )


def place_in(words: str) -> tuple[str | None, str | None, int | None]:
    """Host, address and port testssl.sh says it could not go on with: all there is of them in the pretty JSON."""
    if found := re.search(r"(?:^|[\s'\"])\[?([^\s'\"\[\]]+?)\]?:(\d{1,5})(?=[\s'\",.]|$)", words):
        return *host_and_ip(found[1]), int(found[2])
    if found := re.search(r"address\(es\) for ['\"]([^\s'\"]+)['\"]", words):
        return *host_and_ip(found[1]), None
    return None, None, None


@dataclass(slots=True)
class _Told:
    """What the findings tell of one host certificate."""

    facts: dict[str, Said] = field(default_factory=dict)
    intermediates: list[Said] = field(default_factory=list)


def served(findings: Iterable[Said]) -> Iterator[Served | Reject]:
    """The certificates of one endpoint, in the order testssl.sh wrote them.

    Intermediates follow the host certificate they were served with. Without a PEM a certificate is
    what the findings say of it, provided they say which one it is: a fingerprint or a serial number.
    """
    certificates: dict[str | None, _Told] = {}
    current: str | None = None
    for finding in findings:
        if finding.check_id in _FACTS:
            current = finding.certificate
            certificates.setdefault(current, _Told()).facts[finding.check_id] = finding
        elif finding.check_id == "intermediate_cert":
            certificates.setdefault(finding.certificate or current, _Told()).intermediates.append(finding)
    for told in certificates.values():
        yield from _served(told)


def _served(told: _Told) -> Iterator[Served | Reject]:
    chain: list[CertificateRef] = []
    leaf = told.facts.get("cert")
    for finding in ([leaf] if leaf else []) + told.intermediates:
        try:
            chain.append(pem_to_der(finding.text))
        except ValueError as error:
            yield Reject(locator=finding.locator, reason=str(error))
            if finding is leaf:
                return
    if not leaf:
        first = next(iter(told.facts.values()), None)
        if first is None:
            return
        try:
            stated = _stated({check: finding.text for check, finding in told.facts.items()})
        except ValueError as error:
            yield Reject(locator=first.locator, reason=str(error))
            return
        if not (stated.sha256 or stated.sha1 or stated.serial_hex):
            return
        leaf = first
        chain.insert(0, stated)
    yield Served(locator=leaf.locator, chain=tuple(chain))


def _stated(facts: Mapping[str, str]) -> StatedCertificate:
    """A certificate by what is said of it; times are to the minute.

    Raises:
        ValueError: A number or a time is none.
    """
    serial = facts.get("cert_serialNumber")
    key = re.match(
        r"(RSA|EC|DSA) (\d+) bits(?: \(curve ([\w-]+)\))?|EdDSA (Ed25519|Ed448)", facts.get("cert_keySize", "")
    )
    issuer = re.fullmatch(r"(.*?)(?: \([^()]*\))?", facts.get("cert_caIssuers", "").removeprefix("selfsigned"))
    signature = facts.get("cert_signatureAlgorithm")
    digest = re.search(r"\b(MD5|SHA\d+)\b", signature or "")
    subject = facts.get("cert_commonName", "")
    # The names are not typed: "a.example 192.0.2.1 joe@example.com https://a.example/"; without any, a sentence.
    # Those of a directory ("CN = Joe") fall apart into words that look like host names.
    written = facts.get("cert_subjectAltName", "")
    is_sentence = written.startswith(("No SAN, ", "Providing no SAN", "missing"))
    names = [] if is_sentence or _DIRECTORY_NAME.search(written) else written.split()
    return StatedCertificate(
        sha256=hex_digits(facts.get("cert_fingerprintSHA256", "")) or None,
        sha1=hex_digits(facts.get("cert_fingerprintSHA1", "")) or None,
        serial_hex=serial_hex(serial) if serial else None,
        subject_cn=None if not subject or subject.startswith("no CN field") else subject,
        issuer_cn=(issuer[1] or None) if issuer else None,
        san_dns=tuple(name for name in names if name != "--" and is_dns_name(name)),
        san_ip=tuple(address for name in names if (address := ip_address(name))),
        not_before=utc(facts.get("cert_notBefore")),
        not_after=utc(facts.get("cert_notAfter")),
        key_algorithm=key[1] or key[4] if key else None,
        key_bits=int(key[2]) if key and key[2] else None,
        key_curve=_CURVES.get(key[3], key[3]) if key and key[3] else None,
        signature_algorithm=signature,
        signature_hash=digest[1].lower() if digest else None,
    )
