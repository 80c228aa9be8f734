"""What tlsx says of one handshake; httpx, made by the same people, says the same inside its own records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypedDict

from certanalytics.model import (
    CertificateRef,
    EndpointTls,
    Outcome,
    Probe,
    Reject,
    Row,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._reading.records import array, section, text
from certanalytics.sources._reading.text import fingerprint, is_dns_name, serial_hex, utc
from certanalytics.sources.scanners._tls_names import failure, protocol
from certanalytics.x509.containers import pem_to_der

_CURVES = {
    "CurveP256": "secp256r1",
    "CurveP384": "secp384r1",
    "CurveP521": "secp521r1",
    "P-256": "secp256r1",
    "P-384": "secp384r1",
    "P-521": "secp521r1",
}
"""Groups by the names Go has for them; the others are IANA's already."""


def handshake(locator: str, said: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of one handshake at a place.

    Raises:
        ValueError: The leaf or a time is damaged.
    """
    leaf = certificate(said)
    if leaf is None:
        yield _probe(locator, said, place)
    else:
        chain: list[CertificateRef] = []
        for position, part in enumerate(array(said.get("chain"))):
            try:
                found = certificate(section(part))
            except ValueError as error:
                yield Reject(locator=f"{locator}.chain[{position}]", reason=str(error))
                continue
            # In this mode the chain may begin with the leaf again.
            repeated = position == 0 and said.get("tls_connection") == "openssl" and _same(found, leaf)
            if found is not None and not repeated:
                chain.append(found)
        yield Sighting(locator=locator, chain=(leaf, *chain), kind="scan", **place)
    yield from _endpoint(locator, said, place)


def certificate(said: Mapping[str, Any], *, serial: str | None = None) -> CertificateRef | None:
    """The DER, or what is said of the certificate; ``None`` if nothing is.

    Args:
        said: The flat keys of tlsx (``subject_dn``, ``not_after``, ``fingerprint_hash``, ``certificate``, ...).
        serial: The serial number in hexadecimal, where ``said`` does not have it so.

    Raises:
        ValueError: The PEM, a fingerprint, a number or a time is damaged.
    """
    if pem := text(said.get("certificate")):
        return pem_to_der(pem)
    digests = section(said.get("fingerprint_hash"))
    serial = serial or text(said.get("serial"))
    stated = StatedCertificate(
        sha256=fingerprint(text(digests.get("sha256")), 32),
        sha1=fingerprint(text(digests.get("sha1")), 20),
        serial_hex=serial_hex(serial) if serial else None,
        subject_dn=text(said.get("subject_dn")),
        subject_cn=text(said.get("subject_cn")),
        subject_o=next(_names(said.get("subject_org")), None),
        issuer_dn=text(said.get("issuer_dn")),
        issuer_cn=text(said.get("issuer_cn")),
        issuer_o=next(_names(said.get("issuer_org")), None),
        # The dNSNames alone: addresses in the certificate are not written.
        san_dns=tuple(name for name in _names(said.get("subject_an")) if is_dns_name(name)),
        san_email=tuple(_names(said.get("emails"))),
        not_before=_time(said.get("not_before")),
        not_after=_time(said.get("not_after")),
    )
    return None if stated == StatedCertificate() else stated


def _names(written: object) -> Iterator[str]:
    return (name for name in map(text, array(written)) if name)


def _time(written: object) -> datetime | None:
    """A time; the first day of the first year is how Go writes none."""
    time = utc(text(written))
    return None if time is None or time.year == 1 else time


def _same(one: CertificateRef | None, other: CertificateRef) -> bool:
    if isinstance(one, StatedCertificate) and isinstance(other, StatedCertificate):
        return one.sha256 is not None and one.sha256 == other.sha256
    return one == other


def attempt(said: Mapping[str, Any]) -> tuple[Outcome, str | None]:
    """Why there is no certificate, as an outcome and in tlsx's words."""
    words = text(said.get("error"))
    if words is None and said.get("client_cert_required") is True:
        words = "a client certificate is required"
    return failure(words) or "no certificate", words


def _probe(locator: str, said: Mapping[str, Any], place: Mapping[str, Any]) -> Probe:
    outcome, detail = attempt(said)
    return Probe(locator=locator, outcome=outcome, detail=detail, **place)


class Offer(TypedDict):
    """What an endpoint offers, as columns of `EndpointTls`."""

    protocols: tuple[str, ...]
    cipher_suites: tuple[str, ...]
    groups: tuple[str, ...]


def offer(said: Mapping[str, Any]) -> Offer | None:
    """What the endpoint offers; ``None`` if nothing is said of it."""
    versions = [*_names(said.get("version_enum"))]
    suites: list[str] = []
    for written in array(said.get("cipher_enum")):
        enumerated = section(written)
        versions += _names([enumerated.get("version")])
        suites += [suite for found in section(enumerated.get("ciphers")).values() for suite in _names(found)]
    # What was negotiated; without -version-enum and -cipher-enum it is all that is known.
    versions += _names([said.get("tls_version")])
    suites += _names([said.get("cipher")])
    if not (versions or suites):
        return None
    return {
        "protocols": tuple(dict.fromkeys(map(protocol, versions))),
        "cipher_suites": tuple(dict.fromkeys(suites)),
        "groups": tuple(_CURVES.get(group, group) for group in _names([said.get("key_exchange")])),
    }


def _endpoint(locator: str, said: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[EndpointTls]:
    if offered := offer(said):
        yield EndpointTls(locator=locator, **offered, **place)
