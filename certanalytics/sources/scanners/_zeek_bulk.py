r"""How DuckDB reads large ssl.log and x509.log of Zeek 4.1 and later as TSV: the fields' rules in SQL.

The rules are those of `_zeek_fields`; here stands only how each kind of field looks where it is plainly written, and
what SQL makes of it then. Any other text goes to the kind's own reader. Logs of other shapes (JSON, versions before
4.1, other hash functions than SHA-256 and SHA-1, certificates inside the log, several headers) are left to the first
reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from certanalytics.model import Row
from certanalytics.sources._reading.bulk import Bulk, Field, Group, quoted, text_lines
from certanalytics.sources._reading.dn import rfc4514
from certanalytics.sources._reading.export import Export
from certanalytics.sources.scanners._passive import ENCRYPTED, NOT_SEEN, RESUMED
from certanalytics.sources.scanners._zeek_fields import (
    CERTIFICATE,
    FIRST_SEEN,
    FLIPPED_SERVER,
    HANDSHAKE,
    KEY,
    LEAF,
    NAMED,
    NONE_SEEN,
    READERS,
    SEEN,
    SERVER,
    Kind,
    Rule,
    key_columns,
)
from certanalytics.sources.scanners._zeek_log import Header, is_tsv

Again = Callable[[Header, Iterable[tuple[int, str]]], Iterator[Row]]


class _Plain(NamedTuple):
    """How a kind of field is plainly written (a pattern for the whole cell), and what SQL makes of it."""

    pattern: str
    value: str
    type: str
    unless: str = ""


_TEXT = r"[!-\[\]-~](?:[ -\[\]-~]*[!-\[\]-~])?"  # printable ASCII without backslash, no space at the ends
# Up to 2^32 seconds the nearest double is the very microsecond that is written.
_SECONDS = r"(?:[0-3][0-9]{9}|[0-9]{1,9})\.[0-9]{6}"
_MOMENT = "make_timestamp(replace(cell, '.', '')::BIGINT)"
_FIRST, _NONE = (f"TIMESTAMP '{time}'" for time in (FIRST_SEEN, NONE_SEEN))
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PORT = "[0-9]{1,4}|[0-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_NAME = r"[!-+\--\[\]-~](?:[ -+\--\[\]-~]*[!-+\--\[\]-~])?"
_DIGITS = "ltrim(lower(cell), '0')"

_PLAIN: dict[Kind, _Plain] = {
    "text": _Plain(_TEXT, "cell", "VARCHAR"),
    "dn": _Plain(_TEXT, "cell", "VARCHAR", "strlen(cell) IN (255, 2047)"),
    "time": _Plain(
        _SECONDS, f"CASE WHEN {_MOMENT} >= {_FIRST} AND {_MOMENT} < {_NONE} THEN {_MOMENT} END", "TIMESTAMP"
    ),
    "validity": _Plain(_SECONDS, f"nullif({_MOMENT}, TIMESTAMP '1970-01-01')", "TIMESTAMP"),
    "flag": _Plain("[TF]", "cell = 'T'", "BOOLEAN"),
    "count": _Plain("[0-9]{1,18}", "cell::BIGINT", "BIGINT"),
    "address": _Plain(rf"(?:{_OCTET}\.){{3}}{_OCTET}", "cell", "VARCHAR"),
    "port": _Plain(_PORT, "cell::BIGINT", "BIGINT"),
    "serial": _Plain(
        "[0-9A-Fa-f]{1,80}",
        f"CASE WHEN {_DIGITS} = '' THEN '00' ELSE if(strlen({_DIGITS}) % 2 = 1, '0', '') || {_DIGITS} END",
        "VARCHAR",
    ),
    "names": _Plain(
        f"{_NAME}(?:,{_NAME})*",
        "string_split(cell, ',')",
        "VARCHAR[]",
        r"regexp_matches(cell, '(^|,)(-|\(empty\))(,|$)')",
    ),
}

_IDENTITIES = "list_transform(string_split(lower(text), ','), lambda f: if(strlen(f) = 40, 'sha1:' || f, f))"
_KEY = {
    "key_algorithm": "VARCHAR",
    "key_bits": "BIGINT",
    "key_curve": "VARCHAR",
    "signature_algorithm": "VARCHAR",
    "signature_hash": "VARCHAR",
}


class _Log:
    """The columns of one log and how its cells become fields."""

    def __init__(self, header: Header) -> None:
        self.header = header
        self.text = ""
        self.at = {name: number for number, name in enumerate(header.columns, start=1)}

    def group(self, columns: list[str]) -> _Log:
        """Some of the columns by themselves, as they stand in one text."""
        part = _Log(self.header)
        cells = ", ".join(f"coalesce({self.cell(column)}, '')" for column in columns)
        part.text = f"concat_ws('\t', {cells})"
        part.at = {column: number for number, column in enumerate(columns, start=1)}
        return part

    def cell(self, name: str) -> str:
        """SQL for the text of a column; NULL where it is not set, or empty."""
        if name not in self.at:
            return "NULL::VARCHAR"
        nothing = ", ".join(quoted(word) for word in (self.header.unset, self.header.empty, ""))
        return f"CASE WHEN part[{self.at[name]}] NOT IN ({nothing}) THEN part[{self.at[name]}] END"

    def field(self, rule: Rule, cell: str = "") -> Field:
        """A field by its rule."""
        plain = _PLAIN[rule.kind]
        unless = f" AND NOT ({plain.unless})" if plain.unless else ""
        return Field(
            name=rule.column,
            cell=cell or self.cell(rule.fields[0]),
            plain=f"regexp_full_match(cell, {quoted(plain.pattern)}){unless}",
            value=plain.value,
            kind=plain.type,
            read=self._reader(rule.kind),
        )

    def fields(self, rules: Iterable[Rule]) -> list[Field]:
        """Fields by their rules."""
        return [self.field(rule) for rule in rules]

    def fingerprints(self, column: str) -> Field:
        """Hashes of certificates, all by SHA-256 or all by SHA-1."""
        several = "(?:{0})(?:,(?:{0}))*".format
        hashes = several("[0-9A-Fa-f]{64}") + "|" + several("[0-9A-Fa-f]{40}")
        return Field(
            name="fingerprints",
            cell=self.cell(column),
            plain="true",
            value="cell",
            kind="VARCHAR",
            check=f"value IS NULL OR regexp_full_match(value, {quoted(hashes)})",
        )

    def attribute(self, name: str, column: str, kind: str) -> Field:
        """An attribute of a distinguished name; where nothing in the name is escaped SQL finds it."""
        value = f"nullif(regexp_extract(cell, '(?:^|[,+]) *(?i:{kind}) *= *([^,+ ](?:[^,+]*[^,+ ])?)', 1), '')"
        read = self._reader("dn")
        return Field(
            name=name,
            cell=self.cell(column),
            plain=f"regexp_full_match(cell, {quoted(_TEXT)}) AND NOT contains(cell, '#') "
            "AND strlen(cell) NOT IN (255, 2047)",
            value=value,
            kind="VARCHAR",
            read=lambda written: rfc4514(read(written)).get(kind),
            or_nothing=True,
        )

    def together(
        self,
        name: str,
        rules: tuple[Rule, ...],
        make: Callable[[dict[str, Any]], dict[str, Any]],
        columns: Mapping[str, str],
    ) -> Field:
        """One field of several that few values are written in: Python reads each combination once."""
        cells = ", ".join(f"coalesce({self.cell(rule.fields[0])}, '')" for rule in rules)
        readers = [self._reader(rule.kind) for rule in rules]

        def read(written: str) -> dict[str, Any]:
            parts = zip(rules, readers, written.split("\t"), strict=True)
            found = {rule.column: reader(part) for rule, reader, part in parts if part}
            return make({column: value for column, value in found.items() if value is not None})

        return Field(
            name=name,
            cell=f"concat_ws('\t', {cells})",
            plain="false",
            value="NULL",
            kind=f"STRUCT({', '.join(map(' '.join, columns.items()))})",
            read=read,
        )

    def _reader(self, kind: Kind) -> Callable[[str], Any]:
        is_list = kind == "names"
        return lambda cell: READERS[kind](self.header.written(cell, is_list=is_list))


def bulk(export: Export, again: Again) -> Bulk | None:
    """How DuckDB reads a log, if it can.

    Args:
        export: The log.
        again: What the first reader makes of single lines of it.
    """
    text = export.head.decode("utf-8", "replace")
    if not is_tsv(text):
        return None
    header, lines = Header(), 0
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        header.take(line)
        lines += 1
    usual = (header.separator, header.set_separator, header.empty, header.unset) == ("\t", ",", "(empty)", "-")
    names = set(header.columns)
    if not usual or len(names) < len(header.columns):
        return None
    log = _Log(header)
    make, can_read = _LOGS.get(header.log or "", (None, None))
    if not (make and can_read and can_read(names)):
        return None
    fields, groups, readable, rows, stated = make(log)
    return Bulk(
        lines=partial(_lines, len(header.columns)),
        header=lines,
        fields=tuple(fields),
        groups=groups,
        readable=readable,
        rows=rows,
        stated=stated,
        lists={"chain": _IDENTITIES},
        locator="'line ' || seq",
        again=partial(again, header),
    )


def _lines(columns: int, path: str, compression: str) -> str:
    """The lines of a log taken apart; every expression that chooses a list copies it, so lines are chosen first."""
    turns = quoted("^#(?:fields|separator|set_separator|empty_field|unset_field)")
    return f"""
        SELECT turns, part IS NOT NULL AS record, len(part) = {columns} AS whole, part FROM (
            SELECT turns, string_split(line, '\t') AS part FROM (
                SELECT
                    starts_with(line, '#') AND regexp_matches(line, {turns}) AS turns,
                    if(line <> '' AND NOT starts_with(line, '#'), line, NULL) AS line
                FROM ({text_lines(path, compression)})
            )
        )
    """


def _needs(*wanted: str, without: Iterable[str] = ()) -> Callable[[set[str]], bool]:
    return lambda names: names >= set(wanted) and names.isdisjoint(without)


_Made = tuple[list[Field], tuple[Group, ...], str, dict[str, str], tuple[str, ...]]


def _ssl(log: _Log) -> _Made:
    flipped = f"contains({log.cell('ssl_history')}, '^')"
    shown = {"established": "BOOLEAN", "detail": "VARCHAR"}
    fields = [log.fingerprints("cert_chain_fps"), log.together("handshake", HANDSHAKE, _handshake, shown)]
    fields += log.fields([SEEN, SERVER[-1]])
    for usual, other in zip(SERVER[:-1], FLIPPED_SERVER[:-1], strict=True):
        cell = f"if({flipped}, {log.cell(other.fields[0])}, {log.cell(usual.fields[0])})"
        fields.append(log.field(usual, cell))
    place_bad = _any_bad(rule.column for rule in SERVER)
    says = "(fingerprints IS NOT NULL OR handshake.established)"
    readable = f'NOT "handshake bad" AND NOT ({says} AND ({place_bad} OR "observed_at bad"))'
    place = ", ".join(rule.column for rule in SERVER)
    same = " AND ".join(f"w.{rule.column} IS NOT DISTINCT FROM s.{rule.column}" for rule in SERVER)
    sighting = (
        f"SELECT seq, observed_at, {place}, 'passive' AS kind, fingerprints AS chain FROM record "
        "WHERE readable AND fingerprints IS NOT NULL"
    )
    # As `_passive.Watched` has it: what an endpoint has shown before counts, even in a row whose time is damaged.
    probe = f"""
        WITH shown AS (
            SELECT {place}, min(seq) AS first FROM record
            WHERE fingerprints IS NOT NULL AND NOT "handshake bad" AND NOT {place_bad}
            GROUP BY ALL
        ),
        silent AS (
            SELECT seq, observed_at, {place}, handshake.detail AS detail FROM record
            WHERE readable AND fingerprints IS NULL AND handshake.established
        )
        SELECT
            min(w.seq) AS seq, arg_min({{'t': w.observed_at}}, w.seq).t AS observed_at,
            w.ip, w.port, w.sni, w.detail, 'no certificate' AS outcome, 'passive' AS kind
        FROM silent AS w LEFT JOIN shown AS s ON {same}
        WHERE s.first IS NULL OR w.seq < s.first
        GROUP BY ALL
    """
    # One statement for each certificate that is named: its fingerprint.
    stated = """
        SELECT min(seq) AS seq, {} FROM (
            SELECT seq, unnest(string_split(lower(fingerprints), ',')) AS fingerprint FROM (
                SELECT min(seq) AS seq, fingerprints FROM record WHERE readable AND fingerprints IS NOT NULL
                GROUP BY fingerprints
            )
        ) GROUP BY fingerprint
    """.format(_digests("fingerprint"))
    return fields, (), readable, {"sighting": sighting, "probe": probe}, (stated,)


def _x509(log: _Log) -> _Made:
    names = [rule for rule in NAMED if rule.kind == "flag"]
    fields = [log.fingerprints("fingerprint"), *log.fields([SEEN, *names])]
    certificate = log.group([rule.fields[0] for rule in (*CERTIFICATE, *KEY)])
    described = [*certificate.fields(CERTIFICATE), certificate.together("key", KEY, key_columns, _KEY)]
    described += [
        certificate.attribute(f"{side}_{kind}", f"certificate.{side}", kind.upper())
        for side in ("subject", "issuer")
        for kind in ("cn", "o")
    ]
    groups = (
        Group(name="certificate", cell=certificate.text, parts="string_split(text, '\t')", fields=tuple(described)),
    )
    bad = _any_bad(["certificate", *(field.name for field in fields if field.read)])
    readable = f"fingerprints IS NOT NULL AND NOT {bad}"
    served = "(coalesce(host_cert, false) AND NOT coalesce(client_cert, false))"
    sighting = (
        f"SELECT seq, observed_at, 'passive' AS kind, fingerprints AS chain FROM record WHERE readable AND {served}"
    )
    alias = (
        "SELECT seq, observed_at, 'zeek:' || lower(fingerprints) AS alias, "
        "if(strlen(fingerprints) = 40, 'sha1:', '') || lower(fingerprints) AS certificate "
        f"FROM record WHERE readable AND NOT {served}"
    )
    # The old writer went on with the rest of a subject it cut in the issuer.
    whole = 'NOT ("subject_dn said" AND subject_dn IS NULL)'
    issuer = ", ".join(
        f"CASE WHEN {whole} THEN {name} END AS {name}" for name in ("issuer_dn", "issuer_cn", "issuer_o")
    )
    kept = ", ".join(rule.column for rule in CERTIFICATE if rule.column != "issuer_dn")
    key = ", ".join(f"key.{name} AS {name}" for name in _KEY)
    stated = f"""
        SELECT seq, {_digests("fingerprint")}, {kept}, subject_cn, subject_o, {issuer}, {key}
        FROM (
            SELECT min(seq) AS seq, lower(fingerprints) AS fingerprint, certificate AS number
            FROM record WHERE readable GROUP BY ALL
        )
        JOIN of_certificate USING (number)
    """
    return fields, groups, readable, {"sighting": sighting, "alias": alias}, (stated,)


def _handshake(said: dict[str, Any]) -> dict[str, Any]:
    """Whether a connection came about, and why one that did shows no certificate."""
    hides = "TLSv13" in said.get("version", "")
    why = RESUMED if said.get("resumed") else ENCRYPTED if hides else NOT_SEEN
    return {"established": bool(said.get("established")), "detail": why}


def _digests(fingerprint: str) -> str:
    return (
        f"CASE WHEN strlen({fingerprint}) = 64 THEN {fingerprint} END AS sha256, "
        f"CASE WHEN strlen({fingerprint}) = 40 THEN {fingerprint} END AS sha1"
    )


def _any_bad(names: Iterable[str]) -> str:
    return "(" + " OR ".join(f'"{name} bad"' for name in names) + ")"


_LOGS = {
    "ssl": (
        _ssl,
        _needs(
            *("ts", "id.resp_h", "cert_chain_fps", "established"),
            without=["cert_chain_fuids", "cert_hash", *(name for rule in LEAF for name in rule.fields)],
        ),
    ),
    "x509": (_x509, _needs("ts", "fingerprint", "host_cert", without=("id", "cert"))),
}
"""The logs DuckDB reads, and whether one with these columns says what the SQL reads and nothing else of interest."""
