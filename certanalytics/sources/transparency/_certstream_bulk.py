"""How DuckDB reads large files of certstream's lite stream: one message a line, in its envelope, without DER and chain.

Full streams are left to the first reader: nearly all that takes time there is to decode certificates, each of which
comes once. So are messages of names only, messages without an envelope, arrays and objects that span lines.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import Bulk, Field, quoted
from certanalytics.sources._reading.bulk_members import (
    DNS_NAME,
    INSIDE,
    LONGEST_LINE,
    TEXT,
    TOO_LONG,
    array,
    cases,
    matches,
    member,
    not_whole,
    plainly,
    taken,
    unsaid,
)
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import number, text
from certanalytics.sources.transparency._certstream import ENTRY_TYPES, stated, time_of

_plainly = partial(plainly, number=not_whole)

Again = Callable[[Iterable[tuple[int, str]]], Iterator[Row]]

_NAME = "STRUCT(CN JSON, O JSON)"
_LEAF = (
    "STRUCT(as_der JSON, sha256 VARCHAR, sha1 VARCHAR, fingerprint VARCHAR, serial_number JSON, "
    "signature_algorithm JSON, "
    f"is_ca JSON, not_before JSON, not_after JSON, all_domains JSON, subject {_NAME}, issuer {_NAME}, "
    "extensions STRUCT(subjectAltName JSON))"
)
_DATA = (
    "STRUCT(update_type JSON, cert_index JSON, submission_timestamp JSON, source STRUCT(url JSON, name JSON), "
    f"leaf_cert {_LEAF}, chain JSON)"
)
_WORD = '"[a-z_]+"'
_ENTRY, _CERTIFICATE = "data", "data.leaf_cert"

# SQL for what a message is: ``stated``, ``none``, or NULL where that is for the first reader to say.
_NO_DER = f"({unsaid(f'{_CERTIFICATE}.as_der')} OR {_CERTIFICATE}.as_der::VARCHAR = '\"REDACT\"')"
_NO_CHAIN = f"({unsaid(f'{_ENTRY}.chain')} OR {_ENTRY}.chain::VARCHAR = '[]')"
_KIND = cases(
    {
        "message_type::VARCHAR = '\"heartbeat\"'": "'none'",
        f"NOT ({unsaid('message_type')} OR {matches('message_type', _WORD)})": "NULL",
        f"{_CERTIFICATE} IS NOT NULL AND {_NO_DER} AND {_NO_CHAIN}": "'stated'",
    }
)

_KINDS = {
    **dict.fromkeys(("sha256", "sha1", "serial_hex", "issuer_cn", "issuer_o", "subject_cn", "subject_o"), "VARCHAR"),
    "san_dns": "VARCHAR[]",
    **dict.fromkeys(("not_before", "not_after"), "TIMESTAMP"),
    "signature_hash": "VARCHAR",
    "is_ca": "BOOLEAN",
}
"""What messages say of a certificate, as columns of `StatedCertificate`."""

_DIGITS = f"ltrim(lower({INSIDE}), '0')"
_SERIAL = cases(
    {
        "length(cell) % 2 = 0 AND cell[2] <> '0'": f"lower({INSIDE})",
        f"{_DIGITS} = ''": "'00'",
        f"strlen({_DIGITS}) % 2 = 1": f"concat('0', {_DIGITS})",
    },
    _DIGITS,
)
_SECONDS = r"[0-9]{1,10}(?:\.[0-9]{1,6})?"
_MICROSECONDS = "rpad(replace(cell, '.', ''), (strpos(cell, '.') + 5)::INT, '0')::BIGINT"  # six digits after the point
_TIME = f"make_timestamp(CASE WHEN contains(cell, '.') THEN {_MICROSECONDS} ELSE cell::BIGINT * 1000000 END)"

_ALSO = "DNS:[A-Za-z0-9*_.-]+"
_NAMES = rf'\[(?:null|{TEXT}),\["{DNS_NAME}"(?:,"{DNS_NAME}")*\],(?:null|"{_ALSO}(?:, ?{_ALSO})*")\]'
# SQL for the parts of such a cell: names, common name. No part has a quote in it, and ``DNS:`` only begins an
# alternative name.
_WRITTEN = """string_split(split_part(split_part(cell, ',["', 2), '"],', 1), '","')"""
_COMMON = """split_part(cell, '"', 2)"""
_SAN = cases(
    {"starts_with(cell, '[null')": _WRITTEN}
    | {f"contains(cell, concat('DNS:', {_COMMON}, '{end}'))": _WRITTEN for end in (",", '"')},
    f"list_filter({_WRITTEN}, lambda name: name <> {_COMMON})",
)


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a file of lines, if it can.

    Args:
        export: The file.
        again: What the first reader makes of single lines of it.
    """
    if not export.head.startswith(b"{") or b'"as_der":"M' in export.head:
        return None
    fields = (taken("kind", "kind", "VARCHAR"), *_entry(), *_stated())
    bad = " OR ".join(f'"{field.name} bad"' for field in fields if field.read)
    identity = "coalesce(sha256, 'sha1:' || sha1)"
    return Bulk(
        lines=_lines,
        header=0,
        fields=fields,
        readable=f"kind IS NOT NULL AND (kind = 'none' OR {identity} IS NOT NULL) AND NOT ({bad})",
        rows={
            "ct_entry": f"SELECT seq, {identity} AS certificate, log, log_index, entry_type, entry_timestamp "
            "FROM record WHERE readable AND kind = 'stated'"
        },
        stated=(f"SELECT seq, {', '.join(_KINDS)} FROM record WHERE readable AND kind = 'stated'",),
        lists={},
        locator="'[' || (seq - 1) || ']'",
        again=again,
    )


def _lines(path: str, compression: str) -> str:
    columns = f"message_type: 'JSON', data: '{_DATA}'"
    return (
        f"SELECT true AS record, true AS whole, false AS turns, data, {_KIND} AS kind FROM read_json({path}, "
        f"compression = {compression}, maximum_object_size = {LONGEST_LINE}, format = 'newline_delimited', "
        f"auto_detect = false, columns = {{{columns}}})"
    )


def _entry() -> Iterator[Field]:
    """What is said of the entry."""
    origin = array((f"{_ENTRY}.source.url", f"{_ENTRY}.source.name"))
    yield _plainly("log", f"nullif({origin}, '[null,null]')", "", "NULL", _log)
    yield _plainly("log_index", member(f"{_ENTRY}.cert_index"), "[0-9]{1,18}", "cell::BIGINT", number, kind="BIGINT")
    yield _plainly("entry_type", member(f"{_ENTRY}.update_type"), "", "NULL", lambda said: ENTRY_TYPES.get(text(said)))
    time = member(f"{_ENTRY}.submission_timestamp")
    yield _plainly("entry_timestamp", time, _SECONDS, _TIME, time_of, kind="TIMESTAMP")


def _stated() -> Iterator[Field]:
    """What is said of a certificate that does not come along; Python reads what is not plain as it always does."""

    def member_of(name: str) -> str:
        return member(f"{_CERTIFICATE}.{name}")

    def said(name: str, column: str) -> Callable[[Any], Any]:
        return lambda written: getattr(stated({name: written}), column)

    def name(holder: str, part: str) -> Callable[[Any], Any]:
        return lambda written: getattr(stated({holder: {part: written}}), f"{holder}_{part.lower()}")

    yield _digest("sha256", f"{_CERTIFICATE}.sha256", 32)
    yield _digest("sha1", f"coalesce(nullif({_CERTIFICATE}.sha1, ''), {_CERTIFICATE}.fingerprint)", 20)
    serial = said("serial_number", "serial_hex")
    yield _plainly("serial_hex", member_of("serial_number"), '"[0-9A-Fa-f]{1,40}"', _SERIAL, serial)
    for holder in ("issuer", "subject"):
        for part in ("CN", "O"):
            cell = member_of(f"{holder}.{part}")
            yield _plainly(f"{holder}_{part.lower()}", cell, TEXT, INSIDE, name(holder, part))
    common_name, names, alternative = map(member_of, ("subject.CN", "all_domains", "extensions.subjectAltName"))
    inner = f"substring({names}, 3, length({names}) - 4)"
    the_same = f"""{alternative} = concat('"DNS:', replace({inner}, '","', ', DNS:'), '"')"""
    said_once = f"if({the_same}, concat('[null,', {names}, ',null]'), {array((common_name, names, alternative))})"
    cell = f"CASE WHEN kind = 'stated' THEN {said_once} END"
    too_long = f"CASE WHEN strlen(cell) < 254 THEN false ELSE regexp_matches(cell, {quoted(TOO_LONG)}) END"
    plain = f"regexp_full_match(cell, {quoted(_NAMES)}) AND NOT {too_long}"
    yield dataclasses.replace(_plainly("san_dns", cell, "", _SAN, _names, kind="VARCHAR[]"), plain=plain)
    for end in ("not_before", "not_after"):
        yield _plainly(end, member_of(end), _SECONDS, _TIME, said(end, end), kind="TIMESTAMP")
    digest = said("signature_algorithm", "signature_hash")
    yield _plainly("signature_hash", member_of("signature_algorithm"), "", "NULL", digest)
    yield _plainly("is_ca", member_of("is_ca"), "true|false", "cell = 'true'", said("is_ca", "is_ca"), kind="BOOLEAN")


def _digest(name: str, cell: str, octets: int) -> Field:
    """A fingerprint with or without colons, which DuckDB takes as text: no number or object is written like one."""
    return Field(
        name=name,
        cell=f"replace({cell}, ':', '')",
        plain=f"regexp_full_match(cell, '[0-9A-Fa-f]{{{2 * octets}}}')",
        value="lower(cell)",
        kind="VARCHAR",
        read=_for_the_first_reader,
    )


def _for_the_first_reader(written: str) -> None:
    raise ValueError(f"no plain fingerprint: {written[:20]}")


def _names(said: list[Any]) -> tuple[str, ...]:
    common_name, names, alternative = said
    if common_name is alternative is None:
        raise ValueError("they may have been left out where they add nothing to plainly written names")
    extensions = {"subjectAltName": alternative}
    return stated({"subject": {"CN": common_name}, "all_domains": names, "extensions": extensions}).san_dns


def _log(said: list[Any]) -> str | None:
    url, name = map(text, said)
    return url or name
