"""DNS zone files: the master files of RFC 1035 section 5, as name servers keep them and DNS services export them.

Read: every resource record of class IN, with ``$ORIGIN`` and ``$TTL`` (RFC 2308), records over several lines, the
units of BIND (``1h``), unknown types (RFC 3597), and cli53's ``AWS ALIAS`` for what Route 53 answers by itself: its
record type is ``ALIAS`` and its value the target, for each type of address once. Not followed: ``$INCLUDE`` and
``$GENERATE``, each of which is a reject that says so. Routing comments of cli53 and tags of Cloudflare are comments.

A zone file need not say which zone it is. Relative names are read below ``$ORIGIN``, below the owner of the SOA
record where that is absolute, or below the zone that Windows names in its first comment; else below the zone the user
names, and where nobody does each is a reject. The name of the file is no content.
Signed and compiled zones are read as far as they are text; the file does not say when it was written.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from certanalytics.errors import DataError
from certanalytics.model import DnsRecord, Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.organisation._dns import BY_NUMBER, FORMATS, TYPES, data, dns_name, seconds, words

_CLASSES = frozenset({"IN", "CH", "HS", "CS", "AWS"})
_LONGEST = 1 << 20
"""Characters a record may have, several times what its 65,535 octets take up in escapes."""

_EXCERPT = 200
_TELLING = re.compile(
    r"^\$(?:ORIGIN|TTL)\b|^[^;\n]*\s(?:(?:IN|AWS|\d+[wdhms]?)\s+[A-Z]|SOA\s)", re.IGNORECASE | re.MULTILINE
)
_LOOKED_AT = 20
_WINDOWS = re.compile(
    r"[;\s]*+Database file [^\n]+ (?:for (?P<zone>[\w./-]+) zone|in zone (?P<scoped>[\w./-]+?))\.\s*$",
    re.MULTILINE | re.ASCII,
)
"""How Windows begins a zone (``dnscmd /ZoneExport``, ``Export-DnsServerZone``), in which it writes no ``$ORIGIN``."""

_AGE = re.compile(r"\[AGE:\d+\]")
"""Windows, in a record of dynamic DNS: the hour it was last refreshed."""


@dataclass(slots=True)
class _Entry:
    """One directive or record; ``fault`` says why its words could not be told apart."""

    line: int
    words: list[str]
    has_owner: bool
    fault: str | None = None


def _entries(stream: TextIO) -> Iterator[_Entry]:
    """The entries of a zone file: mostly a line each, more between parentheses."""
    entry: _Entry | None = None
    depth = size = number = 0
    while line := stream.readline(_LONGEST):
        number += 1
        size += len(line)
        # A byte that is not UTF-8 is an octet like any other in DNS, and has a spelling.
        line = re.sub("\\\\?([\udc80-\udcff])", lambda found: f"\\{ord(found[1]) - 0xDC00:03}", line.rstrip("\n"))
        if entry is None:
            entry, size = _Entry(number, [], not line.startswith((" ", "\t"))), len(line)
        try:
            for word in words(line):
                depth += (word == "(") - (word == ")")
                if depth < 0:
                    entry.fault, depth = "a parenthesis is closed that was not opened", 0
                if word not in {"(", ")"}:
                    entry.words.append(word)
        except ValueError as error:
            # Of a record over several lines the rest follows, and must not pass for records of the same owner.
            entry.fault, entry.has_owner, depth = str(error), entry.has_owner or depth != 0, 0
        if size >= _LONGEST:
            entry.fault = f"longer than {_LONGEST} characters; what follows is not read"
        if not depth or entry.fault:
            if entry.words or entry.fault:
                yield entry
            entry = None
        if size >= _LONGEST:
            return
    if entry is not None:
        entry.fault = "a parenthesis is not closed up to the end of the file"
        yield entry


class _Zone:
    """What has been said so far: the origin, the zone, the owner and time to live to be taken over."""

    def __init__(self, origin: str | None = None, *, of_windows: bool = False, or_else: str | None = None) -> None:
        self.origin = origin
        self.or_else = or_else
        """The origin while the file has not said one."""
        self.of_windows = of_windows
        """Whether a record without a time to live has the last number of the SOA record, not the last one stated."""
        self.zone: str | None = None
        self.owner: str | None = None
        self.default_ttl: int | None = None
        self.last_ttl: int | None = None
        self.start: DnsRecord | None = None
        self.is_told = False
        """Whether the last entry could be nothing but part of a zone file."""

    def read(self, entry: _Entry) -> Iterator[Row]:
        self.is_told = False
        if entry.has_owner and not entry.fault and entry.words[0].startswith("$"):
            self._directive(entry)
            return
        if entry.has_owner:
            self.owner = None  # until it is read: what follows a bad owner is not the one before's
        if entry.fault:
            raise ValueError(entry.fault)
        rest = entry.words[1:] if entry.has_owner else entry.words[:]
        if entry.has_owner:
            self.owner = dns_name(entry.words[0], self._origin_by(entry.words[0], rest))
        if self.owner is None:
            raise ValueError("a record without an owner, after none that could be read")
        if rest and _AGE.fullmatch(rest[0]):
            rest.pop(0)
        ttl = record_class = None
        while rest:
            if record_class is None and rest[0].upper() in _CLASSES:
                record_class = rest.pop(0).upper()
            elif ttl is None and (ttl := seconds(rest[0])) is not None:
                rest.pop(0)
            else:
                break
        if not rest:
            raise ValueError("a record without a type")
        self.last_ttl = self.last_ttl if ttl is None else ttl
        record = self._record(entry.line, record_class, rest, ttl)
        self.is_told = record.record_type == "SOA" or (
            record.record_type in {*FORMATS} and (record_class or ttl) is not None
        )
        if record.record_type == "SOA":
            if self.start and (record.name, record.value) == (self.start.name, self.start.value):
                return  # a zone transfer ends with the record it began with
            self.start = record
        yield record

    def _record(self, line: int, record_class: str | None, rest: list[str], ttl: int | None) -> DnsRecord:
        record_type = rest[0].upper()
        record_type = BY_NUMBER.get(record_type, record_type)
        if record_class == "AWS":
            record_type, value = "ALIAS", self._alias(rest)
        elif record_class not in {None, "IN"}:
            raise ValueError(f"a record of class {record_class}, which is not the Internet's")
        elif record_type not in TYPES and not re.fullmatch(r"TYPE\d{1,5}", record_type):
            raise ValueError(f"{rest[0][:40]} is no type of record")
        else:
            value = data(record_type, rest[1:], self._base)
        name = self.owner or ""
        if record_type == "SOA":
            if self.of_windows:
                self.default_ttl = int(value.rpartition(" ")[2])
            self.zone = name
            self.origin = name if self.origin is None else self.origin
        is_inside = self.zone is not None and f".{name}".endswith(f".{self.zone}" if self.zone else "")
        return DnsRecord(
            locator=f"line {line}",
            system="zone-file",
            name=name or ".",
            record_type=record_type,
            value=value,
            zone=(self.zone or ".") if is_inside else None,
            ttl=next((known for known in (ttl, self.default_ttl, self.last_ttl) if known is not None), None),
        )

    def _origin_by(self, owner: str, rest: list[str]) -> str | None:
        """The origin; an absolute owner of a SOA record is one for the names in that record already."""
        if self.origin is None and owner.endswith(".") and "SOA" in (word.upper() for word in rest[:3]):
            self.origin = dns_name(owner, None)
        return self._base

    @property
    def _base(self) -> str | None:
        return self.or_else if self.origin is None else self.origin

    def _alias(self, rest: list[str]) -> str:
        """cli53: ``ALIAS <type> <target> <zone of the target, or $self> <whether its health counts>``."""
        if len(rest) != 5 or rest[0].upper() != "ALIAS":
            raise ValueError("class AWS is for ALIAS, with a type, a target, its zone, and true or false")
        return dns_name(rest[2], self._base)

    def _directive(self, entry: _Entry) -> None:
        directive, arguments = entry.words[0].upper(), entry.words[1:]
        if directive == "$ORIGIN":
            before, self.origin = self._base, None
            self.origin = dns_name(_only(arguments), before)
        elif directive == "$TTL":
            before_ttl, self.default_ttl = _only(arguments), None
            self.default_ttl = seconds(before_ttl)
            if self.default_ttl is None:
                raise ValueError(f"not a time to live: {before_ttl[:40]}")
        elif directive == "$INCLUDE":
            raise ValueError("$INCLUDE is not followed: load that file too, with a line '$ORIGIN <zone>.' of its own")
        elif directive == "$GENERATE":
            raise ValueError("$GENERATE is not followed: load the zone as the server prints it (named-compilezone)")
        else:
            raise ValueError(f"{entry.words[0][:40]} is no directive of a zone file")
        self.is_told = True


def _only(arguments: list[str]) -> str:
    if len(arguments) != 1:
        raise ValueError("a directive that has one argument")
    return arguments[0]


def _zone_of_windows(head: Head) -> str | None:
    """The zone by the first comment of Windows; ``None`` if there is none."""
    told = _WINDOWS.match(head.text)
    return dns_name((told["zone"] or told["scoped"]).removesuffix(".") + ".", None) if told else None


def _named(export: Export) -> str | None:
    """The zone the user names."""
    if not export.origin:
        return None
    try:
        return dns_name(export.origin.removesuffix(".") + ".", None)
    except ValueError as error:
        hint = "Name it as in --origin example.com."
        raise DataError(f"{export.origin!r} is no zone ({error})", where=export.label, hint=hint) from None


def _is_zone(head: Head) -> bool:
    """The first entry can be read, and half of the first ones, and one of them is nothing else than DNS."""
    text = head.text
    if text.lstrip()[:1] in {"{", "[", "<", "#"} or not _TELLING.search(text):
        return False
    zone, read, bad, is_told = _Zone(origin=""), 0, 0, False
    for _, entry in zip(range(_LOOKED_AT), _entries(io.StringIO(text, newline=None)), strict=False):
        is_known = entry.words[:1] and entry.words[0].upper() in {"$INCLUDE", "$GENERATE"}
        try:
            list(zone.read(entry))
        except ValueError:
            bad += not is_known
        else:
            read += 1
            is_told = is_told or zone.is_told
        if bad and not read:
            return False
    return is_told and read >= bad


@source(
    "dns-zone",
    produced_by="BIND, NSD, Knot, PowerDNS, Windows, Cloudflare, Azure, cli53, dig axfr: a zone in RFC 1035 format",
    brings=("dns",),
    takes=("origin",),
    signature=Signature(
        "a zone file: $ORIGIN, $TTL, a SOA record or one with class or TTL among its first lines", _is_zone
    ),
)
def dns_zone(export: Export) -> Iterator[Row]:
    """Read the records of a zone file, entry by entry; names and data come in one spelling.

    Raises:
        DataError: The file is damaged before its first record, or what the user names is no zone.
    """
    utf16 = export.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    told = _zone_of_windows(Head(export.head))
    zone, line = _Zone(told, of_windows=told is not None, or_else=_named(export)), 0
    try:
        with export.text("utf-16" if utf16 else "utf-8-sig", errors="replace" if utf16 else "surrogateescape") as text:
            for entry in _entries(text):
                line = entry.line
                try:
                    yield from zone.read(entry)
                except ValueError as error:
                    excerpt = " ".join(entry.words)[:_EXCERPT]
                    yield Reject(locator=f"line {line}", reason=str(error), excerpt=excerpt or None)
    except DAMAGED as error:
        if not line:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        yield Reject(locator=f"line {line}", reason=f"the file is damaged behind this line ({error}); export it again")
