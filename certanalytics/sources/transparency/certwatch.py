"""Rows of crt.sh's certwatch database, as psql writes them: the only way to the certificates themselves in bulk."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject, Row
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.records import Record, csv_records, number, rows
from certanalytics.sources._reading.signature import Head, Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import utc

_BYTEA = r"\\\\?x30[0-9A-Fa-f]{8}"
_CELL = re.compile(rf'(?:^|[,;\t"]){_BYTEA}', re.MULTILINE)
_HEADLESS = re.compile(rf'\A\s*(?:"?[0-9]+"?(?P<delimiter>[,;\t]))?(?:"?[0-9]*"?(?P=delimiter))?"?{_BYTEA}')
_DELIMITERS = (",", ";", "\t")


def _delimiter_under_header(head: Head) -> str | None:
    """What stands between the cells, if the first line names a column ``certificate`` and one holds bytea."""
    for mark in _DELIMITERS:
        if "certificate" in head.casefolded(mark) and _CELL.search(head.text):
            return mark
    return None


def _is_certwatch(head: Head) -> bool:
    return _HEADLESS.match(head.text) is not None or _delimiter_under_header(head) is not None


@source(
    "certwatch-csv",
    produced_by=r"psql on crt.sh's certwatch: \copy (SELECT id, issuer_ca_id, certificate FROM certificate ...) "
    "TO ... CSV, with or without HEADER; psql --csv",
    brings=("certificate", "ct"),
    tried_on="documentation",
    signature=Signature(r"CSV with a certificate as bytea (\x30...), alone or after one or two numbers", _is_certwatch),
)
def certwatch_csv(export: Export) -> Iterator[Row]:
    r"""Read rows of the table ``certificate``, whatever was selected beside it.

    As in a search result ``log_index`` is crt.sh's own identifier; the time of logging is known where the query
    joined it (``entry_timestamp``). Without a header the columns are taken in the table's order. PostgreSQL's own
    text format, with tabs and ``\\x`` for ``\x``, is read too.
    """
    head = Head(export.head)
    delimiter = _delimiter_under_header(head)
    if delimiter is not None:
        yield from rows(csv_records(export, delimiter), _certificate)
    else:
        found = _HEADLESS.match(head.text)
        yield from rows(_headless(export, (found and found["delimiter"]) or ","), _certificate)


def _headless(export: Export, delimiter: str) -> Iterator[Record | Reject]:
    line = 1
    try:
        with export.text(newline="") as stream:
            reader = csv.reader(stream, delimiter=delimiter)
            while True:
                line = reader.line_num + 1
                try:
                    cells = next(reader, None)
                except csv.Error as error:
                    yield Reject(locator=f"line {line}", reason=f"not CSV: {error}")
                    continue
                if cells is None:
                    return
                if cells:
                    *numbers, certificate = cells
                    said = dict(zip(("id", "issuer_ca_id"), numbers, strict=False))
                    yield f"line {line}", {**said, "certificate": certificate}
    except DAMAGED as error:
        if line == 1:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from None
        yield Reject(locator=f"line {line}", reason=f"the file is damaged from here on ({error}); the rest is not read")


def _certificate(locator: str, row: Mapping[str, str]) -> Iterator[Row]:
    written = row["certificate"].strip()
    digits = written.removeprefix("\\").removeprefix("\\").removeprefix("x")
    if digits == written:
        raise ValueError(r"the certificate is no bytea in hexadecimal (\x...)")
    try:
        der = bytes.fromhex(digits)
    except ValueError:
        raise ValueError("the certificate is not hexadecimal to its end") from None
    if not der:
        raise ValueError("the certificate is empty")
    yield CtEntry(
        locator=locator,
        certificate=der,
        log="crt.sh",
        log_index=number(row.get("id")),
        entry_timestamp=utc(row.get("entry_timestamp")),
    )
