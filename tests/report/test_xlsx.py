"""The workbook holds every row in its own type, and nothing in it is ever computed from data."""

import re
import zipfile
from datetime import datetime

import openpyxl
import pytest
from executed_notebook import AS_OF, FORMULA, HOSTILE, KPIS, LONG, noted

from certanalytics import blocks
from certanalytics.report import xlsx
from certanalytics.report.document import read


@pytest.fixture(scope="module")
def path(document, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    xlsx.write(document, path)
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def test_sheets_are_named_after_what_they_hold(book):
    assert book.sheetnames == [
        "Summary",
        "Expiring",
        "Weak keys",
        "Without owner",
        "Chart Certificates by week of e",
        "Chart Certificates by key type",
        "Chart Certificates by CA owner",
        "Chart Ownership by business uni",
        "Methods",
        "About",
    ]


def test_no_cell_is_a_formula_or_a_link(path, book):
    for sheet in book:
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(path) as package:
        held = b"".join(package.read(name) for name in package.namelist() if name.startswith("xl/worksheets"))
    assert b"<f>" not in held
    assert b"hyperlink" not in held
    assert not [name for name in zipfile.ZipFile(path).namelist() if "externalLink" in name or "vba" in name]
    assert [book["Expiring"].cell(row, 1).value for row in range(5, 13)] == list(HOSTILE)
    assert book["Expiring"]["A6"].value == FORMULA
    assert book["Expiring"]["A6"].number_format == "@"


def test_tables_are_tables_with_frozen_headers_and_filters(book, document):
    for table in document.tables:
        sheet = book[table.name]
        native = next(iter(sheet.tables.values()))
        assert native.autoFilter is not None
        assert native.ref == f"A4:{chr(64 + len(table.columns))}{4 + len(table.rows)}"
        assert sheet.freeze_panes == "B5"


def test_values_keep_their_types(book):
    sheet = book["Expiring"]
    assert sheet["B5"].value == datetime(2026, 11, 6, 15, 0)
    assert sheet["B5"].is_date
    assert (sheet["C5"].value, sheet["F6"].value, sheet["F6"].number_format) == (-17, 0.0025, "0.0 %")
    assert sheet["E6"].value is None
    weeks = book["Chart Certificates by week of e"]
    assert weeks["A5"].value == datetime(2026, 11, 23)
    assert weeks["A5"].number_format == "yyyy-mm-dd"


def test_about_says_how_it_was_made(book):
    said = {row[0]: row[1] for row in book["About"].iter_rows(min_row=3, values_only=True)}
    assert said["Scope as asked"] == "business_unit = 'Retail'"
    assert said["Version of duckdb"] == "2.0.0"
    methods = [row[1] for row in book["Methods"].iter_rows(min_row=3, values_only=True)]
    assert any("NIST SP 800-57" in text for text in methods)


def test_the_same_report_has_the_same_bytes(document, path, tmp_path):
    xlsx.write(document, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as package:
        assert f"{AS_OF:%Y-%m-%dT%H:%M:%SZ}" in package.read("docProps/core.xml").decode()


def odd(*tables):
    return read(
        noted(
            [
                blocks.cover("T & Co", subtitle="", scope=None, as_of=AS_OF, classification="Public & open"),
                blocks.tiles("h", KPIS),
                blocks.Claim(headline="h", reading="r", definition="d"),
                *tables,
            ]
        )
    )


def table(name, rows, *columns):
    made = tuple(blocks.Column(name=f"c{place}", label=label, kind=kind) for place, (label, kind) in enumerate(columns))
    return blocks.Table(name=name, caption="c", columns=made, rows=rows, total=len(rows))


def test_odd_tables_are_written_all_the_same(tmp_path):
    document = odd(
        table("A/B [x]: what? *", (), ("Host", "text")),
        table("a b  x   what", (("x", 1),), ("Host", "text"), ("host", "count")),
        table("History", (("0001-01-01", True), ("not a date", False)), ("Ends", "date"), ("Wild", "text")),
        table(LONG, (("2026-11-23 15:00+02:00",), ("9999-12-31 23:59",)), ("Ends", "date")),
    )
    xlsx.write(document, tmp_path / "odd.xlsx")
    book = openpyxl.load_workbook(tmp_path / "odd.xlsx")
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert "History" not in book.sheetnames
    assert [cell.value for cell in book["History 2"][5]] == ["0001-01-01", "yes"]
    ends = book[book.sheetnames[4]]
    assert ends["A5"].value == "2026-11-23 15:00+02:00"
    assert ends["A6"].value == datetime(9999, 12, 31, 23, 59)


@pytest.mark.parametrize(
    ("rows", "said"), [((), "No rows to show."), ((("a",),), "1 row"), ((("a",), ("b",)), "2 rows")]
)
def test_a_sheet_counts_its_rows(tmp_path, rows, said):
    column = blocks.Column(name="a", label="A", kind="text")
    shown = [
        blocks.cover("t", subtitle="s", scope=None, as_of=AS_OF, classification="c"),
        blocks.tiles("h", KPIS),
        blocks.Claim(headline="c", reading="r", definition="d"),
        blocks.Table(name="t", caption="c", columns=(column,), rows=rows, total=len(rows)),
    ]
    xlsx.write(read(noted(shown)), tmp_path / "rows.xlsx")
    assert openpyxl.load_workbook(tmp_path / "rows.xlsx")["t"]["A2"].value == said
