"""The report as an Excel workbook: every row it carries, with true dates and numbers.

Text from the data is written as text, whatever it begins with; the workbook holds no formula.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from certanalytics.blocks import NO_ROWS, Kind, Table
from certanalytics.report.document import Document
from certanalytics.report.tones import TONES

NUMBER_FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "#,##0",
    "share": "0.0 %",
    "index": "0.000",
    "days": "#,##0",
    "date": "yyyy-mm-dd",
    "year": "0",
}
"""How Excel shows each kind of value."""

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}

_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_WIDEST = 60
_CELL_LIMIT = 32_767


class _Book:
    """A workbook being written: its formats, and the sheet names already taken."""

    def __init__(self, to: Path, document: Document) -> None:
        self.workbook = Workbook(str(to), _OPTIONS)
        self.workbook.set_properties(
            {
                "title": document.cover.title,
                "subject": f"{document.cover.scope}, as of {document.cover.as_of}",
                "category": document.cover.classification,
                "created": document.provenance.as_of,
            }
        )
        font = {"font_name": "Arial", "font_size": 10}
        self.workbook.formats[0].set_font_name("Arial")
        self.workbook.formats[0].set_font_size(10)
        self.title = self.workbook.add_format({**font, "bold": True, "font_size": 16, "font_color": "#16202e"})
        self.quiet = self.workbook.add_format({**font, "font_color": "#4f5b73"})
        banner = {"bold": True, "font_color": "#ffffff", "bg_color": "#1f4e8c", "text_wrap": True, "valign": "vcenter"}
        self.head = self.workbook.add_format({**font, **banner, "indent": 1})
        self.number_head = self.workbook.add_format({**font, **banner, "align": "right"})
        self.line = self.workbook.add_format({**font, "align": "left", "indent": 1})
        self.caption = self.workbook.add_format({**font, "bold": True})
        # Without the alignment Excel keeps the indent to itself when a cell stands at the top.
        text = {"align": "left", "indent": 1}
        self.wrapped = self.workbook.add_format({**font, **text, "text_wrap": True, "valign": "top"})
        self.strong = self.workbook.add_format({**font, **text, "bold": True, "text_wrap": True, "valign": "top"})
        self.kinds = {
            kind: self.workbook.add_format(
                {**font, "num_format": number_format, "valign": "top", **(text if kind == "text" else {})}
            )
            for kind, number_format in NUMBER_FORMATS.items()
        }
        self.moment = self.workbook.add_format({**font, "num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        self._taken: set[str] = set()
        self._footer = f"&L{_literal(document.cover.classification)}&C{_literal(document.cover.as_of)}&RPage &P of &N"

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, ready to print; its name is made fit and unique."""
        sheet = self.workbook.add_worksheet(self._free(name))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(self._footer)
        return sheet

    def _free(self, name: str) -> str:
        fit = _FORBIDDEN.sub(" ", name).strip(" '")[:31].strip() or "Sheet"
        number, free = 1, fit
        while free.lower() in self._taken | {"history"}:
            number += 1
            free = f"{fit[: 31 - len(f' {number}')]} {number}"
        self._taken.add(free.lower())
        return free


def write(document: Document, to: Path) -> None:
    """Write the report as a workbook: summary, a sheet for each table and chart, methods, and the run.

    Args:
        document: The report.
        to: The file.
    """
    book = _Book(to, document)
    _summary(book, document)
    for table in document.tables:
        _table(book, table, name=table.name)
    for figure in document.figures:
        if (twin := figure.twin()) is not None:
            _table(book, twin, name=f"Chart {figure.title}")
    _texts(book, "Methods", _methods(document))
    _texts(book, "About", _about(document))
    book.workbook.close()


def _summary(book: _Book, document: Document) -> None:
    sheet = book.sheet("Summary")
    sheet.write_string(0, 0, document.cover.title, book.title)
    said = f"As of {document.cover.as_of} · {document.cover.scope} · {document.cover.classification}"
    sheet.write_string(1, 0, said, book.quiet)
    sheet.write_string(2, 0, document.tiles.headline, book.quiet)
    columns = (("Key figure", 30), ("Value", 14), ("Reading", 12), ("In words", 60), ("How it is computed", 70))
    for place, (label, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(4, place, label, book.number_head if label == "Value" else book.head)
    for row, tile in enumerate(document.tiles.tiles, start=5):
        sheet.write_string(row, 0, tile.label, book.strong)
        if tile.value is None:
            sheet.write_string(row, 1, tile.text, book.wrapped)
        else:
            _cell(book, sheet, row, 1, tile.value, tile.unit)
        sheet.write_string(row, 2, TONES[tile.tone].word, book.wrapped)
        sheet.write_string(row, 3, tile.sentence, book.wrapped)
        sheet.write_string(row, 4, tile.definition, book.wrapped)
        sheet.set_row(row, 15 * _lines_needed((tile.sentence, 60), (tile.definition, 70), (tile.label, 28)))
    first = 7 + len(document.tiles.tiles)
    sheet.write_string(first - 1, 0, "Conclusions", book.strong)
    for row, page in enumerate(document.pages, start=first):
        sheet.write_string(row, 0, f"{page.number}  {page.claim.headline}", book.line)
    sheet.freeze_panes(5, 1)


def _table(book: _Book, table: Table, *, name: str) -> None:
    """One table on a sheet of its own, as an Excel table with filters below its caption."""
    sheet = book.sheet(name)
    sheet.write_string(0, 0, table.caption, book.caption)
    all_of_them = "1 row" if table.total == 1 else f"{table.total:,} rows" if table.total else NO_ROWS
    carried = all_of_them if len(table.rows) == table.total else f"{len(table.rows):,} of {all_of_them}"
    sheet.write_string(1, 0, carried, book.quiet)
    first, last = 3, 3 + max(len(table.rows), 1)
    sheet.add_table(
        first,
        0,
        last,
        len(table.columns) - 1,
        {
            "columns": [
                {"header": label, "header_format": book.head if column.kind == "text" else book.number_head}
                for label, column in zip(_unique(table), table.columns, strict=True)
            ],
            "style": "Table Style Light 1",
        },
    )
    for place, column in enumerate(table.columns):
        for row, values in enumerate(table.rows, start=first + 1):
            _cell(book, sheet, row, place, values[place], column.kind)
        sheet.set_column(place, place, _width(table, place))
    sheet.set_row(first, 30)
    sheet.freeze_panes(first + 1, 1)
    sheet.repeat_rows(first)


def _texts(book: _Book, name: str, rows: Sequence[tuple[str, str]]) -> None:
    sheet = book.sheet(name)
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 110)
    sheet.write_string(0, 0, name, book.title)
    for row, (label, text) in enumerate(rows, start=2):
        sheet.write_string(row, 0, label, book.strong)
        sheet.write_string(row, 1, text[:_CELL_LIMIT], book.wrapped)
        sheet.set_row(row, 15 * _lines_needed((text, 110), (label, 30)))


def _methods(document: Document) -> list[tuple[str, str]]:
    notes = [(note.title, note.text) for note in document.limits + document.methods]
    pages = [(page.claim.headline, page.claim.definition) for page in document.pages]
    return notes + pages


def _about(document: Document) -> list[tuple[str, str]]:
    run = document.provenance
    return [
        ("Report", run.report),
        ("As of", document.cover.as_of),
        ("Scope", document.cover.scope),
        ("Scope as asked", run.scope or "everything"),
        ("Classification", document.cover.classification),
        *((f"Parameter {name}", str(value)) for name, value in sorted(run.parameters.items())),
        *((f"Version of {name}", version) for name, version in sorted(run.versions.items())),
    ]


def _cell(book: _Book, sheet: Worksheet, row: int, place: int, value: Any, kind: Kind) -> None:
    """One value in its own type; what Excel cannot hold as a date stays text."""
    if value is None:
        sheet.write_blank(row, place, None, book.kinds[kind])
    elif isinstance(value, bool):
        sheet.write_string(row, place, "yes" if value else "no", book.kinds["text"])
    elif isinstance(value, int | float) and kind != "text":
        sheet.write_number(row, place, value, book.kinds[kind])
    elif kind == "date" and (moment := _moment(str(value))) is not None:
        sheet.write_datetime(row, place, moment, book.kinds["date"] if type(moment) is date else book.moment)
    else:
        sheet.write_string(row, place, str(value)[:_CELL_LIMIT], book.kinds["text"])


def _moment(text: str) -> date | datetime | None:
    """A date or time from ISO text; Excel counts days from 1900."""
    try:
        moment = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return None
    zoned = isinstance(moment, datetime) and moment.tzinfo is not None
    return None if zoned or moment.year < 1900 else moment


def _unique(table: Table) -> list[str]:
    """The labels of the columns; an Excel table wants each once."""
    labels: list[str] = []
    for column in table.columns:
        label, number = column.label, 1
        while label.lower() in (each.lower() for each in labels):
            number += 1
            label = f"{column.label} {number}"
        labels.append(label)
    return labels


def _width(table: Table, place: int) -> int:
    """A column as wide as its longest value, within reason."""
    held = max((len(str(row[place])) for row in table.rows if row[place] is not None), default=0)
    return min(max(held, len(table.columns[place].label) // 2 + 4, 9) + 3, _WIDEST)


def _lines_needed(*texts: tuple[str, int]) -> int:
    """How many lines a row needs for texts in columns of a width."""
    return max(sum(len(part) // width + 1 for part in text.split("\n")) for text, width in texts)


def _literal(text: str) -> str:
    """A text in a header or footer, where an ampersand begins a code."""
    return text.replace("&", "&&")[:80]
