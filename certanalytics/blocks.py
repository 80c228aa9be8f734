"""What a report page is made of, as a notebook cell shows it and as every exporter reads it.

A cell that ends in one of these values (or in a Plotly figure) adds it to the report: a `Cover`
first, `Tiles` for the summary, then pages, each begun by a `Claim` (its headline is the
conclusion) and followed by a figure, a `Table` and `Note`s. The value travels inside the executed
notebook as JSON under `MIME`, so HTML, PDF, PPTX and XLSX are written from the same numbers.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from certanalytics.result import Kpi, Result, Tone, Unit, show

if TYPE_CHECKING:
    import pandas as pd

MIME = "application/vnd.certanalytics.block+json"
"""Media type under which a block stands in the outputs of an executed notebook."""

SHOWN_ROWS = 10
"""Rows of a table on a page or slide; the workbook holds all that the block carries."""

CARRIED_ROWS = 10_000
"""Rows a block carries at most; the total is always said."""

NO_ROWS = "No rows to show."
"""What stands in a table without rows: whether there are none, or nothing could tell, the page's conclusion says."""

Kind = Literal["text", "count", "share", "index", "days", "date", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Title, scope, moment and classification of a report."""

    title: str
    subtitle: str
    scope: str
    as_of: str
    classification: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        head = f"{self.title} · {self.scope} · as of {self.as_of} · {self.classification}"
        body = (
            f"<h1>{html.escape(self.title)}</h1><p>{html.escape(self.subtitle)}<br>Scope: {html.escape(self.scope)} · "
            f"as of {html.escape(self.as_of)} · {html.escape(self.classification)}</p>"
        )
        return _bundle("cover", asdict(self), body, head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure on the summary page, with the sentence that reads it."""

    id: str
    label: str
    value: float | None
    unit: Unit
    text: str
    sentence: str
    definition: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """The summary: a headline and six figures, a sentence each."""

    headline: str
    tiles: tuple[Tile, ...]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        cells = "".join(
            "<td style='text-align:left;vertical-align:top;padding:12px;min-width:9em'>"
            f"<strong style='font-size:1.6em'>{html.escape(tile.text)}</strong><br>{html.escape(tile.label)}<br>"
            f"<small>{html.escape(tile.sentence)}</small></td>"
            for tile in self.tiles
        )
        plain = "\n".join([self.headline, *(f"{tile.text:>12}  {tile.label}" for tile in self.tiles)])
        body = f"<h2>{html.escape(self.headline)}</h2><table><tr>{cells}</tr></table>"
        return _bundle("tiles", asdict(self), body, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Begins a page: its conclusion as headline, the reading below it, and the definition behind it."""

    headline: str
    reading: str
    definition: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        body = f"<h2>{html.escape(self.headline)}</h2><p>{html.escape(self.reading)}</p>"
        return _bundle("claim", asdict(self), body, f"{self.headline}\n{self.reading}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: the name in the frame, the label people read, and what it holds."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to act on. Dates are ISO text, absent values ``None``; ``total`` counts also the rows not carried."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        head = "".join(f"<th scope='col'>{html.escape(column.label)}</th>" for column in self.columns)
        shown = self.rows[:SHOWN_ROWS]
        lines = [[cell(value, column.kind) for value, column in zip(row, self.columns, strict=True)] for row in shown]
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in line) + "</tr>" for line in lines)
        foot = f"{len(shown)} of {self.total:,} rows" if self.total else NO_ROWS
        plain = "\n".join([self.caption, *("  ".join(line) for line in lines), foot])
        body = (
            f"<table><caption>{html.escape(self.caption)}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{rows}</tbody></table><p><small>{foot}</small></p>"
        )
        return _bundle("table", asdict(self), body, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Text beside the numbers: what they do not say, or how they were come by (``kind="method"``)."""

    title: str
    text: str
    kind: Literal["reading", "limits", "method"]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        body = f"<h3>{html.escape(self.title)}</h3><p>{html.escape(self.text)}</p>"
        return _bundle("note", asdict(self), body, f"{self.title}\n{self.text}")


Block = Cover | Tiles | Claim | Table | Note


def cover(title: str, *, subtitle: str, scope: str | None, as_of: datetime, classification: str) -> Cover:
    """The cover of a report; ``scope`` ``None`` reads "the whole estate"."""
    return Cover(
        title=title,
        subtitle=subtitle,
        scope=scope or "the whole estate",
        as_of=f"{as_of.day} {as_of:%B %Y, %H:%M} UTC",
        classification=classification,
    )


def headline(base: Kpi, parts: Mapping[str, Kpi]) -> str:
    """The one sentence of a report, from the figures that can be told.

    Args:
        base: How many certificates are in service.
        parts: Figures of those, by the words that follow each: ``{"expired": kpi}``. What cannot be told is left
            out; its tile says why.
    """
    if not base.value:
        return base.sentence.removesuffix(".")
    told = [f"{kpi.text} {words}" for words, kpi in parts.items() if kpi.value is not None]
    noun = "certificate" if base.value == 1 else "certificates"
    return f"{'Of ' if told else ''}{base.text} {noun} in service" + (": " + ", ".join(told) if told else "")


def tiles(headline: str, kpis: Sequence[Kpi]) -> Tiles:
    """The summary page from key figures, in the order given."""
    made = (
        Tile(
            id=kpi.id,
            label=kpi.label,
            value=None if kpi.value is None else float(kpi.value),
            unit=kpi.unit,
            text=kpi.text,
            sentence=kpi.sentence,
            definition=kpi.definition,
            tone=kpi.tone,
        )
        for kpi in kpis
    )
    return Tiles(headline=headline, tiles=tuple(made))


def claim(result: Result, *, reading: str | None = None) -> Claim:
    """Begin a page with what a result concludes; the reading defaults to its first figures' sentences."""
    sentences = " ".join(dict.fromkeys(kpi.sentence for kpi in list(result.kpis.values())[:2]))
    return Claim(headline=result.headline, reading=reading or sentences, definition=result.method)


def table(name: str, frame: pd.DataFrame, columns: Mapping[str, tuple[str, Kind]], *, caption: str) -> Table:
    """A table of the named columns of a frame, in the frame's order.

    Args:
        name: Short name; the sheet in the workbook.
        frame: The rows, worst first.
        columns: For each column of the frame to show: its label and what it holds.
        caption: What one row is and how they are ordered.
    """
    kept = frame[list(columns)].head(CARRIED_ROWS)
    rows = tuple(tuple(_plain(value) for value in row) for row in kept.itertuples(index=False, name=None))
    made = tuple(Column(name=key, label=label, kind=kind) for key, (label, kind) in columns.items())
    return Table(name=name, caption=caption, columns=made, rows=rows, total=len(frame))


def note(title: str, text: str, *, kind: Literal["reading", "limits", "method"] = "reading") -> Note:
    """A paragraph beside the numbers."""
    return Note(title=title, text=text, kind=kind)


def reading(result: Result, *kpis: str) -> Note:
    """What key figures of a result say, in their own sentences; each sentence once.

    Args:
        result: The result.
        kpis: Which figures, by `Kpi.id`.

    Raises:
        KeyError: The result has no such figure.
    """
    return note("What this says", " ".join(dict.fromkeys(result.kpis[kpi].sentence for kpi in kpis)))


def method(result: Result) -> Note:
    """How a result was come by: its method, and the definition of every figure, a line each."""
    definitions = [f"{kpi.label}: {kpi.definition}" for kpi in result.kpis.values()]
    return note(result.title, "\n".join([result.method, *definitions]), kind="method")


def limits(*results: Result) -> Note:
    """What the data behind these results cannot show, once each."""
    caveats = dict.fromkeys(caveat for result in results for caveat in result.caveats)
    return note("What this does not say", " ".join(caveats) or "Nothing further is known to be missing.", kind="limits")


def cell(value: object, kind: Kind) -> str:
    """One table cell as people read it."""
    if value is None:
        return "–"
    if kind == "text" or kind == "date" or not isinstance(value, int | float):  # noqa: PLR1714 - mypy narrows on ==
        return str(value)
    return show(value, kind)


def parse(payload: Mapping[str, Any]) -> Block:
    """A block from its JSON in an executed notebook.

    Raises:
        ValueError: The JSON is not a block.
    """
    data = {key: value for key, value in payload.items() if key != "block"}
    match payload.get("block"):
        case "cover":
            return Cover(**data)
        case "tiles":
            return Tiles(headline=data["headline"], tiles=tuple(Tile(**tile) for tile in data["tiles"]))
        case "claim":
            return Claim(**data)
        case "table":
            data["columns"] = tuple(Column(**column) for column in data["columns"])
            data["rows"] = tuple(tuple(row) for row in data["rows"])
            return Table(**data)
        case "note":
            return Note(**data)
        case other:
            raise ValueError(f"unknown block {other!r}")


def _plain(value: Any) -> Any:
    """A frame's value as JSON holds it; every kind of missing value is ``None``."""
    if hasattr(value, "tolist"):  # NumPy's scalars, and the arrays DuckDB's lists arrive as
        value = value.tolist()
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value) or None
    if value is None or str(value) == "<NA>" or value != value:  # noqa: PLR0124 - NaN and NaT equal nothing
        return None
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | bool | int | float) else str(value)


def _bundle(kind: str, payload: dict[str, Any], body: str, plain: str) -> dict[str, Any]:
    return {MIME: {"block": kind, **payload}, "text/html": body, "text/plain": plain}
