"""What a web server is set up to serve where: the same rows whichever server's configuration says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from certanalytics.model import Finding, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.text import ip_address, is_dns_name
from certanalytics.sources.files._paths import alias_meant

_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""``data:``, ``pkcs11:``, ``engine:``; one letter before a colon is a drive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsServer:
    """One server block that speaks TLS.

    Attributes:
        locator: Where it stands in its file.
        names: The names it answers to, as `usable_names` gives them.
        places: Address (``None`` for every one) and port (``None`` if not said) it listens at with TLS.
        certificates: Certificate files as they are written.
        includes: Other files it takes settings from, which are not followed.
        starttls: The protocol it speaks before TLS.
    """

    locator: str
    names: tuple[str, ...]
    places: tuple[tuple[str | None, int | None], ...]
    certificates: tuple[str, ...]
    includes: tuple[str, ...] = ()
    starttls: str | None = None


def usable_names(written: Iterable[str]) -> tuple[str, ...]:
    """The names and wildcards among what is written as names; patterns that are neither say no name."""
    names: dict[str, None] = {}
    for name in (each.lower().rstrip(".") for each in written):
        if name.startswith(".") and is_dns_name(name[1:]):
            names |= {name[1:]: None, f"*{name}": None}
        elif name != "_" and (is_dns_name(name) or ip_address(name)):
            names[name] = None
    return tuple(names)


def listening_address(written: str) -> str | None:
    """An address a server listens at; ``None`` for every address, and for a host name, which is none."""
    address = ip_address(written)
    return None if address in _ANY_ADDRESS else address


def rows_of(server: TlsServer, export: Export, directory: str | None) -> Iterator[Row]:
    """One sighting for every name, place and certificate; a finding where the file does not say which certificate."""
    readable = [path for path in server.certificates if "$" not in path and not _SCHEME.match(path)]
    for path in dict.fromkeys(readable):
        certificate = StatedCertificate(alias=alias_meant(export, path, directory))
        for name in server.names or (None,):
            for address, port in dict.fromkeys(server.places):
                by_name = ip_address(name or "")
                yield Sighting(
                    locator=server.locator,
                    chain=(certificate,),
                    kind="config",
                    host=None if by_name else name,
                    ip=address or by_name,
                    port=port,
                    starttls=server.starttls,
                    path=export.label,
                    resource=path,
                )
    others = [path for path in dict.fromkeys(server.certificates) if path not in readable]
    for path in others:
        text = f"which certificate is served{_where(server)} is said at run time or elsewhere ({path})"
        yield Finding(
            locator=server.locator, check_id="certificate-not-in-file", severity="info", text=text, path=export.label
        )
    if not server.certificates:
        included = f"; it includes {', '.join(server.includes)}" if server.includes else ""
        text = f"TLS{_where(server)} without a certificate in this file{included}"
        yield Finding(
            locator=server.locator, check_id="certificate-not-in-file", severity="info", text=text, path=export.label
        )


def include_not_followed(locator: str, written: str, export: Export, instead: str) -> Finding:
    """That a configuration goes on in another file."""
    text = f"{written} is not followed: what it adds is read only from that file itself{instead}"
    return Finding(locator=locator, check_id="include-not-followed", severity="info", text=text, path=export.label)


def _where(server: TlsServer) -> str:
    ports = ", ".join(str(port) for port in dict.fromkeys(port for _, port in server.places) if port is not None)
    names = f" for {', '.join(server.names[:5])}" if server.names else ""
    return f"{names}{f' at port {ports}' if ports else ''}"
