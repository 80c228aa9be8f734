"""Shodan: what its crawlers saw of a service, one banner each.

Read: the banners ``shodan download`` writes, one a line, and those inside the answers of the REST API for a host
(``data``) and a search (``matches``). A banner with ``ssl`` gives the chain as served (PEM, leaf first), the protocol
versions that were tried and the negotiated suite. A banner without ``ssl`` is of a service that does not speak TLS
and gives no row, so a file of such banners alone gives none. Not read: the CSV and XLSX of ``shodan convert``.

``hostnames`` are names Shodan connects with the address, from DNS and from certificates, none of which it need have
asked for. A name counts as the host only if the crawler was given it (``_shodan.options.hostname``: then it is the
SNI too) or if it is the only one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import CertificateRef, EndpointTls, Probe, Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, text
from certanalytics.sources._reading.signature import Head, Signature, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import fingerprint, host_and_ip, port_number, serial_hex, utc
from certanalytics.sources.scanners._tls_names import protocol
from certanalytics.x509.containers import pem_to_der

# Modules that speak in plain text first and upgrade; the ones for TLS from the start have names of their own.
_STARTTLS = {
    "ftp": "ftp",
    "imap": "imap",
    "ldap-tcp": "ldap",
    "mysql": "mysql",
    "nntp": "nntp",
    "pop3": "pop3",
    "postgresql": "postgres",
    "rdp": "rdp",
    "smtp": "smtp",
    "xmpp": "xmpp",
}

_UNDER = ("data", "matches", "item.data", "item.matches")
"""Where the banners lie in an answer of the API, in ijson's notation; else they are the records themselves."""

_PLACES = ("", "item.", *(f"{under}.item." for under in _UNDER))

# Several ways to tell, because keys come in any order and a banner may begin with a page of half a megabyte.
_MARKS = (
    ("_shodan.crawler", "_shodan.module"),
    ("ip_str", "hostnames", "transport"),
    ("ip_str", "isp", "asn"),
    ("ip_str", "hash", "opts"),
)


def _banners() -> Signature:
    first, *others = (json_paths(*(f"{place}{path}" for path in mark)) for place in _PLACES for mark in _MARKS)
    for other in others:
        first |= other
    return first


@source(
    "shodan-json",
    produced_by="shodan download FILE QUERY (.json.gz), and the REST API: /shodan/host/IP, /shodan/host/search",
    brings=("certificate", "chain", "place", "protocols"),
    signature=_banners(),
)
def shodan_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes, banner by banner.

    Raises:
        DataError: Not one banner can be read.
    """
    paths = Head(export.head).json_paths
    under = next((under for under in _UNDER if f"{under}.item" in paths), "")
    yield from rows(json_records(export, under), _banner)


def _banner(locator: str, banner: Mapping[str, Any]) -> Iterator[Row]:
    ssl = section(banner.get("ssl"))
    if not ssl:
        return
    place = _place(banner)
    chain: list[CertificateRef] = []
    for position, pem in enumerate(array(ssl.get("chain"))):
        try:
            chain.append(pem_to_der(text(pem) or ""))
        except ValueError as error:
            yield Reject(locator=f"{locator}.ssl.chain[{position}]", reason=str(error))
            if position == 0:
                break  # the next certificate is no leaf
    if not chain:
        chain.extend(_without_pem(ssl))
    if chain:
        yield Sighting(locator=locator, chain=tuple(chain), kind="scan", **place)
    else:
        yield Probe(locator=locator, outcome="handshake failed", detail="a TLS banner without certificate", **place)

    # "-SSLv2" was tried and refused.
    tried = [text(version) or "-" for version in array(ssl.get("versions"))]
    versions = tuple(protocol(version) for version in tried if not version.startswith("-"))
    refused = tuple(protocol(version[1:]) for version in tried if version.startswith("-") and version != "-")
    suite = text(section(ssl.get("cipher")).get("name"))
    if versions or suite:
        suites = (suite,) if suite else ()
        yield EndpointTls(locator=locator, protocols=versions, refused=refused, cipher_suites=suites, **place)


def _place(banner: Mapping[str, Any]) -> dict[str, Any]:
    origin = section(banner.get("_shodan"))
    asked, _ = host_and_ip(text(section(origin.get("options")).get("hostname")))
    names = array(banner.get("hostnames"))
    host, ip = host_and_ip(asked or (text(names[0]) if len(names) == 1 else None), _address(banner))
    if not (host or ip):
        raise ValueError("it does not say which address it is about")
    return {
        "host": host,
        "ip": ip,
        "port": port_number(banner["port"]),
        "sni": asked,
        "starttls": _STARTTLS.get(text(origin.get("module")) or ""),
        "observed_at": utc(text(banner.get("timestamp"))),
    }


def _address(banner: Mapping[str, Any]) -> str | None:
    """The address as text, or from the number that is written beside it."""
    written, value = text(banner.get("ip_str")), banner.get("ip")
    return str(ipaddress.ip_address(value)) if written is None and isinstance(value, int) else written


def _without_pem(ssl: Mapping[str, Any]) -> Iterator[StatedCertificate]:
    """The chain by its digests, of which the first is the leaf's, and what is said of the leaf."""
    digests = [fingerprint(text(digest), 32) for digest in array(ssl.get("chain_sha256"))]
    leaf = _stated(section(ssl.get("cert")))
    if leaf is not None and (not digests or leaf.sha256 == digests[0]):
        yield leaf
        digests = digests[1:]
    yield from (StatedCertificate(sha256=digest) for digest in digests if digest)


def _stated(certificate: Mapping[str, Any]) -> StatedCertificate | None:
    """What the banner says of the leaf where its PEM is missing; old banners call an EC key "dsa"."""
    digests, key = section(certificate.get("fingerprint")), section(certificate.get("pubkey"))
    subject, issuer = section(certificate.get("subject")), section(certificate.get("issuer"))
    serial, signature = certificate.get("serial"), text(certificate.get("sig_alg"))
    digest = re.search(r"(?:md5|sha\d+)", signature or "", re.IGNORECASE)
    is_rsa = text(key.get("type")) == "rsa"
    stated = StatedCertificate(
        sha256=fingerprint(text(digests.get("sha256")), 32),
        sha1=fingerprint(text(digests.get("sha1")), 20),
        # Programs that know no whole numbers of this size have left a rounded one in many files: 2.5e+38.
        serial_hex=serial_hex(serial) if isinstance(serial, int) else None,
        subject_cn=text(subject.get("CN")),
        subject_o=text(subject.get("O")),
        issuer_cn=text(issuer.get("CN")),
        issuer_o=text(issuer.get("O")),
        not_before=_time(text(certificate.get("issued"))),
        not_after=_time(text(certificate.get("expires"))),
        key_algorithm="RSA" if is_rsa else None,
        key_bits=number(key.get("bits")) if is_rsa else None,
        signature_algorithm=signature,
        signature_hash=digest[0].lower() if digest else None,
    )
    return None if stated == StatedCertificate() else stated


def _time(written: str | None) -> datetime | None:
    """An ASN.1 GeneralizedTime: ``20200520000000Z``."""
    return datetime.strptime(written, "%Y%m%d%H%M%SZ") if written else None
