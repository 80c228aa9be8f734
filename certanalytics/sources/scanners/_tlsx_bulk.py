"""How DuckDB reads large files of tlsx: one handshake a line, without certificates and chains.

Members are looked at as JSON writes them: text of printable ASCII without escapes is plain. Any other goes to the
function of Python the first reader uses, which gets the same JSON. Files with whole certificates (``-cert``), chains
(``-tls-chain``) or entries of logs (``-ctlogs``), arrays, objects that span lines, and handshakes of which no
fingerprint is said are left to the first reader.

DuckDB takes a little more for JSON than the first reader does: in members nobody reads it passes over a ``NaN`` or a
comma too many, at which the first reader would give up the rest of the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from certanalytics.model import Row, StatedCertificate
from certanalytics.sources._reading.bulk import Bulk, Field, Group, NotPlainError, quoted
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import section, text
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._tlsx import attempt, certificate, offer

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]

_OF_CERTIFICATE = (
    *("serial", "not_before", "not_after", "subject_dn", "subject_cn", "subject_org", "subject_an", "emails"),
    *("issuer_dn", "issuer_cn", "issuer_org", "fingerprint_hash"),
)
_OF_ENDPOINT = ("version_enum", "cipher_enum", "tls_version", "cipher", "key_exchange")
_OF_PROBE = ("error", "client_cert_required")
_OTHERS = ("chain", "certificate", "ctl_source")
_PLACE = ("timestamp", "host", "ip", "port", "sni")

_DIGEST = _OF_CERTIFICATE.index("fingerprint_hash")

_PRINTED = r"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?"  # ASCII but for quote and backslash, no space at the ends
_TEXT = f'"{_PRINTED}"'
_TEXTS = rf"\[{_TEXT}(?:,{_TEXT})*\]"
_LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DNS = rf'"(?:[*][.])?(?:{_LABEL}[.])*[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"'  # no address ends like this
_DNS_NAMES = rf"\[{_DNS}(?:,{_DNS})*\]"
_TOO_LONG = '[^".]{64}|[^"]{254}'
_HOST = '"[A-Za-z0-9_.-]*[G-Zg-z_-][A-Za-z0-9_.-]*"'  # no address has one of these
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf'"(?:{_OCTET}\.){{3}}{_OCTET}"'
_PORT = '"(?:[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"'
_CLOCK = "[12][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_DIGESTS = r'\{(?:"md5":"[0-9a-f]{32}",?)?(?:"sha1":"[0-9a-f]{40}",?)?(?:"sha256":"[0-9a-f]{64}")?\}'

_INSIDE = "cell[2:-2]"
_LIST = "string_split(cell[3:-3], '\",\"')"
_MOMENT = f"TRY_CAST({_INSIDE} AS TIMESTAMP)"
_ZONED = f"TRY_CAST({_INSIDE} AS TIMESTAMPTZ)::TIMESTAMP"  # cuts nanoseconds off, as Python does
_DIGITS = f"ltrim(lower(replace({_INSIDE}, ':', '')), '0')"
_SERIAL = f"CASE WHEN {_DIGITS} = '' THEN '00' ELSE if(strlen({_DIGITS}) % 2 = 1, '0', '') || {_DIGITS} END"


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not export.head.startswith(b"{"):
        return None
    certificate = _certificate()
    fields = [_others(), *_place(), *_whole()]
    columns = [field.name for field in certificate if field.name != "digests"]
    stated = "(" + " OR ".join(f"{name} IS NOT NULL" for name in columns) + ")"
    by_hash = "(sha256 IS NOT NULL OR sha1 IS NOT NULL)"
    bad = " OR ".join(f'"{name} bad"' for name in ("described", *(field.name for field in fields if field.read)))
    at = "seq, observed_at, host, coalesce(ip, host_ip) AS ip, port, sni"
    statements = (
        f"SELECT s.seq, {', '.join(f'c.{name}' for name in columns)} FROM (SELECT min(seq) AS seq, described AS number "
        f"FROM record WHERE readable AND {stated} GROUP BY ALL) AS s JOIN of_described AS c USING (number)"
    )
    places = ", ".join(f"'$[{at}]'" for at in range(len(_OF_CERTIFICATE)))
    group = Group(
        name="described",
        cell=_array(_OF_CERTIFICATE),
        parts=f"json_extract(text, [{places}, '$[{_DIGEST}].sha256', '$[{_DIGEST}].sha1'])",
        fields=tuple(certificate),
    )
    return Bulk(
        lines=_lines,
        header=0,
        fields=tuple(fields),
        groups=(group,),
        readable=f"port IS NOT NULL AND coalesce(host, ip, host_ip) IS NOT NULL AND NOT ({bad})",
        # A line that says neither is hardly an object.
        unfit=f'{stated} AND NOT {by_hash} OR NOT ("port said" OR "host said")',
        rows={
            "sighting": f"SELECT {at}, 'scan' AS kind, coalesce(sha256, 'sha1:' || sha1) AS chain "
            f"FROM record WHERE readable AND {stated}",
            "probe": f"SELECT {at}, attempt.outcome AS outcome, attempt.detail AS detail "
            f"FROM record WHERE readable AND NOT {stated}",
            "endpoint_tls": f"SELECT {at}, offer.protocols AS protocols, offer.cipher_suites AS cipher_suites, "
            'offer."groups" AS "groups" FROM record WHERE readable AND offer.protocols IS NOT NULL',
        },
        stated=(statements,),
        lists={"chain": "[text]"},
        locator="'[' || (seq - 1) || ']'",
        again=again,
    )


def _lines(path: str, compression: str) -> str:
    """Every member that is read, as JSON; DuckDB refuses a file in which one of them comes twice in an object."""
    members = (*_PLACE, *_OF_CERTIFICATE, *_OF_ENDPOINT, *_OF_PROBE, *_OTHERS)
    columns = ", ".join(f"{quoted(name)}: 'JSON'" for name in members)
    return (
        f"SELECT true AS record, true AS whole, false AS turns, * FROM read_json({path}, compression = {compression}, "
        f"format = 'newline_delimited', auto_detect = false, columns = {{{columns}}})"
    )


def _others() -> Field:
    """What is not read here at all."""
    cell = f"coalesce({', '.join(map(_member, _OTHERS))})"
    return Field(name="others", cell=cell, plain="false", value="NULL", kind="VARCHAR")


def _place() -> Iterator[Field]:
    def host(value: object, at: int) -> str | None:
        return host_and_ip(text(value))[at]

    time = rf'"{_CLOCK}(?:[.][0-9]{{1,9}})?{_ZONE}"'
    yield _field("observed_at", _member("timestamp"), time, _ZONED, _utc, kind="TIMESTAMP")
    yield _field("host", _member("host"), _HOST, _INSIDE, partial(host, at=0))
    yield _field("host_ip", _member("host"), _HOST, "NULL", partial(host, at=1), or_nothing=True)
    yield _field("ip", _member("ip"), _IPV4, _INSIDE, lambda value: host_and_ip(None, text(value))[1])
    yield _field("sni", _member("sni"), _HOST, _INSIDE, partial(host, at=0))
    yield _field("port", _member("port"), _PORT, f"{_INSIDE}::BIGINT", _port, kind="BIGINT")


def _utc(value: object) -> object:
    return utc(text(value))


def _port(value: object) -> int:
    return port_number(text(value) or "")


def _certificate() -> list[Field]:
    """What is said of a certificate; other than plain text goes to `_tlsx.certificate`, member by member."""

    def member(column: str, name: str, pattern: str, value: str, *, kind: str = "VARCHAR", unless: str = "") -> Field:
        outer, _, inner = name.partition(".")

        def read(written: object) -> Any:
            said = {outer: {inner: written} if inner else written}
            return getattr(certificate(said) or StatedCertificate(), column)

        return _field(column, _part(name), pattern, value, read, kind=kind, unless=unless)

    def digests(written: object) -> None:
        section(written)

    texts = ("subject_dn", "subject_cn", "issuer_dn", "issuer_cn")
    return [
        _field("digests", _part("fingerprint_hash"), _DIGESTS, "NULL", digests, or_nothing=True),
        member("sha256", "fingerprint_hash.sha256", '"[0-9a-f]{64}"', _INSIDE),
        member("sha1", "fingerprint_hash.sha1", '"[0-9a-f]{40}"', _INSIDE),
        member("serial_hex", "serial", '"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{2}){0,40}"', _SERIAL),
        *(member(name, name, _TEXT, _INSIDE) for name in texts),
        *(member(f"{side}_o", f"{side}_org", _TEXTS, f"{_LIST}[1]") for side in ("subject", "issuer")),
        member("san_dns", "subject_an", _DNS_NAMES, _LIST, kind="VARCHAR[]", unless=_TOO_LONG),
        member("san_email", "emails", _TEXTS, _LIST, kind="VARCHAR[]"),
        *(member(name, name, f'"{_CLOCK}Z"', _MOMENT, kind="TIMESTAMP") for name in ("not_before", "not_after")),
    ]


def _whole() -> Iterator[Field]:
    """What takes few values in a file, each put together of several members by Python."""
    lists = 'protocols VARCHAR[], cipher_suites VARCHAR[], "groups" VARCHAR[]'
    yield _together("offer", _OF_ENDPOINT, lists, offer)
    yield _together("attempt", _OF_PROBE, "outcome VARCHAR, detail VARCHAR", _attempt)


def _attempt(said: dict[str, Any]) -> dict[str, str | None]:
    outcome, detail = attempt(said)
    return {"outcome": outcome, "detail": detail}


def _member(name: str) -> str:
    """SQL for a member as JSON writes it; nothing where it is ``null``."""
    return f"nullif(\"{name}\"::VARCHAR, 'null')"


def _part(name: str) -> str:
    """The same for a member of what is said of a certificate."""
    outer, _, inner = name.partition(".")
    at = len(_OF_CERTIFICATE) + ("sha256", "sha1").index(inner) if inner else _OF_CERTIFICATE.index(outer)
    return f"nullif(part[{at + 1}]::VARCHAR, 'null')"


def _array(members: tuple[str, ...]) -> str:
    """SQL for a JSON array of members."""
    cells = ", ',', ".join(f"coalesce(\"{name}\"::VARCHAR, 'null')" for name in members)
    return f"concat('[', {cells}, ']')"


def _field(
    name: str,
    cell: str,
    pattern: str,
    value: str,
    read: Callable[[Any], Any],
    *,
    kind: str = "VARCHAR",
    or_nothing: bool = False,
    unless: str = "",
) -> Field:
    but = f" AND NOT regexp_matches(cell, {quoted(unless)})" if unless else ""
    return Field(
        name=name,
        cell=cell,
        plain=f"regexp_full_match(cell, {quoted(pattern)}){but}",
        value=value,
        kind=kind,
        read=lambda written: read(_value(written)),
        or_nothing=or_nothing,
    )


def _together(name: str, members: tuple[str, ...], kind: str, make: Callable[[dict[str, Any]], Any]) -> Field:
    return Field(
        name=name,
        cell=_array(members),
        plain="false",
        value="NULL",
        kind=f"STRUCT({kind})",
        read=lambda cell: make(dict(zip(members, _value(cell), strict=True))),
    )


def _value(written: str) -> Any:
    """JSON as the first reader would have it."""
    return json.loads(written, parse_float=_either, parse_constant=_either, object_pairs_hook=_unique)


def _either(_: str) -> Any:
    raise NotPlainError


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise NotPlainError
    return found
