"""sslscan: the certificate, protocol versions, suites and groups of each server, from its XML.

Read: ``--show-certificate`` (the leaf; from 2.1.4 ``--show-certificates`` writes the chain) with its PEM, and without
it what the short block says of the leaf; protocols, suites and groups; every server that gave no certificate. A
server with two certificates shows the one it chose for one handshake. Not read: the terminal's text, and what
sslscan thinks of renegotiation, compression and Heartbleed.

The file says neither when the scan ran nor which address was reached nor whether STARTTLS was used; only a failed
connection names its address. An error for a name that did not resolve has lost the port.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from certanalytics.model import CertificateRef, EndpointTls, Outcome, Probe, Reject, Row, Run, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, port_number
from certanalytics.sources._reading.xml import in_utf8, xml_rows
from certanalytics.sources.scanners._sslscan import Sound, outcome, place, stated
from certanalytics.x509.containers import pem_to_der

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PROTOCOLS = {
    ("ssl", "2"): "SSLv2",
    ("ssl", "3"): "SSLv3",
    ("tls", "1.0"): "TLSv1.0",
    ("tls", "1.1"): "TLSv1.1",
    ("tls", "1.2"): "TLSv1.2",
    ("tls", "1.3"): "TLSv1.3",
}

_GROUPS = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1", "25519": "x25519", "448": "x448"}
"""The curve of a suite by the name the list of groups has for it."""

_RUN_MESSAGES = ("Targets file ", "Could not open targets file ")
"""About no server: sslscan 2.0 says that the targets file is missing at the end of every good run."""

_STARTTLS = re.compile(r"\b(SMTP|IMAP|POP3|FTP|LDAP|XMPP|PostgreSQL|MySQL|IRC) service\b|STARTLS (LDAP)")


@source(
    "sslscan-xml",
    produced_by="sslscan --show-certificate --xml=FILE TARGET (sslscan 1.11 and 2.x, the rbsec fork)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=Signature(
        'XML <document title="SSLScan Results">',
        lambda head: (
            head.xml_root == "document" and bool(re.search(r"<document\s[^>]{0,1000}\bSSLScan Results\b", head.text))
        ),
    ),
)
def sslscan_xml(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes in file order; a run that was killed keeps its whole servers.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    sound = Export(export.path, export.member, export.file_time, lambda: cast("BinaryIO", Sound(in_utf8(export))))
    yield from xml_rows(sound, {"document": _run, "document/ssltest": _test, "document/error": _error}, _rescued)


def _run(_: str, root: Element) -> Iterator[Row]:
    yield Run(tool_version=root.get("version"))


def _error(locator: str, error: Element) -> Iterator[Row]:
    """A server that was not tested at all."""
    message = (error.text or "").strip()
    if message.startswith(_RUN_MESSAGES):
        return
    if (found := place(message)) is None:
        yield Reject(locator=locator, reason=f"sslscan could not go on: {message}" if message else "an empty error")
        return
    host, ip = host_and_ip(*found[:2])
    upgrade = _STARTTLS.search(message)
    yield Probe(
        locator=locator,
        outcome=outcome(message),
        detail=message,
        host=host,
        ip=ip,
        port=port_number(found[2]) if found[2] else None,
        starttls=(upgrade[1] or upgrade[2]).lower() if upgrade else None,
    )


def _test(locator: str, test: Element) -> Iterator[Row]:
    where = _where(test)
    seen = False
    for certificate in _certificates(locator, test):
        seen = True
        if isinstance(certificate, Reject):
            yield certificate
        else:
            yield Sighting(locator=f"{locator}/certificate", chain=certificate, kind="scan", **where)

    offered = _offered(test)
    asked = test.find("certificates") is not None
    spoke = any(said for name, said in offered.items() if name != "refused")
    if not seen and (asked or not spoke):
        yield _probe(locator, test, spoke=spoke, where=where)
    if spoke:
        yield EndpointTls(locator=locator, **offered, **where)


def _rescued(locator: str, test: Element) -> Iterator[Row]:
    """Of a server that sslscan died on, the certificates that are whole; what it offered is not known to its end."""
    if chain := _chain(_full(test)):
        yield Sighting(locator=f"{locator}/certificate", chain=chain, kind="scan", **_where(test))


def _where(test: Element) -> dict[str, Any]:
    host, ip = host_and_ip(test.get("host"))
    if not (host or ip):
        raise ValueError("it does not say which server it is about")
    sni, _ = host_and_ip(test.get("sniname"))
    return {"host": host, "ip": ip, "port": port_number(test.attrib["port"]), "sni": sni}


def _probe(locator: str, test: Element, *, spoke: bool, where: dict[str, Any]) -> Probe:
    """A server without a certificate. One that took none of all six versions does in practice not speak TLS."""
    messages = [text for error in test.iter("error") if (text := (error.text or "").strip())]
    refused = {
        (each.get("type"), each.get("version")) for each in test.findall("protocol") if each.get("enabled") == "0"
    }
    silent = not spoke and refused >= set(_PROTOCOLS)
    told: Outcome = "not tls" if silent else "no certificate"
    told = next((means for means in map(outcome, messages) if means != "no certificate"), told)
    return Probe(
        locator=locator,
        outcome=told,
        detail=messages[0] if messages else "no protocol version is enabled" if silent else None,
        **where,
    )


def _certificates(locator: str, test: Element) -> Iterator[tuple[CertificateRef, ...] | Reject]:
    """The chain of the full blocks, leaf first; without a readable PEM what is said of the leaf."""
    blocks = list(test.iter("certificate"))
    full = _full(test)
    chain = _chain(full)
    if chain:
        yield chain
        if len(chain) < len(full):
            yield Reject(locator=f"{locator}/certificate[{len(chain) + 1}]", reason="no readable PEM")
    elif blocks:
        try:
            certificate = stated(
                full[0] if full else None, next((block for block in blocks if block not in full), None)
            )
        except ValueError as error:
            yield Reject(locator=f"{locator}/certificate", reason=str(error))
        else:
            yield (certificate,)


def _full(test: Element) -> list[Element]:
    return [block for block in test.iter("certificate") if block.find("certificate-blob") is not None]


def _chain(full: list[Element]) -> tuple[bytes, ...]:
    """The certificates up to the first that cannot be read: what follows a gap is no chain."""
    chain = []
    for block in full:
        try:
            chain.append(pem_to_der(block.findtext("certificate-blob") or ""))
        except ValueError:
            break  # the caller sees that the chain is shorter than the blocks
    return tuple(chain)


def _offered(test: Element) -> dict[str, Any]:
    """Protocols, suites and groups, each once; sslscan 1.x knows protocols by their suites alone."""
    taken = [cipher for cipher in test.findall("cipher") if cipher.get("status") in {"preferred", "accepted"}]
    tried = {
        _PROTOCOLS.get((each.get("type", ""), each.get("version", ""))): each.get("enabled")
        for each in test.findall("protocol")
    }
    offered = _distinct((*(version for version in tried if tried[version] == "1"), *map(_version, taken)))
    groups = (each.get("name", "").partition(" (")[0] for each in test.findall("group"))
    curves = (_GROUPS.get(curve, curve) for cipher in taken if (curve := cipher.get("curve")))
    return {
        "protocols": offered,
        "refused": _distinct(tuple(version for version in tried if tried[version] == "0" and version not in offered)),
        "cipher_suites": _distinct(tuple(cipher.get("cipher") for cipher in taken)),
        "groups": _distinct((*groups, *curves)),
    }


def _version(cipher: Element) -> str | None:
    written = cipher.get("sslversion")
    return "TLSv1.0" if written == "TLSv1" else written


def _distinct(names: tuple[str | None, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
