r"""How DuckDB reads large files of Suricata's eve.json: the ``tls`` events in it, without the certificates themselves.

Any text that is not plainly written goes to the function of Python the first reader uses. Files with whole
certificates (``custom: [certificate, chain]``), arrays and objects that span lines are left to the first reader.

DuckDB takes a little more for JSON than the first reader does: it passes over a comma too many before the end of an
object or list, and takes ``"\\u0074ls"`` for the type it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import ADDRESS, PORT, Bulk, Field, Group, quoted
from certanalytics.sources._reading.bulk_members import (
    CLOCK,
    IN_UTC,
    INSIDE,
    LIST,
    MOMENT,
    SERIAL,
    TEXT,
    array,
    lines_of_objects,
    member,
    objects_of,
    plainly,
    together,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import text
from certanalytics.sources._reading.text import ip_address, port_number
from certanalytics.sources.scanners._passive import silent_sql
from certanalytics.sources.scanners._suricata import STARTTLS, stated, why_silent, zoned_time

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]

_DESCRIBED = ("subject", "issuerdn", "serial", "fingerprint", "subjectaltname", "notbefore", "notafter")
_SILENT = ("session_resumed", "version")
_OTHERS = ("certificate", "chain")

_TIME = rf'"{CLOCK}(?:[.][0-9]{{1,9}})?(?:Z|[+-](?:0[0-9]|1[0-4]):?[0-5][0-9])"'
_NAME = '"[A-Za-z0-9_.*-]*[G-Zg-z_*-][A-Za-z0-9_.*-]*"'  # no address has one of these letters and no colon
_VALUE = r"[!#-*.0-<>-\[\]-~-](?:[ !#-*.0-<>-\[\]-~-]*[!#-*.0-<>-\[\]-~-])?"  # printed, without quote \ , / + =
_ATTRIBUTE = f"[A-Za-z][A-Za-z0-9-]*={_VALUE}"
_DN = f'"{_ATTRIBUTE}(?:, {_ATTRIBUTE})*"'


# The first reader takes numbers as Python does.
_plainly, _together = partial(plainly, number=float), partial(together, number=float)


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not objects_of(export.head):
        return None
    certificate = tuple(_certificate())
    columns = ", ".join(field.name for field in certificate)
    shows = "(" + " OR ".join(f"{field.name} IS NOT NULL" for field in certificate) + ")"
    paths = ", ".join(f"'$[{at}]'" for at in range(len(_DESCRIBED)))
    group = Group(
        name="described",
        cell=array(f'tls."{name}"' for name in _DESCRIBED),
        parts=f"json_extract(text, [{paths}])",
        fields=certificate,
        certificate=True,
    )
    bad = " OR ".join(f'"{name} bad"' for name in ("observed_at", "from_proto", "ip", "port", "sni", "described"))
    statements = (
        f"SELECT s.seq, c.identity, {columns} FROM (SELECT min(seq) AS seq, described AS number FROM record "
        f"WHERE readable AND {shows} GROUP BY ALL) AS s JOIN of_described AS c USING (number)"
    )
    upgrades = " ".join(f"WHEN {quoted(proto)} THEN {quoted(name)}" for proto, name in STARTTLS.items())
    starttls = f"CASE from_proto {upgrades} END AS starttls"
    return Bulk(
        lines=_lines,
        header=0,
        fields=tuple(_fields()),
        groups=(group,),
        readable=f'NOT ({bad}) AND ({shows} OR NOT "silent bad")',
        unfit='NOT "observed_at said"',  # it makes a difference whether the time is null or not there
        rows={
            "sighting": f"SELECT seq, observed_at, ip, port, sni, 'passive' AS kind, identity AS chain, {starttls} "
            f"FROM record WHERE readable AND {shows}",
            "probe": silent_sql(
                f"readable AND {shows}", f"readable AND NOT {shows} AND silent.detail IS NOT NULL", "silent.detail"
            ),
        },
        stated=(statements,),
        lists={"chain": "[text]"},
        locator="'line ' || seq",
        again=again,
    )


def _lines(path: str, compression: str) -> str:
    """The members of ``tls`` events; of all other lines only that they are there."""
    members, of_tls = ("timestamp", "dest_ip", "dest_port"), ("sni", "from_proto", *_SILENT, *_DESCRIBED, *_OTHERS)
    columns = ", ".join(f'CASE WHEN record THEN "{name}" END AS "{name}"' for name in (*members, "tls"))
    lines = lines_of_objects(path, compression, ("event_type", *members), tls=of_tls)
    is_tls = "coalesce(event_type::VARCHAR = '\"tls\"', false)"
    return f"SELECT record, true AS whole, false AS turns, {columns} FROM (SELECT *, {is_tls} AS record FROM ({lines}))"


def _fields() -> Iterator[Field]:
    yield _plainly("observed_at", member('"timestamp"'), _TIME, IN_UTC, zoned_time, kind="TIMESTAMP")
    proto, port = member("tls.from_proto"), member("dest_port")
    yield Field(  # in another form nobody writes it
        name="from_proto",
        cell=proto,
        plain="regexp_full_match(cell, '\"[a-z0-9]*\"')",
        value=f"nullif({INSIDE}, '')",
        kind="VARCHAR",
        or_nothing=True,
    )
    proxied = f"coalesce(starts_with({proto}, '\"http'), false)"
    address = f"CASE WHEN NOT {proxied} THEN {member('dest_ip')} END"
    yield _plainly("ip", address, f'"{ADDRESS}"', INSIDE, lambda value: ip_address(text(value) or ""))
    # A port nobody asks for may be anything, but for an object or a list.
    port = f"CASE WHEN NOT ({proxied} AND left({port}, 1) NOT IN ('[', '{{')) THEN {port} END"
    yield _plainly("port", port, PORT, "cell::BIGINT", _port, kind="BIGINT")
    yield _plainly("sni", member("tls.sni"), TEXT, INSIDE, text)
    yield _together("silent", array(f"tls.{name}" for name in _SILENT), "STRUCT(detail VARCHAR)", _silent)
    others = f"coalesce({', '.join(member(f'tls.{name}') for name in _OTHERS)})"
    yield Field(name="others", cell=others, plain="false", value="NULL", kind="VARCHAR")


def _port(value: object) -> int | None:
    written = text(value)
    return None if written is None else port_number(written)


def _silent(values: list[Any]) -> dict[str, str | None]:
    return {"detail": why_silent(dict(zip(_SILENT, values, strict=True)))}


def _certificate() -> Iterator[Field]:
    """What is said of a certificate; other than plain text goes to `_suricata.stated`, member by member."""

    def part(
        column: str, name: str, pattern: str, value: str, *, kind: str = "VARCHAR", or_nothing: bool = False
    ) -> Field:
        def read(written: object) -> Any:
            return getattr(stated({name: written}), column)

        cell = member(f"part[{_DESCRIBED.index(name) + 1}]")
        return _plainly(column, cell, pattern, value, read, kind=kind, or_nothing=or_nothing)

    octet = "[0-9A-Fa-f]{2}"
    yield part("sha1", "fingerprint", f'"{octet}(?::{octet}){{19}}"', f"replace(lower({INSIDE}), ':', '')")
    yield part("serial_hex", "serial", f'"[0-7][0-9A-Fa-f](?::{octet}){{0,40}}"', SERIAL)  # the first bit is the sign
    for side, name in (("subject", "subject"), ("issuer", "issuerdn")):
        yield part(f"{side}_dn", name, TEXT, INSIDE)
        for kind in ("CN", "O"):
            once = f"NOT regexp_matches(cell, '(?i)[\" ]{kind}=.*, {kind}=')"
            found = f"nullif(regexp_extract(cell, '(?i)(?:^\"|, ){kind}=([^,\"]+)', 1), '')"
            yield part(f"{side}_{kind.lower()}", name, _DN, f"CASE WHEN {once} THEN {found} END", or_nothing=True)
    yield part("san_dns", "subjectaltname", rf"\[{_NAME}(?:,{_NAME})*\]", LIST, kind="VARCHAR[]")
    yield part("san_ip", "subjectaltname", rf"\[{_NAME}(?:,{_NAME})*\]", "NULL", kind="VARCHAR[]", or_nothing=True)
    for column, name in (("not_before", "notbefore"), ("not_after", "notafter")):
        yield part(column, name, f'"{CLOCK}"', MOMENT, kind="TIMESTAMP")
