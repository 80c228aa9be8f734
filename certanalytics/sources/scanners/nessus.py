"""Nessus, Tenable.sc and Tenable.io: certificates, protocols, suites and findings about TLS of vulnerability scans.

Read are the ``.nessus`` file (NessusClientData_v2, or one ReportHost cut out of it) and the CSV of the three products.
The certificate is that of plugin 10863, of the STARTTLS plugins (42088 and its like) and of remote desktops (64814),
the leaf only: as DER where the feed prints the PEM (since about 2020), else what the text says. Plugins 56984 and
21643 are the protocols and suites offered, every other plugin named after TLS is a finding. Not read: everything that
is not about TLS, the policy, v1 files and the CSV of other Tenable products.

A scan says nothing of ports that gave no certificate, and not which name was sent (SNI): neither is made up. The name
of a host is the one it was scanned under, else the one Nessus resolved. The time is that of the end of the host's scan:
exactly in newer files, in older ones by the scanner's clock, which is taken as UTC because no zone is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.model import EndpointTls, Finding, Reject, Row, Sighting
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import csv_records, rows
from certanalytics.sources._reading.signature import csv_columns, xml_root
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import host_and_ip, ip_address, port_number
from certanalytics.sources._reading.xml import xml_rows
from certanalytics.sources.scanners import _nessus_text as texts
from certanalytics.sources.scanners._nessus_time import when

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_CERTIFICATE, _REMOTE_DESKTOP, _PROTOCOLS, _SUITES = "10863", "64814", "56984", "21643"
_ABOUT_TLS = re.compile(
    r"\b(?:SSL|D?TLS)(?:v?\d|\b)|\b(?:STARTTLS|STLS|AUTH TLS)\b|\bHSTS\b|\bX\.509\b|OpenSSL Heartbeat"
)
_STARTTLS = re.compile(r"^(.+?)(?: Service)? (?:STARTTLS|STLS|AUTH TLS|StartTLS)")
_UPGRADES = {
    **{name: name for name in ("smtp", "imap", "pop3", "ftp", "ldap", "nntp", "xmpp", "acap")},
    "postgresql": "postgres",
    "microsoft sql server": "mssql",
}
_SEVERITIES = ("info", "low", "medium", "high", "critical")
_EXPORT_XML = "Nessus, Tenable.sc, Tenable.io: scan, Export, Nessus (NessusClientData_v2)"


@source(
    "nessus-xml",
    produced_by=_EXPORT_XML,
    brings=("certificate", "place", "protocols"),
    signature=xml_root("NessusClientData_v2") | xml_root("ReportHost"),
)
def nessus_xml(export: Export) -> Iterator[Row]:
    """Read the hosts of a scan; the policy before them is passed over.

    Raises:
        DataError: The file holds entities, or is no XML from its first byte on.
    """
    alone = _Host()
    readers = {
        "NessusClientData_v2/Report/ReportHost": _host,
        "ReportHost": alone.begin,
        "ReportHost/HostProperties": alone.properties,
        "ReportHost/ReportItem": alone.item,
    }
    yield from xml_rows(export, readers)


@source(
    "nessus-csv",
    produced_by="Nessus or Tenable.io: scan, Export, CSV",
    brings=("certificate", "place", "protocols"),
    signature=csv_columns("Plugin ID", "Risk", "Host", "Protocol", "Port", "Name", "Plugin Output"),
)
def nessus_csv(export: Export) -> Iterator[Row]:
    """Read the CSV of Nessus, one row a plugin and port; it has a time only in exports of Tenable.io."""
    yield from _rows(export, _nessus_row)


_SC_COLUMNS = ("Plugin", "Plugin Name", "Severity", "IP Address", "Port")


@source(
    "tenable-sc-csv",
    produced_by="Tenable.sc (SecurityCenter): Analysis, Vulnerability Detail List, Export as CSV",
    brings=("certificate", "place", "protocols"),
    signature=csv_columns(*_SC_COLUMNS, "Plugin Text") | csv_columns(*_SC_COLUMNS, "Plugin Output"),
)
def tenable_sc_csv(export: Export) -> Iterator[Row]:
    """Read the CSV of Tenable.sc; the time is that of the last observation, where its zone is known."""
    yield from _rows(export, _sc_row)


_IO_COLUMNS = ("definition.id", "definition.name", "asset.name", "output", "port")


@source(
    "tenable-io-csv",
    produced_by="Tenable.io / Tenable Vulnerability Management: Explore, Findings, Export as CSV",
    brings=("certificate", "place", "protocols"),
    signature=csv_columns(*_IO_COLUMNS),
)
def tenable_io_csv(export: Export) -> Iterator[Row]:
    """Read the CSV of Tenable.io's findings."""
    yield from _rows(export, _io_row)


def _rows(export: Export, convert: Callable[[str, Mapping[str, str]], Iterable[Row]]) -> Iterator[Row]:
    yield from rows(csv_records(export), convert)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    """What one plugin said of one port, whatever it was exported as."""

    plugin: str
    name: str
    severity: str
    output: str
    port: str
    transport: str
    place: Mapping[str, Any]

    def rows(self, locator: str) -> Iterator[Row]:
        if not (self.plugin in {_CERTIFICATE, _PROTOCOLS, _SUITES} or _ABOUT_TLS.search(self.name)):
            return
        number = port_number(self.port or 0)
        place: dict[str, Any] = {**self.place, "port": number or None}
        starttls = self._starttls()
        if self.plugin == _PROTOCOLS and (offered := texts.protocols(self.output)):
            yield EndpointTls(locator=locator, protocols=offered, **place)
        elif self.plugin == _SUITES and (told := texts.suites(self.output)) != ((), ()):
            yield EndpointTls(locator=locator, protocols=told[0], cipher_suites=told[1], **place)
        elif self.plugin == _CERTIFICATE or (starttls and texts.says_certificate(self.output)):
            yield Sighting(
                locator=locator,
                chain=(texts.certificate(self.output),),
                kind="scan",
                starttls=starttls,
                # The port alone would be taken for one of TCP.
                resource=None if self.transport == "tcp" else f"{self.transport}/{number}",
                **place,
            )
        if self.plugin not in {_CERTIFICATE, _PROTOCOLS, _SUITES}:
            text = f"{self.name}: {self.output}" if self.output else self.name
            yield Finding(locator=locator, check_id=self.plugin, severity=self.severity, text=text, **place)

    def _starttls(self) -> str | None:
        if self.plugin == _REMOTE_DESKTOP:
            return "rdp"
        found = _STARTTLS.match(self.name)
        return _UPGRADES.get(found[1].lower()) if found else None


class _Host:
    """The host whose results are being read."""

    def __init__(self) -> None:
        self.name: str | None = None
        self.place: dict[str, Any] = {}

    def begin(self, _: str, element: Element) -> Iterable[Row]:
        self.name = element.get("name")
        self.place = _place(self.name)
        return ()

    def properties(self, _: str, element: Element) -> Iterable[Row]:
        said = {tag.get("name"): (tag.text or "").strip() for tag in element.findall("tag")}
        times = ("HOST_END_TIMESTAMP", "HOST_START_TIMESTAMP", "HOST_END", "HOST_START")
        observed_at = next(filter(None, (when(said.get(name)) for name in times)), None)
        fqdns = said.get("host-fqdn"), said.get("host-rdns")
        self.place = _place(self.name, *fqdns, address=said.get("host-ip"), observed_at=observed_at)
        return ()

    def item(self, locator: str, element: Element) -> Iterator[Row]:
        severity = element.get("severity", "")
        result = _Result(
            plugin=element.attrib["pluginID"],
            name=element.get("pluginName", ""),
            severity=_SEVERITIES[int(severity)] if severity in set("01234") else severity or "unknown",
            output=texts.plain(element.findtext("plugin_output") or ""),
            port=element.get("port", ""),
            transport=element.get("protocol", "tcp").lower(),
            place=self.place,
        )
        yield from result.rows(locator)


def _host(locator: str, element: Element) -> Iterator[Row]:
    host = _Host()
    host.begin(locator, element)
    if (said := element.find("HostProperties")) is not None:
        host.properties(locator, said)
    for number, item in enumerate(element.findall("ReportItem"), 1):
        where = f"{locator}/ReportItem[{number}]"
        try:
            made = tuple(host.item(where, item))
        except (KeyError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            yield Reject(locator=where, reason=reason, excerpt=item.get("pluginName"))
        else:
            yield from made


def _nessus_row(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    result = _Result(
        plugin=row["plugin id"],
        name=row["name"],
        severity=_risk(row["risk"]),
        output=texts.plain(row["plugin output"]),
        port=row["port"],
        transport=row["protocol"].lower(),
        place=_place(
            row["host"],
            row.get("fqdn"),
            address=row.get("ip address"),
            observed_at=when(row.get("last found") or row.get("host end")),
        ),
    )
    yield from result.rows(locator)


def _sc_row(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    result = _Result(
        plugin=row["plugin"],
        name=row["plugin name"],
        severity=_risk(row["severity"]),
        output=texts.plain(row.get("plugin text") or row.get("plugin output") or ""),
        port=row["port"],
        transport=(row.get("protocol") or "tcp").lower(),
        place=_place(row.get("dns name"), address=row["ip address"], observed_at=when(row.get("last observed"))),
    )
    yield from result.rows(locator)


def _io_row(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    addresses = row.get("asset.display_ipv4_address"), row.get("asset.display_ipv6_address")
    result = _Result(
        plugin=row["definition.id"],
        name=row["definition.name"],
        severity=_risk(row.get("severity") or row.get("definition.severity") or ""),
        output=texts.plain(row["output"]),
        port=row["port"],
        transport=(row.get("protocol") or "tcp").lower(),
        place=_place(
            row.get("asset.display_fqdn"),
            row.get("asset.host_name"),
            row["asset.name"],
            address=next(filter(None, addresses), None),
            observed_at=when(row.get("last_seen")),
        ),
    )
    yield from result.rows(locator)


def _risk(written: str) -> str:
    return {"none": "info", "": "unknown"}.get(written.lower(), written.lower())


def _place(*names: str | None, address: str | None = None, observed_at: datetime | None = None) -> dict[str, Any]:
    """Where a result was found: the first of the names that is one, and the first address."""
    places = [host_and_ip(name) for name in names]
    return {
        "host": next((host for host, _ in places if host), None),
        "ip": ip_address(address or "") or next((ip for _, ip in places if ip), None),
        "observed_at": observed_at,
    }
