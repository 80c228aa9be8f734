"""What a report says, read from an executed notebook: the one thing every exporter writes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.blocks import MIME, SHOWN_ROWS, Block, Claim, Cover, Note, Table, Tiles, cell, parse
from certanalytics.errors import RenderError
from certanalytics.report.figure import Figure
from certanalytics.report.text import shortened, visible

if TYPE_CHECKING:
    from nbformat import NotebookNode

PLOTLY = "application/vnd.plotly.v1+json"
"""Media type of a Plotly figure in the outputs of a notebook."""

LINE_LENGTH = 116
"""Characters a table row has room for between the margins of a page."""

SHOWN_LENGTH = 48
"""Characters a table column on a page is wide at most; the workbook holds the whole text."""

LEAST_LENGTH = 14
"""Characters of text a cell is not cut below, however many columns there are."""

_SHORT = 20
"""Characters of a text that is not worth a second line."""

_RAGGED = 4
"""Characters a line may stay empty at its end because the next word has no room."""

METADATA = "certanalytics"
"""Key under which a run writes its `Provenance` into the notebook's metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How a run came about.

    Attributes:
        report: Name of the report specification.
        as_of: The moment the report holds for, naive UTC.
        scope: The SQL predicate over the inventory, ``None`` for everything.
        parameters: What the notebook was given, by name.
        versions: What computed it, by name of the package.
    """

    report: str
    as_of: datetime
    scope: str | None
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]

    def metadata(self) -> dict[str, Any]:
        """This provenance as notebook metadata."""
        return {
            "report": self.report,
            "as_of": self.as_of.isoformat(),
            "scope": self.scope,
            "parameters": dict(self.parameters),
            "versions": dict(self.versions),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One conclusion, and what it rests on."""

    number: int
    claim: Claim
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report."""

    provenance: Provenance
    cover: Cover
    tiles: Tiles
    pages: tuple[Page, ...]
    limits: tuple[Note, ...]
    methods: tuple[Note, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of all pages, in reading order."""
        return tuple(figure for page in self.pages for figure in page.figures)

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all pages, in reading order."""
        return tuple(table for page in self.pages for table in page.tables)

    def explains(self, definition: str) -> bool:
        """Whether the notes on method say this definition, so that it need not be said again."""
        return any(definition in note.text for note in self.methods)


@dataclass(slots=True)
class _Draft:
    """A page while it is being read."""

    claim: Claim
    figures: list[Figure] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def read(notebook: NotebookNode) -> Document:
    """Read a report from an executed notebook.

    Args:
        notebook: The notebook with its outputs and the `Provenance` of its run.

    Returns:
        The document; invisible characters in its texts are spelled out.

    Raises:
        RenderError: The notebook failed, or its blocks do not make a report.
    """
    cover: Cover | None = None
    tiles: Tiles | None = None
    drafts: list[_Draft] = []
    limits: list[Note] = []
    methods: list[Note] = []
    for cell_number, part in _outputs(notebook):
        match part:
            case Cover():
                cover = part
            case Tiles():
                tiles = part
            case Claim():
                drafts.append(_Draft(part))
            case Note(kind="limits"):
                limits.append(part)
            case Note(kind="method"):
                methods.append(part)
            case _ if not drafts:
                raise RenderError(
                    f"a {type(part).__name__.lower()} stands before the first claim",
                    where=f"cell {cell_number}",
                    hint="Begin the page with a cell that ends in ca.blocks.claim(result).",
                )
            case Figure():
                drafts[-1].figures.append(part)
            case Table():
                drafts[-1].tables.append(part)
            case Note():
                drafts[-1].notes.append(part)
    if cover is None or tiles is None or not drafts:
        missing = [name for name, there in (("cover", cover), ("tiles", tiles), ("claim", drafts)) if not there]
        raise RenderError(
            f"the notebook shows no {' and no '.join(missing)}",
            hint="A report needs cells that end in ca.blocks.cover(…), ca.blocks.tiles(…) and ca.blocks.claim(…).",
        )
    return Document(
        provenance=_provenance(notebook),
        cover=cover,
        tiles=tiles,
        pages=tuple(
            Page(
                number=number,
                claim=draft.claim,
                figures=tuple(draft.figures),
                tables=tuple(draft.tables),
                notes=tuple(draft.notes),
            )
            for number, draft in enumerate(drafts, start=1)
        ),
        limits=tuple(limits),
        methods=tuple(methods),
    )


def lines(table: Table, *, most: int | None = SHOWN_ROWS, room: int = LINE_LENGTH) -> list[list[str]]:
    """The first rows of a table as text, each cell cut to what its column has room for.

    A name keeps to one line, a text of several words to two; the first column, which says what a row is of, is cut
    last.

    Args:
        table: The table.
        most: How many rows; ``None`` for all that it carries.
        room: Characters a line has room for.
    """
    texts = [
        [cell(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
        for row in table.rows[:most]
    ]
    widths = _widths(table, texts, room)
    return [
        [
            _within(text, width) if column.kind == "text" else text
            for text, width, column in zip(row, widths, table.columns, strict=True)
        ]
        for row in texts
    ]


def rows_said(table: Table) -> str:
    """How many of its rows a page shows, in words; empty when it shows them all."""
    shown = min(len(table.rows), SHOWN_ROWS)
    if table.total <= shown:
        return ""
    carried = "all of them are" if len(table.rows) == table.total else f"the first {len(table.rows):,} are"
    return f"{shown} of {table.total:,} rows; {carried} in the workbook."


def _widths(table: Table, texts: Sequence[Sequence[str]], room: int) -> list[int]:
    """Characters each column is wide: what it needs, but the widest text columns share what a line has room for."""
    held = [[column.label, *(row[place] for row in texts)] for place, column in enumerate(table.columns)]
    words = [place for place, column in enumerate(table.columns) if column.kind == "text"]
    widths = [max(map(len, column)) for column in held]
    if sum(widths) > room:
        widths = [max(map(_breadth, held[place])) if place in words else width for place, width in enumerate(widths)]
    for giving in (words[1:], words):
        limit = SHOWN_LENGTH
        while limit > LEAST_LENGTH and sum(widths) > room:
            limit -= 1
            widths = [min(width, limit) if place in giving else width for place, width in enumerate(widths)]
    return [min(width, SHOWN_LENGTH) if place in words else width for place, width in enumerate(widths)]


def unbroken(text: str) -> bool:
    """Whether a cell's text keeps to one line: names do, and whatever is short."""
    return " " not in text or len(text) <= _SHORT


def _breadth(text: str) -> int:
    """Characters a cell must be wide so that what keeps to one line does, and any other text stands on two."""
    return (
        len(text) if unbroken(text) else min(len(text), max((len(text) + 1) // 2 + _RAGGED, *map(len, text.split(" "))))
    )


def _within(text: str, width: int) -> str:
    """A text cut to one line of that width, or to two where it can break."""
    if len(text) > width and _breadth(text) <= width:
        return text
    return shortened(text, width)


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, Block | Figure]]:
    """Every block and figure the notebook shows, with the number of its cell."""
    figures = 0
    for number, each in enumerate(notebook.cells, start=1):
        for output in each.get("outputs", ()):
            if output.output_type == "error":
                raise RenderError(
                    f"{output.ename}: {output.evalue}", where=f"cell {number}", hint="Nothing was written."
                )
            data = output.get("data", {})
            if MIME in data:
                try:
                    yield number, parse(visible(dict(data[MIME])))
                except (KeyError, TypeError, ValueError) as error:
                    raise RenderError(
                        f"its block cannot be read ({error})",
                        where=f"cell {number}",
                        hint="Run the notebook again with this version of certanalytics.",
                    ) from error
            elif PLOTLY in data:
                figures += 1
                yield number, Figure.of(visible(dict(data[PLOTLY])), number=figures)


def _provenance(notebook: NotebookNode) -> Provenance:
    stated = notebook.metadata.get(METADATA)
    if stated is None:
        raise RenderError(
            "the notebook does not say how it was run",
            hint="Run it through certanalytics report; a notebook run by hand is not a record.",
        )
    return Provenance(
        report=stated["report"],
        as_of=datetime.fromisoformat(stated["as_of"]),
        scope=visible(stated["scope"]),
        parameters=visible(dict(stated["parameters"])),
        versions=dict(stated["versions"]),
    )
