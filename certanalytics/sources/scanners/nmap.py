"""Nmap: the certificates and protocols its TLS scripts saw, from the XML output.

Read: ``ssl-cert`` (the leaf only; Nmap keeps no chain), ``ssl-enum-ciphers``, and the ports that were
asked for TLS and gave no certificate. The PEM is taken where there is one; before Nmap 5.51, and with
the PEM cut out, what the script's text says of the certificate. Not read: ``-oG`` and ``-oN`` files,
and everything that is not about TLS.

An attempt is counted (`Probe`) only where TLS was asked for: the run had a script that speaks TLS, and
the port was named one by one with ``-p``, is one Nmap itself expects TLS on, or answered in TLS. So a
sweep of all ports does not turn every SSH server into a failed TLS endpoint, and ports Nmap sums up in
``extraports`` are not attempts. A host that was down counts if its name was given and the ports too.
An open port that no script asked for its certificate (``--script ssl-enum-ciphers`` alone) did not fail to
show one.
Names that did not resolve leave no trace in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from certanalytics.model import (
    CertificateRef,
    EndpointTls,
    Outcome,
    Probe,
    Reject,
    Row,
    Run,
    Sighting,
    StatedCertificate,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.signature import xml_root
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, hex_digits, ip_address, port_number, utc
from certanalytics.sources._reading.xml import xml_rows
from certanalytics.x509.containers import pem_to_der

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# The services whose plain-text protocol Nmap upgrades before the handshake, with the names the other
# scanners give the upgrade.
_STARTTLS = {
    "ftp": "ftp",
    "imap": "imap",
    "ldap": "ldap",
    "lmtp": "lmtp",
    "ms-sql-s": "mssql",
    "mysql": "mysql",
    "nntp": "nntp",
    "pop3": "pop3",
    "postgresql": "postgres",
    "smtp": "smtp",
    "submission": "smtp",
    "vnc": "vnc",
    "xmpp": "xmpp",
    "xmpp-client": "xmpp",
    "xmpp-server": "xmpp_server",
}

_TLS_PORTS = frozenset({443, 465, 563, 636, 853, 989, 990, 992, 993, 994, 995, 3269, 5061, 5986, 6697, 8443, 8883})

_DEFAULT_SCRIPTS = re.compile(r"\s-A\b|\s-s[A-Za-z]*C")
_SCRIPTS = re.compile(r"""\s--?script[=\s]+(?:"([^"]*)"|(\S+))""")
_CATEGORIES = frozenset({"default", "safe", "discovery", "all"})
"""Those that ssl-cert is in."""

_OUTCOMES: dict[str, Outcome] = {
    "open": "not tls",
    "closed": "closed",
    "filtered": "filtered",
    "open|filtered": "filtered",
    "closed|filtered": "filtered",
}

_KEY_ALGORITHMS = {"rsa": "RSA", "dsa": "DSA", "ec": "EC"}


@source(
    "nmap-xml",
    produced_by="nmap -p 443 --script ssl-cert,ssl-enum-ciphers -oX FILE TARGETS (Nmap 6 and 7)",
    brings=("certificate", "place", "protocols"),
    signature=xml_root("nmaprun"),
)
def nmap_xml(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes of a run, host by host; a run that was interrupted keeps its whole hosts.

    A file may hold several runs, one after the other (``--append-output``).

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    run = _Run()
    yield from xml_rows(export, {"nmaprun": run.begin, "nmaprun/host": run.host}, several=True)


class _Run:
    """The run, and what its hosts need to know of it."""

    def __init__(self) -> None:
        self.args = ""
        self.started: datetime | None = None

    def begin(self, _: str, root: Element) -> Iterator[Row]:
        self.args = root.get("args", "")
        start = root.get("start", "")
        self.started = from_epoch(float(start)) if start.isdigit() else None
        yield Run(tool_version=root.get("version"), started_at=self.started)

    def host(self, locator: str, host: Element) -> Iterator[Row]:
        yield from _Host(locator, host, self.args, self.started).rows()


class _Host:
    """One host of the run and what its ports told."""

    def __init__(self, locator: str, host: Element, args: str, started: datetime | None) -> None:
        self.locator = locator
        self.host = host
        names = {name.get("type"): name.get("name") for name in reversed(host.findall("hostnames/hostname"))}
        self.sni = names.get("user")  # Nmap sends the name only if it was given one
        ended = host.get("endtime", "")
        self.place: dict[str, Any] = {
            "host": names.get("user") or names.get("PTR"),
            "ip": next(
                (ip_address(a.get("addr", "")) for a in host.findall("address") if a.get("addrtype") != "mac"), None
            ),
            "sni": self.sni,
            "observed_at": from_epoch(float(ended)) if ended.isdigit() else started,
            "time_basis": "record" if ended.isdigit() else "run",
        }
        if not (self.place["host"] or self.place["ip"]):
            raise ValueError("a host without address and name")
        scripts = _scripts(args)
        self.asks_for_certificate = any(name in _CATEGORIES or fnmatchcase("ssl-cert", name) for name in scripts)
        self.asks_for_tls = self.asks_for_certificate or any("ssl" in name or "tls" in name for name in scripts)
        listed = re.search(r"\s-p\s?(?:T:)?([\d,]+)(?:\s|$)", args)
        self.listed = {port_number(port) for port in listed[1].split(",") if port} if listed else set()

    def rows(self) -> Iterator[Row]:
        if _attributes(self.host, "status").get("state") == "down" and self.sni and self.asks_for_tls:
            for number in sorted(self.listed):
                yield Probe(
                    locator=self.locator, outcome="timeout", detail="the host is down", port=number, **self.place
                )
        for port in self.host.findall("ports/port"):
            # TLS over UDP (DTLS) is no TLS endpoint of ours, but a certificate is a certificate.
            if port.get("protocol") == "tcp" or port.find("script[@id='ssl-cert']") is not None:
                yield from self._port(port)

    def _port(self, port: Element) -> Iterator[Row]:
        number = port_number(port.attrib["portid"])
        locator = f"{self.locator}/ports/port[@portid='{number}']"
        named = _attributes(port, "service")
        wrapped = named.get("tunnel") == "ssl"
        starttls = None if wrapped or number in _TLS_PORTS else _STARTTLS.get(named.get("name", ""))
        place = {**self.place, "port": number}
        scripts = {script.get("id"): script for script in port.findall("script")}

        if (told := scripts.get("ssl-cert")) is not None:
            where = f"{locator}/script[@id='ssl-cert']"
            try:
                if (certificate := _certificate(told)) is not None:
                    yield Sighting(locator=where, chain=(certificate,), kind="scan", starttls=starttls, **place)
                else:  # the script failed, and with -d says so
                    said = told.get("output", "").strip()
                    yield Probe(
                        locator=where, outcome="no certificate", detail=said or None, starttls=starttls, **place
                    )
            except ValueError as error:
                yield Reject(locator=where, reason=str(error))
        elif self.asks_for_tls and (wrapped or number in _TLS_PORTS or number in self.listed):
            state = _attributes(port, "state")
            spoke = wrapped or "ssl-enum-ciphers" in scripts
            outcome = "no certificate" if spoke else _OUTCOMES.get(state.get("state", ""), "no certificate")
            detail = " ".join(state[name] for name in ("state", "reason") if name in state)
            if self.asks_for_certificate or state.get("state") != "open":
                yield Probe(locator=locator, outcome=outcome, detail=detail or None, starttls=starttls, **place)

        if (offered := scripts.get("ssl-enum-ciphers")) is not None:
            where = f"{locator}/script[@id='ssl-enum-ciphers']"
            yield EndpointTls(locator=where, starttls=starttls, **_offered(offered), **place)


def _scripts(args: str) -> list[str]:
    """The scripts, patterns and categories of a run; ``-A`` and ``-sC`` run the default category if none is named."""
    given = [name for quoted, plain in _SCRIPTS.findall(args) for name in re.split(r"[,\s()]+", quoted or plain)]
    names = [re.split(r"[\\/]", name.lower().lstrip("+"))[-1].removesuffix(".nse") for name in given]
    return names or ["default"] * bool(_DEFAULT_SCRIPTS.search(args))


def _attributes(parent: Element, name: str) -> dict[str, str]:
    child = parent.find(name)
    return child.attrib if child is not None else {}


def _offered(script: Element) -> dict[str, Any]:
    """Protocols, suites and groups of ``ssl-enum-ciphers``, each named once.

    Nmap 6 lists a protocol it found no suite for, which is one the server does not offer.
    """
    protocols = [
        protocol for protocol in script.findall("table") if protocol.find("table[@key='ciphers']/table") is not None
    ]
    ciphers = [cipher for protocol in protocols for cipher in protocol.findall("table[@key='ciphers']/table")]
    names = (cipher.findtext("elem[@key='name']") for cipher in ciphers)
    exchanges = (cipher.findtext("elem[@key='kex_info']") for cipher in ciphers)
    return {
        "protocols": tuple(key for protocol in protocols if (key := protocol.get("key"))),
        # Nmap has its own names for the suites of TLS 1.3; without the "AKE_WITH" they are IANA's.
        "cipher_suites": tuple(dict.fromkeys(name.replace("TLS_AKE_WITH_", "TLS_") for name in names if name)),
        # "rsa 2048" and "dh 2048" are sizes, "ecdh_x25519" and "secp256r1" are groups.
        "groups": tuple(
            dict.fromkeys(text.removeprefix("ecdh_") for text in exchanges if text and not re.search(r"\s", text))
        ),
    }


def _certificate(script: Element) -> CertificateRef | None:
    """The DER, or what the script's text says of the certificate; ``None`` if it says nothing of one."""
    output = script.get("output", "")
    armoured = script.findtext("elem[@key='pem']") or output
    if "-----BEGIN CERTIFICATE-----" in armoured:
        try:
            return pem_to_der(armoured[armoured.index("-----BEGIN CERTIFICATE-----") :])
        except ValueError:
            pass  # what the text says is then the best there is
    said = {
        name: _unescape(value.strip())
        for name, separator, value in (line.partition(":") for line in output.splitlines())
        if separator
    }
    subject, issuer = said.get("Subject"), said.get("Issuer")
    names = [name.strip().partition(":") for name in said.get("Subject Alternative Name", "").split(",")]
    signature = said.get("Signature Algorithm")
    digest = re.match(r"(?:ecdsa-with-)?(md5|sha\d+)", signature or "", re.IGNORECASE)
    bits = said.get("Public Key bits", "")
    stated = StatedCertificate(
        sha256=hex_digits(said.get("SHA-256", "")) or None,
        sha1=hex_digits(said.get("SHA-1", "")) or None,
        subject_dn=subject,
        subject_cn=_attribute(script, "subject", "commonName", subject),
        subject_o=_attribute(script, "subject", "organizationName", subject),
        issuer_dn=issuer,
        issuer_cn=_attribute(script, "issuer", "commonName", issuer),
        san_dns=tuple(name for kind, _, name in names if kind == "DNS"),
        san_ip=tuple(address for kind, _, name in names if kind == "IP Address" and (address := ip_address(name))),
        not_before=_time(said.get("Not valid before", "")),
        not_after=_time(said.get("Not valid after", "")),
        key_algorithm=_KEY_ALGORITHMS.get(said.get("Public Key type", "")),
        key_bits=int(bits) if bits.isdigit() else None,
        signature_algorithm=signature,
        signature_hash=digest[1].lower() if digest else None,
    )
    return stated if stated != StatedCertificate() else None


def _time(written: str) -> datetime | None:
    """A time; Nmap writes ``MISSING`` or ``Can't parse; string is "..."`` where a certificate has none it can read."""
    return utc(written) if written[:1].isdigit() else None


def _attribute(script: Element, holder: str, name: str, dn: str | None) -> str | None:
    """One attribute of a name: from its table, or from ``commonName=a/organizationName=b`` where there is none."""
    if told := script.findtext(f"table[@key='{holder}']/elem[@key='{name}']"):
        return _unescape(told)
    found = re.search(rf"(?:^|/){name}=(.*?)(?=/[A-Za-z]+=|$)", dn or "")
    return found[1] if found else None


def _unescape(text: str) -> str:
    r"""UTF-8 bytes Nmap wrote as ``\xC3\xBC`` as the letters they are; bytes that are no UTF-8 stay escaped."""
    return re.sub(
        r"(?:\\x[0-9A-F]{2})+",
        lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "backslashreplace"),
        text,
    )
