"""A column map proposed for a table nobody knows, from the names of its columns.

Names alone are looked at, but for two things a name leaves open: whether a fingerprint is SHA-1 or SHA-256, and how
dates are written. What stays open is said, and left to whoever reads the map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from certanalytics.errors import DataError
from certanalytics.model import Reject
from certanalytics.sources._mapped import VOCABULARIES
from certanalytics.sources._reading.column_map import ColumnMap, understood
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.json import begins
from certanalytics.sources._reading.local_dates import local_times
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.organisation._certificate_rows import TIMES

_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 200
"""Records whose values decide what names leave open."""

_NAMES = {
    "record_id": "id|recordid|certificateid|certid|requestid|orderid|nummer|number|ticket",
    "sha256": "sha256|sha256fingerprint|fingerprintsha256|sha256thumbprint|sha256hash|certhash|certificatesha256",
    "sha1": "sha1|sha1fingerprint|fingerprintsha1|thumbprint|sha1thumbprint|sha1hash|certificatehash|fingerabdrucksha1",
    "fingerprint": "fingerprint|certificatefingerprint|hash|fingerabdruck|empreinte",
    "serial": "serial|serialnumber|serialno|certificateserialnumber|certserial|seriennummer|numerodeserie",
    "certificate": "certificate|pem|cert|certificatepem|rawcertificate|zertifikat",
    "issuer": "issuer|issuerdn|issuername|issuedby|issuerdistinguishedname|ca|aussteller|emetteur|emisor",
    "issuer_cn": "issuercn|issuercommonname|issuingca|caname",
    "subject": "subject|subjectdn|subjectname|issuedto|distinguishedname|antragsteller|inhaber|sujet",
    "common_name": "commonname|cn|subjectcn|subjectcommonname|issuedcommonname|allgemeinername|nomcommun",
    "names": "names|san|sans|subjectalternativename|subjectalternativenames|subjectaltname|dnsnames|altnames|domains",
    "not_before": "notbefore|validfrom|startdate|effectivedate|issuedon|issuedate|begin|gueltigvon|gueltigab",
    "not_after": "notafter|validto|validuntil|validtill|expiry|expirydate|expires|expireson|expiration|expirationdate"
    "|enddate|end|gueltigbis|ablaufdatum|ablauf|dateexpiration|fechadevencimiento",
    "key_algorithm": "keyalgorithm|keytype|publickeyalgorithm|algorithm",
    "key_bits": "keysize|keybits|keylength|publickeylength|publickeysize|bits|schluessellaenge",
    "signature_algorithm": "signaturealgorithm|sigalg|signaturehash|signaturalgorithmus",
    "host": "host|hostname|server|servername|fqdn|device|machine|node|rechner",
    "name": "name|dnsname|domain|domainname|fqdn|hostfqdn|url|host|hostname|server|servername|asset|ci",
    "ip": "ip|ipaddress|ipaddr|address|adresse",
    "port": "port|tcpport",
    "path": "path|file|filepath|location|filename|keystore|pfad",
    "state": "state|status|certificatestatus|zustand",
    "owner": "owner|responsible|contact|ownedby|owneruser|accountable|verantwortlich|verantwortlicher|eigentuemer"
    "|responsable|proprietaire|propietario",
    "owner_email": "owneremail|ownermail|email|mail|contactemail|responsiblemail|responsibleemail|technicalcontact",
    "owner_name": "ownername|fullname|ownerfullname|contactname",
    "active": "active|isactive|stillhere|aktiv",
    "requester": "requester|requestor|requestername|requestedby|antragstellername",
    "approver": "approver|approvedby|genehmiger",
    "team": "team|group|supportgroup|assignmentgroup|gruppe|equipe",
    "service": "service|application|app|applicationname|system|anwendung",
    "business_unit": "businessunit|bu|department|division|organisation|organization|costcenter|abteilung|bereich",
    "environment": "environment|env|stage|umgebung",
    "criticality": "criticality|tier|priority|businesscriticality|kritikalitaet",
    "status": "status|state|lifecycle",
    "location": "location|site|datacenter|datacentre|standort",
    "product": "product|template|certificatetemplate|type|certificatetype|profile",
    "requested_at": "requestedat|requestdate|requestedon|submitted|submittedon|beantragtam",
    "revoked_at": "revokedat|revocationdate|revokedon|sperrdatum",
    "comment": "comment|comments|notes|note|description|bemerkung|kommentar|remarks",
}
_OURS = {word: ours for ours, words in reversed(_NAMES.items()) for word in words.split("|")}

_OF_CERTIFICATES = {"sha256", "sha1", "fingerprint", "serial", "not_after", "not_before", "issuer", "key_bits"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A map for a table, and what it would make of it.

    Attributes:
        toml: The map, to be read, corrected and kept.
        unmapped: Columns of the table that the map leaves out.
        doubts: What the map cannot know, in words.
        columns: Our columns, in the order of the preview.
        preview: The first rows under our columns; of a row that is refused the reason alone.
    """

    toml: str
    unmapped: tuple[str, ...]
    doubts: tuple[str, ...]
    columns: tuple[str, ...]
    preview: tuple[tuple[str, ...], ...]


def suggest(export: Export, *, rows: int = 10) -> Suggestion:
    """A map for a CSV, or JSON objects, that no source knows.

    Args:
        export: The table.
        rows: How many rows to preview.

    Raises:
        DataError: It is no table, or too few of its columns have a name that says what they are.
    """
    is_json = begins(export.head) in ("{", "[")
    delimiter, header = ("", _json_header(export)) if is_json else _csv_header(Head(export.head))
    kind, columns = _columns(header)
    if kind is None:
        known = "; ".join(f"{name}: {', '.join(each.columns)}" for name, each in VOCABULARIES.items())
        raise DataError(
            "no map can be proposed: too few columns have a name that says what they hold (found "
            + (", ".join(header[:20]) or "no header")
            + ")",
            where=export.label,
            hint=f"Write one by hand; what it can say, by kind: {known}",
        )
    doubts: list[str] = []
    bare = understood(_said(kind, columns, is_json=is_json, delimiter=delimiter), export.label, VOCABULARIES)
    cells = _cells(export, bare)
    if "fingerprint" in columns.values():
        columns = _fingerprints_told_apart(columns, cells, doubts)
    if cells.get("serial") and all(value.isdigit() for value in cells["serial"]):
        doubts.append("All serial numbers are digits: if they are decimal, write serial_decimal instead of serial.")
    doubts += _strange_words(kind, cells)
    note = _dates(cells, doubts)
    said = _said(kind, columns, is_json=is_json, delimiter=delimiter)
    column_map = understood(said, export.label, VOCABULARIES)
    return Suggestion(
        toml=_toml(said, note),
        unmapped=tuple(name for name in header if name not in columns),
        doubts=tuple(doubts),
        columns=tuple(column_map.columns),
        preview=tuple(_preview(export, column_map, rows)),
    )


def _csv_header(head: Head) -> tuple[str, list[str]]:
    """The delimiter and header by which most columns have a name that is known; the first such line counts."""
    best: tuple[int, str, list[str]] = (0, ",", [])
    for number, line in enumerate(head.text.splitlines()[:50]):
        for mark in _DELIMITERS:
            cells = list(Head(line.encode("utf-8", "replace")).columns(mark))
            recognised = len({_OURS[word] for word in map(_word, cells) if word in _OURS})
            if (recognised, len(cells)) > (best[0], len(best[2])) and (recognised > 1 or number == 0):
                best = recognised, mark, cells
    return best[1], best[2]


def _json_header(export: Export) -> list[str]:
    records = ColumnMap(is_json=True).records(export)
    names: dict[str, None] = {}
    for record in islice(records, _LOOKED_AT):
        if not isinstance(record, Reject):
            names |= dict.fromkeys(record[1])
    return list(names)


def _columns(header: Sequence[str]) -> tuple[str | None, dict[str, str]]:
    """The kind of table, and their column to ours; each of ours once."""
    words = {name: _word(name) for name in header if name.strip()}
    of_certificates = {_OURS.get(word) for word in words.values()} & _OF_CERTIFICATES
    kind = "certificates" if of_certificates else "owners"
    allowed = VOCABULARIES[kind].columns.keys() | ({"fingerprint"} if kind == "certificates" else set())
    columns: dict[str, str] = {}
    for ours, synonyms in _NAMES.items():
        if ours not in allowed:
            continue
        fitting = [
            (synonyms.split("|").index(word), name) for name, word in words.items() if word in synonyms.split("|")
        ]
        fitting = [(place, name) for place, name in fitting if name not in columns]
        if fitting:
            columns[min(fitting)[1]] = ours
    mapped = {"sha1" if ours == "fingerprint" else ours for ours in columns.values()}
    complete = all(need & mapped for need in VOCABULARIES[kind].needs) and (kind == "owners" or of_certificates)
    return (kind if complete else None), columns


def _word(name: str) -> str:
    """A column's name as letters and digits, without accents; of a path the last step, unless all of it is known."""
    last = name.rpartition(".")[2]
    if last != name and _word(name.replace(".", " ")) not in _OURS:
        return _word(last)
    plain = name.casefold()
    for letter, letters in {"ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "è": "e", "ó": "o"}.items():
        plain = plain.replace(letter, letters)
    return re.sub(r"[^a-z0-9]", "", plain)


def _cells(export: Export, column_map: ColumnMap) -> dict[str, list[str]]:
    """The first values under our columns."""
    cells: dict[str, list[str]] = {ours: [] for ours in column_map.columns}
    for record in islice(column_map.records(export), _LOOKED_AT):
        if not isinstance(record, Reject):
            for ours, value in column_map.said(record[1]).items():
                cells[ours].append(value)
    return cells


def _fingerprints_told_apart(
    columns: Mapping[str, str], cells: Mapping[str, list[str]], doubts: list[str]
) -> dict[str, str]:
    lengths = {len(re.sub(r"[^0-9A-Fa-f]", "", value)) for value in cells.get("sha1", [])}
    ours = {frozenset({64}): "sha256", frozenset({40}): "sha1"}.get(frozenset(lengths))
    if ours is None or ours in columns.values():
        doubts.append("The fingerprint is neither SHA-1 nor SHA-256 in all rows looked at, and is left out.")
        return {theirs: name for theirs, name in columns.items() if name != "fingerprint"}
    return {theirs: ours if name == "fingerprint" else name for theirs, name in columns.items()}


def _strange_words(kind: str, cells: Mapping[str, list[str]]) -> Iterator[str]:
    """What to say of columns that take certain words only and have another."""
    for ours, words in VOCABULARIES[kind].words.items():
        strange = next((value for value in cells.get(ours, []) if value.casefold() not in words), None)
        if strange is not None:
            yield (
                f"{strange!r} in {ours} is none of {', '.join(words)}: write what it means under [values.{ours}], "
                "or its row is refused."
            )


def _dates(cells: Mapping[str, list[str]], doubts: list[str]) -> str | None:
    """A line for the map on how dates are written, where some cannot be told without."""
    for ours in TIMES:
        open_ = [value for value in cells.get(ours, []) if not local_times({ours: value})]
        if open_:
            doubts.append(
                f"Dates such as {open_[0]!r} in {ours} do not say how they are meant: write time_format, or they are "
                "kept as written and not used."
            )
            return '# time_format = "%d/%m/%Y"   # day first, or "%m/%d/%Y"; see above'
    return None


def _said(kind: str, columns: Mapping[str, str], *, is_json: bool, delimiter: str) -> dict[str, object]:
    said: dict[str, object] = {"kind": kind}
    if is_json:
        said["records"] = "json"
    elif delimiter != ",":
        said["delimiter"] = delimiter
    # What the fingerprint is shows only in the values, which are looked at under this name.
    ours = {"sha1" if name == "fingerprint" else name: theirs for theirs, name in columns.items()}
    order = list(VOCABULARIES[kind].columns)
    return {**said, "columns": {name: ours[name] for name in order if name in ours}}


def _toml(said: Mapping[str, object], note: str | None) -> str:
    columns = said["columns"]
    assert isinstance(columns, dict)  # noqa: S101 - made above
    head = [f"{key} = {_quoted(str(value))}" for key, value in said.items() if key != "columns"]
    lines = [*head, *([note] if note else []), "", "[columns]", *(f"{o} = {_quoted(t)}" for o, t in columns.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    printable = "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in escaped)
    return f'"{printable}"'


def _preview(export: Export, column_map: ColumnMap, rows: int) -> Iterator[tuple[str, ...]]:
    for record in islice(column_map.records(export), rows):
        if isinstance(record, Reject):
            yield (f"refused: {record.reason}", *[""] * (len(column_map.columns) - 1))
            continue
        said = column_map.said(record[1])
        written = {name: said[name] for name in TIMES if name in said}
        times = column_map.times(written) if column_map.kind == "certificates" else {}
        shown = {**said, **dict.fromkeys(written, "(kept as written)"), **{k: str(v) for k, v in times.items()}}
        yield tuple(shown.get(name, "") for name in column_map.columns)
