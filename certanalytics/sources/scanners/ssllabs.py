"""Qualys SSL Labs: assessments of the API (v2, v3, v4) and of the ``ssllabs-scan`` client.

Read: the chains as each address served them (PEM; one for every key type, and the one a client without SNI got), the
protocol versions, suites and named groups, and the addresses and names that gave no certificate. v3 and v4 keep the
certificates once and refer to them; v2 has them inside the address. Not read: trust paths, which SSL Labs built
itself, simulations, grades and checks for vulnerabilities, what was offered to a client without SNI alone, and the
text of ``--usecache --grade``.

The time is that at which the assessment ended (``testTime``): from the cache it may be long before the file was
written. SSL Labs does not say why it was "Unable to connect to the server". Where it saw a certificate and did not
keep it (``Certificate not valid for domain name`` without ``ignoreMismatch=on``, an assessment that was not over, or
one asked for without ``all=on``), the address is rejected with these words: it did give a certificate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

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
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import (
    fingerprint,
    from_epoch,
    hex_digits,
    host_and_ip,
    ip_address,
    port_number,
    serial_hex,
)
from certanalytics.sources.scanners._tls_names import protocol
from certanalytics.x509.containers import pem_to_der

# By SSL Labs' own words. Any other message is not about the server, or not about a server without certificate.
_OUTCOMES: tuple[tuple[str, Outcome], ...] = (
    (r"unable to resolve|no ip addresses|unknown host", "unresolvable"),
    (r"no secure protocols", "not tls"),
    (r"timed out|timeout", "timeout"),
    (r"refused", "refused"),
    (r"failed to communicate with the secure server|failed to obtain certificate|handshake", "handshake failed"),
    (r"unable to connect", "no certificate"),
)

_KEYS = {"RSA": "RSA", "DSA": "DSA", "EC": "EC", "ECDSA": "EC"}

_HOST = ("host", "engineVersion", "criteriaVersion")
# With keys in alphabetical order the details of the first address fill the head before the host is named.
_SORTED = ("criteriaVersion", "endpoints.item.delegation")
_ADDRESS = ("endpoints.item.ipAddress", "endpoints.item.details.hostStartTime")


@source(
    "ssllabs-json",
    produced_by="ssllabs-scan HOST (an array), and the SSL Labs API: /api/v3/analyze?host=HOST&all=done (v2 to v4)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=json_paths(*_HOST)
    | json_paths(*_SORTED)
    | json_paths(*_ADDRESS)
    | json_paths(*(f"item.{path}" for path in _HOST))
    | json_paths(*(f"item.{path}" for path in _SORTED))
    | json_paths(*(f"item.{path}" for path in _ADDRESS)),
)
def ssllabs_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes, assessment by assessment: one object, several, or an array.

    Raises:
        DataError: Not one assessment can be read.
    """
    yield from rows(json_records(export), lambda locator, host: _Assessment(locator, host).rows())


class _Assessment:
    """One host that was assessed, with all its addresses."""

    def __init__(self, locator: str, host: Mapping[str, Any]) -> None:
        self.locator = locator
        self.host = host
        asked = text(host.get("host")) or ""  # a URL where one was asked for
        self.name, self.ip = host_and_ip(urlsplit(asked).hostname if "://" in asked else asked)
        if not (self.name or self.ip):
            raise ValueError("it does not say which host it is about")
        ended = number(host.get("testTime")) or number(host.get("startTime"))
        self.place: dict[str, Any] = {
            "host": self.name,
            "port": port_number(host.get("port") or 443),  # SSL Labs assesses no other port
            "observed_at": from_epoch(ended / 1000) if ended else None,
        }
        self.certificates = {
            text(certificate.get("id")): certificate for certificate in map(section, array(host.get("certs")))
        }

    def rows(self) -> Iterator[Row]:
        addresses = array(self.host.get("endpoints"))
        if not addresses:
            status = text(self.host.get("status")) or ""
            yield self._nothing(self.locator, self.ip, text(self.host.get("statusMessage")) or f"status {status}")
        for position, written in enumerate(addresses):
            locator = f"{self.locator}.endpoints[{position}]"
            address = section(written)
            ip = ip_address(text(address.get("ipAddress")) or "") or self.ip
            details = section(address.get("details"))
            seen = list(self._sightings(f"{locator}.details", ip, details))
            yield from seen
            if not any(isinstance(row, Sighting) for row in seen):
                message = text(address.get("statusMessage")) or "Ready"
                if message == "Ready":
                    message = "there is no chain in it" if details else "there are no details in it; ask for all=on"
                yield self._nothing(locator, ip, message)
            yield from self._endpoint(f"{locator}.details", ip, details)

    def _nothing(self, locator: str, ip: str | None, message: str) -> Row:
        """The row for an address without certificate."""
        for words, outcome in _OUTCOMES:
            if re.search(words, message, re.IGNORECASE):
                return Probe(locator=locator, outcome=outcome, detail=message, ip=ip, sni=self.name, **self.place)
        return Reject(locator=locator, reason=f"no certificate was kept: {message}", excerpt=self.name or ip)

    def _sightings(self, locator: str, ip: str | None, details: Mapping[str, Any]) -> Iterator[Row]:
        for position, written in enumerate(array(details.get("certChains"))):
            served = section(written)
            identifiers = [text(identifier) or "" for identifier in array(served.get("certIds"))]
            parts = [self.certificates.get(identifier, {"sha256Hash": identifier}) for identifier in identifiers]
            sni = None if served.get("noSni") is True else self.name
            yield from self._sighting(f"{locator}.certChains[{position}]", ip, sni, parts)
        if "cert" in details or "chain" in details:  # v2
            parts = [section(part) for part in array(section(details.get("chain")).get("certs"))]
            leaf = section(details.get("cert"))
            if not parts and leaf:
                key = section(details.get("key"))
                parts = [{**leaf, "keyAlg": key.get("alg"), "keySize": key.get("size")}]
            yield from self._sighting(f"{locator}.chain", ip, self.name, parts)

    def _sighting(self, locator: str, ip: str | None, sni: str | None, parts: list[Mapping[str, Any]]) -> Iterator[Row]:
        chain: list[CertificateRef] = []
        for position, part in enumerate(parts):
            try:
                chain.append(_certificate(part))
            except ValueError as error:
                yield Reject(locator=f"{locator}[{position}]", reason=str(error))
                if position == 0:
                    return  # the next certificate is no leaf
        if chain:
            yield Sighting(locator=locator, chain=tuple(chain), kind="scan", ip=ip, sni=sni, **self.place)

    def _endpoint(self, locator: str, ip: str | None, details: Mapping[str, Any]) -> Iterator[Row]:
        versions = [
            protocol(f"{text(version.get('name'))}{text(version.get('version'))}")
            for version in map(section, array(details.get("protocols")))
            if version.get("v2SuitesDisabled") is not True  # SSL 2.0 without one suite
        ]
        offered = details.get("suites")  # v2 has one list for all versions, v3 one for each
        lists = [section(suites) for suites in (offered if isinstance(offered, list) else [offered])]
        suites = (text(section(suite).get("name")) for found in lists for suite in array(found.get("list")))
        groups = (text(section(group).get("name")) for group in array(section(details.get("namedGroups")).get("list")))
        if versions:
            yield EndpointTls(
                locator=locator,
                ip=ip,
                sni=self.name,
                protocols=tuple(versions),
                cipher_suites=tuple(dict.fromkeys(suite for suite in suites if suite)),
                groups=tuple(dict.fromkeys(group for group in groups if group)),
                **self.place,
            )


def _certificate(part: Mapping[str, Any]) -> CertificateRef:
    """The DER, or what SSL Labs says of the certificate where its PEM is missing.

    Raises:
        ValueError: The PEM is damaged, or nothing is said.
    """
    if pem := text(part.get("raw")):
        return pem_to_der(pem)
    sha256, serial = hex_digits(text(part.get("sha256Hash")) or ""), text(part.get("serialNumber"))
    names = [text(name) or "" for name in array(part.get("altNames"))]
    common = [text(name) for name in array(part.get("commonNames"))]
    start, end = number(part.get("notBefore")), number(part.get("notAfter"))
    signature = text(part.get("sigAlg"))
    digest = re.match(r"(?:MD5|SHA\d+)(?=with)", signature or "")
    stated = StatedCertificate(
        sha256=sha256 if len(sha256) == 64 else None,
        sha1=fingerprint(text(part.get("sha1Hash")), 20),
        serial_hex=serial_hex(serial) if serial else None,
        subject_dn=text(part.get("subject")),
        subject_cn=common[0] if common else None,
        issuer_dn=text(part.get("issuerSubject")),
        san_dns=tuple(name for name in names if name and not ip_address(name)),
        san_ip=tuple(address for name in names if (address := ip_address(name))),
        not_before=from_epoch(start / 1000) if start is not None else None,
        not_after=from_epoch(end / 1000) if end is not None else None,
        key_algorithm=_KEYS.get(text(part.get("keyAlg")) or ""),
        key_bits=number(part.get("keySize")),
        signature_algorithm=signature,
        signature_hash=digest[0].lower() if digest else None,
    )
    if stated == StatedCertificate():
        raise ValueError("nothing is said of this certificate")
    return stated
