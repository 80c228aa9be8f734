"""Apache httpd with mod_ssl: which certificate file is set up for which name and port.

Read: one configuration file. Each ``ServerName`` and ``ServerAlias`` of a ``VirtualHost`` that speaks TLS, at each of
its ports, gives one sighting of kind ``config`` for each ``SSLCertificateFile`` in force there, and so does the main
server. TLS is spoken where ``SSLEngine on`` says so, or where it is not said and a certificate stands there at port 443
or one declared ``https`` (as httpd decides). Macros and variables (``Define``) of the file are put in. What stands in
``IfModule``, ``IfDefine``, ``IfVersion`` and ``IfFile`` counts as in force, whether or not it is on the server, unless
it is there for want of mod_ssl.

The configuration names a file, not a certificate: which one it is comes from the file itself, loaded from its place or
in the same copy of the server's files (`_paths`). ``SSLCertificateChainFile`` adds no place. ``Include`` is not
followed; each is named in a finding. Not known: variables defined elsewhere, certificates of mod_md and of PKCS#11,
aliases with wildcards inside a label, and whether the server runs with this configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.bytes import AS_WINDOWS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.files._apache_syntax import Statement, statements
from certanalytics.sources.files._configured import (
    TlsServer,
    include_not_followed,
    listening_address,
    rows_of,
    usable_names,
)

_SECTION = re.compile(r"^[ \t]*<VirtualHost(?:[ \t][^<>]*>|[ \t]*\\$)", re.MULTILINE | re.IGNORECASE)
_MAIN = re.compile(
    r"^[ \t]*(?:SSLCertificateFile|SSLEngine|LoadModule|ServerRoot)[ \t]+\S", re.MULTILINE | re.IGNORECASE
)
_FIRST = re.compile(
    r"(?:\s++|#[^\n]*+)*+(?:<(?:VirtualHost|If\w+|Directory|Location|Files|Macro|Proxy)\b|[A-Z]\w+[ \t])", re.IGNORECASE
)
_OTHER_SERVER = re.compile(r"^[ \t]*(?:TLSEngine|ServerType|MasqueradeAddress)[ \t]", re.MULTILINE | re.IGNORECASE)
"""ProFTPD has the same syntax and the same sections."""

_CONDITIONS = frozenset({"ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"})
_WITHOUT_TLS = frozenset({"!mod_ssl.c", "!ssl_module", "!mod_ssl"})


def _is_apache(head: Head) -> bool:
    text = head.text
    if not _FIRST.match(text) or _OTHER_SERVER.search(text) or "```" in text:
        return False
    return bool(_SECTION.search(text) or _MAIN.search(text))


@dataclass(slots=True)
class _Server:
    """The main server or one virtual host, as far as TLS is concerned."""

    line: int
    addresses: tuple[str, ...] = ()
    names: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    includes: list[str] = field(default_factory=list)
    engine: str | None = None
    protocol: str | None = None


@dataclass(slots=True)
class _Configuration:
    main: _Server = field(default_factory=lambda: _Server(1))
    hosts: list[_Server] = field(default_factory=list)
    listens: list[tuple[str | None, int, str | None]] = field(default_factory=list)
    root: str | None = None
    includes: list[tuple[int, str]] = field(default_factory=list)


@source(
    "apache-config",
    produced_by="Apache httpd: httpd.conf, sites-enabled/*, conf.d/*.conf, vhosts.d/*",
    brings=("place",),
    path_matters=True,
    signature=Signature("Apache httpd: <VirtualHost ...>, or lines with SSLEngine, ServerRoot, LoadModule", _is_apache),
)
def apache_config(export: Export) -> Iterator[Row]:
    """Read which certificate files a configuration names for which names and ports."""
    try:
        with export.text(errors=AS_WINDOWS) as stream:
            text = stream.read()
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    problems: list[tuple[int, str]] = []
    read = _read(statements(text, problems), problems)
    found: list[tuple[int, Row]] = [
        (line, include_not_followed(f"line {line}", written, export, "")) for line, written in read.includes
    ]
    found += _server_rows(read, export)
    for _, row in sorted(found, key=lambda pair: pair[0]):
        yield row
    for line, problem in problems:
        yield Reject(locator=f"line {line}", reason=problem)


def _server_rows(read: _Configuration, export: Export) -> Iterator[tuple[int, Row]]:
    """Line and row of every server that speaks TLS."""
    https = {port: protocol == "https" for _, port, protocol in read.listens if protocol}
    for server, places in _places(read, https):
        certificates = (*server.certificates, *read.main.certificates[len(server.certificates) :])
        engine = (server.engine or read.main.engine or "").lower()
        speaking = tuple(
            (address, port)
            for address, port in places
            if engine == "on"
            or (not engine and certificates and (server.protocol == "https" or https.get(port or 0, port == 443)))
        )
        if speaking:
            described = TlsServer(
                locator=f"line {server.line}",
                names=usable_names(_bare_name(name) for name in server.names),
                places=speaking,
                certificates=certificates,
                includes=tuple(server.includes),
            )
            yield from ((server.line, row) for row in rows_of(described, export, read.root))


def _places(
    read: _Configuration, https: dict[int, bool]
) -> Iterator[tuple[_Server, list[tuple[str | None, int | None]]]]:
    """The virtual hosts with their addresses and ports; the main server where it has TLS ports of its own."""
    for server in read.hosts:
        yield server, [_address(address) for address in server.addresses]
    if read.main.engine and read.main.certificates:
        yield read.main, [(address, port) for address, port, _ in read.listens if https.get(port, port == 443)]


def _read(found: Iterator[Statement], problems: list[tuple[int, str]]) -> _Configuration:
    """What the statements say of TLS; a virtual host that is not closed is left out."""
    read = _Configuration()
    sections: list[tuple[Statement, _Server | None]] = []
    silent = 0  # how many of the open sections hold nothing of the server itself
    for statement in found:
        if statement.mark == "<":
            server = _Server(statement.line, statement.arguments) if statement.name == "virtualhost" else None
            sections.append((statement, server))
            silent += _is_silent(statement)
        elif statement.mark == "</":
            if not any(opened.name == statement.name for opened, _ in sections):
                problems.append((statement.line, f"</{statement.name}> closes what was not opened"))
                continue
            while True:
                opened, server = sections.pop()
                silent -= _is_silent(opened)
                if opened.name == statement.name:
                    if server is not None:
                        read.hosts.append(server)
                    break
                problems.append((opened.line, f"<{opened.name}> is not closed"))
        elif not silent:
            inside = next((server for _, server in reversed(sections) if server is not None), None)
            _take(statement, read, inside)
    problems += [(opened.line, f"<{opened.name}> is not closed") for opened, _ in sections]
    return read


def _is_silent(section: Statement) -> bool:
    if section.name in _CONDITIONS:
        return (
            section.name == "ifmodule" and section.arguments[:1] != () and section.arguments[0].lower() in _WITHOUT_TLS
        )
    return section.name != "virtualhost"


def _take(statement: Statement, read: _Configuration, inside: _Server | None) -> None:
    server, name, given = inside or read.main, statement.name, statement.arguments
    if not given:
        return
    if name == "servername":
        server.names.insert(0, given[0])
    elif name == "serveralias":
        server.names += given
    elif name == "sslcertificatefile":
        server.certificates.append(given[0])
    elif name == "sslengine":
        server.engine = given[0]
    elif name == "protocol":
        server.protocol = given[0].lower()
    elif name in {"include", "includeoptional"}:
        server.includes.append(given[0])
        read.includes.append((statement.line, f"{name.capitalize()} {given[0]}"))
    elif name == "serverroot":
        read.root = given[0] if given[0].startswith("/") else None
    elif name == "listen":
        address, port = _address(given[0])
        if port is not None:
            read.listens.append((address, port, given[1].lower() if len(given) > 1 else None))


def _address(written: str) -> tuple[str | None, int | None]:
    """Address and port of ``*:443``, ``_default_:443``, ``192.0.2.1:443``, ``[::]:443``, ``443`` or ``*``."""
    found = re.fullmatch(r"(?:(?P<address>\[[^\]]*\]|[^:]*):)?(?P<port>\d{1,5})", written)
    if found and int(found["port"]) <= 65_535:
        return listening_address(found["address"] or ""), int(found["port"])
    return listening_address(written.removesuffix(":*")), None


def _bare_name(written: str) -> str:
    """A ServerName without the scheme and port it may carry."""
    return re.sub(r":\d{1,5}\Z", "", re.sub(r"\A\w+://", "", written))
