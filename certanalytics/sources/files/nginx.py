"""nginx (also Angie, OpenResty, Tengine): which certificate file is set up for which name and port.

Read: a configuration file, or the dump of all of them that ``nginx -T`` prints, of the contexts ``http``, ``mail`` and
``stream``. Each name and port of a ``server`` block that speaks TLS (``listen ... ssl``, ``quic``, the old ``ssl on``,
``starttls`` in ``mail``) gives one sighting of kind ``config`` for each ``ssl_certificate`` in force there: that of the
block, else those around it. A socket one block opens with ``ssl`` speaks TLS for the other blocks at it too.

The configuration names a file, not a certificate: which one it is comes from the file itself, loaded from its place or
in the same copy of the server's files (`_paths`). Paths are as the server has them; relative ones are completed where
the folder of the settings is known. ``include`` is followed inside a dump only; of a single file each is named in a
finding. Not known: what a variable in ``ssl_certificate`` becomes at run time, names that are regular expressions, and
whether nginx runs with this configuration.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from certanalytics.errors import DataError
from certanalytics.model import Reject, Row
from certanalytics.sources._reading.bytes import AS_WINDOWS
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address
from certanalytics.sources.files._configured import (
    TlsServer,
    include_not_followed,
    listening_address,
    rows_of,
    usable_names,
)
from certanalytics.sources.files._nginx_syntax import Directive, Parsed, parse
from certanalytics.sources.files._paths import settings_directory

_BLOCK = re.compile(r"^[ \t]*(?:http|mail|stream|server)\s*\{", re.MULTILINE)
_STATEMENT = re.compile(
    r"^[ \t]*(?:\w+\s*\{\s*)?"
    r"(?:listen|server_name|ssl_certificate|worker_processes|proxy_pass|root|include)[ \t]+[^;{}]+;",
    re.MULTILINE,
)
_FIRST = re.compile(r"(?:\s++|#[^\n]*+|nginx: [^\n]*+)*+[a-z_]+\b(?!\s*[:=])")
_DUMPED = re.compile(r"^# configuration file (\S.*):$", re.MULTILINE)
_HARMLESS = frozenset({"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params"})
_PROTOCOLS = {25: "smtp", 587: "smtp", 465: "smtp", 110: "pop3", 995: "pop3", 143: "imap", 993: "imap"}
"""What a mail proxy speaks at well-known ports where ``protocol`` is not given."""
_EVERY_IPV4 = frozenset({"", "0.0.0.0"})  # noqa: S104 - compared with, not bound to
_DEEPEST = 10


def _is_nginx(head: Head) -> bool:
    text = head.text
    # In prose about nginx a configuration stands between such marks.
    return bool("```" not in text and _FIRST.match(text) and _BLOCK.search(text) and _STATEMENT.search(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings:
    """What is in force inside a block unless it says otherwise."""

    certificates: tuple[str, ...] = ()
    ssl: bool = False
    starttls: bool = False
    protocol: str | None = None
    refuses: bool = False
    dumped: bool = False


@dataclass(frozen=True, slots=True)
class _Listen:
    address: str | None
    port: int | None
    socket: str
    tls: bool


@source(
    "nginx-config",
    produced_by="nginx.conf, sites-enabled/*, conf.d/*.conf; nginx -T",
    brings=("place",),
    path_matters=True,
    signature=Signature("nginx: a block http, mail, stream or server {, and directives that end in ;", _is_nginx),
)
def nginx_config(export: Export) -> Iterator[Row]:
    """Read which certificate files a configuration names for which names and ports."""
    try:
        with export.text(errors=AS_WINDOWS) as stream:
            text = stream.read()
    except DAMAGED as error:
        raise DataError(f"the archive is damaged ({error})", where=export.label, hint="Copy it again.") from None
    dumped = list(_DUMPED.finditer(text))
    if not dumped:
        parsed = parse(text)
        yield from _in_order(_server_rows(parsed.directives, _Settings(), export, settings_directory(export), ""))
        yield from _rejects(parsed)
        return
    files: dict[str, Parsed] = {}
    for number, found in enumerate(dumped):
        end = dumped[number + 1].start() if number + 1 < len(dumped) else len(text)
        first_line = text.count("\n", 0, found.end()) + 1
        files.setdefault(found[1], parse(text[found.end() : end], first_line))
    main = dumped[0][1]
    directory = posixpath.dirname(main)
    whole = _included(files[main].directives, files, directory, 0)
    yield from _in_order(_server_rows(whole, _Settings(dumped=True), export, directory, ""))
    for parsed in files.values():
        yield from _rejects(parsed)


def _in_order(found: Iterable[tuple[int, Row]]) -> Iterator[Row]:
    """Rows in the order of their lines."""
    for _, row in sorted(found, key=lambda pair: pair[0]):
        yield row


def _rejects(parsed: Parsed) -> Iterator[Reject]:
    for line, problem in parsed.problems:
        yield Reject(locator=f"line {line}", reason=problem)


def _included(
    directives: Iterable[Directive], files: Mapping[str, Parsed], directory: str, depth: int
) -> list[Directive]:
    """The directives with those of included files in their place; in a dump every file there is stands."""
    made: list[Directive] = []
    for each in directives:
        if each.name == "include" and each.arguments and depth < _DEEPEST:
            pattern = posixpath.normpath(posixpath.join(directory, each.arguments[0]))
            for name, parsed in files.items():
                if fnmatch.fnmatchcase(name, pattern) and name.count("/") == pattern.count("/"):
                    made += _included(parsed.directives, files, directory, depth + 1)
        elif each.block is not None and each.name in {"http", "mail", "stream", "server"}:
            made.append(replace(each, block=_included(each.block, files, directory, depth)))
        else:
            made.append(each)
    return made


def _server_rows(
    directives: list[Directive], settings: _Settings, export: Export, directory: str | None, context: str
) -> Iterator[tuple[int, Row]]:
    """Line and row of the servers in one context, and of the contexts in it."""
    settings = _narrowed(settings, directives)
    if not settings.dumped:
        yield from _includes(directives, export)
    blocks = [each for each in directives if each.name == "server" and each.block is not None]
    inside = [(block, block.block or [], _narrowed(settings, block.block or [])) for block in blocks]
    listening = [_listens(held, own) for _, held, own in inside]
    sockets = {one.socket for listens in listening for one in listens if one.tls}
    for (block, held, own), listens in zip(inside, listening, strict=True):
        if not settings.dumped:
            yield from _includes(held, export)
        yield from _of_server(
            block, held, own, [one for one in listens if one.tls or one.socket in sockets], export, directory
        )
    for each in directives:
        if each.name in {"http", "mail", "stream"} and each.block is not None and not context:
            yield from _server_rows(each.block, settings, export, directory, each.name)


def _of_server(
    block: Directive,
    held: list[Directive],
    own: _Settings,
    listens: list[_Listen],
    export: Export,
    directory: str | None,
) -> Iterator[tuple[int, Row]]:
    if not listens or own.refuses:
        return
    if own.ssl and own.starttls:
        reason = "both ssl and starttls are on, which nginx refuses"
        yield block.line, Reject(locator=f"line {block.line}", reason=reason)
        return
    names = usable_names(name for each in held if each.name == "server_name" for name in each.arguments)
    included = tuple(" ".join(each.arguments) for each in held if each.name == "include")
    by_protocol: dict[str | None, list[_Listen]] = {}
    for one in listens:
        spoken = own.protocol or _PROTOCOLS.get(one.port or 0) if own.starttls else None
        by_protocol.setdefault(spoken, []).append(one)
    for spoken, there in by_protocol.items():
        server = TlsServer(
            locator=f"line {block.line}",
            names=names,
            places=tuple((one.address, one.port) for one in there),
            certificates=own.certificates,
            includes=included,
            starttls=spoken,
        )
        yield from ((block.line, row) for row in rows_of(server, export, directory))


def _narrowed(settings: _Settings, directives: list[Directive]) -> _Settings:
    """The settings inside a block."""
    said: dict[str, tuple[str, ...]] = {each.name: each.arguments for each in directives if each.block is None}
    certificates = tuple(each.arguments[0] for each in directives if each.name == "ssl_certificate" and each.arguments)
    return replace(
        settings,
        certificates=certificates or settings.certificates,
        ssl=said["ssl"][:1] == ("on",) if "ssl" in said else settings.ssl,
        starttls=said["starttls"][:1] in (("on",), ("only",)) if "starttls" in said else settings.starttls,
        protocol=(said["protocol"][:1] or (None,))[0] if "protocol" in said else settings.protocol,
        refuses=said["ssl_reject_handshake"][:1] == ("on",) if "ssl_reject_handshake" in said else settings.refuses,
    )


def _listens(held: list[Directive], own: _Settings) -> list[_Listen]:
    """Where a server listens on the network; without ``listen`` the port depends on who starts nginx."""
    always = own.ssl or own.starttls
    stated = [each.arguments for each in held if each.name == "listen" and each.arguments]
    if not stated:
        return [_Listen(None, None, "", tls=True)] if always else []
    listens = []
    for written, *parameters in stated:
        if written.startswith("unix:"):
            continue
        address, port = _address(written)
        tls = always or bool({"ssl", "quic"} & set(parameters))
        socket = "*" if address in _EVERY_IPV4 else ip_address(address) or address.lower()
        listens.append(_Listen(listening_address(address), port, f"{socket}:{port}", tls))
    return listens


def _address(written: str) -> tuple[str, int | None]:
    """Address and port of ``443``, ``*:443``, ``192.0.2.1:443``, ``[::]:443`` or ``192.0.2.1`` (port 80)."""
    found = re.fullmatch(r"(?:(?P<address>\[[^\]]*\]|[^:\[\]]*):)?(?P<port>\d{1,5})", written)
    if found and int(found["port"]) <= 65_535:
        address = found["address"] or ""
        return "" if address == "*" else address, int(found["port"])
    return ("", None) if "$" in written or "-" in written.rpartition(":")[2] else (written, 80)


def _includes(directives: list[Directive], export: Export) -> Iterator[tuple[int, Row]]:
    for each in directives:
        if each.name == "include" and each.arguments and posixpath.basename(each.arguments[0]) not in _HARMLESS:
            written = f"include {each.arguments[0]}"
            instead = ", or from `nginx -T`, which prints all"
            yield each.line, include_not_followed(f"line {each.line}", written, export, instead)
