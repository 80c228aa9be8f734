"""The report as a slide deck, 16:9: a cover, the summary, and one conclusion a slide.

Charts and tables are native, so that they can be edited; definitions and the full text stand in
the speaker notes. Nothing overflows: a name that does not fit loses its middle, a text its last sentences.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path

from certanalytics.blocks import NO_ROWS, Column, Table, Tile
from certanalytics.report import fit, slide_chart
from certanalytics.report.appendix import entries
from certanalytics.report.deck import Deck
from certanalytics.report.document import Document, Page, lines, rows_said
from certanalytics.report.figure import Figure
from certanalytics.report.reproducible import stamped
from certanalytics.report.tones import TONES

MOST_SLIDES = 12
"""Slides of a deck at most; a board reads no more."""

_WIDTH = 873.0
"""Width of a slide between its margins, in points."""

_WIDEST_TEXT = 200.0
"""Width of a table column after the first, in points, unless room is left over."""

_FIRST = 0.65
"""Share of a table's width its first column may take before the others have theirs."""

_GUTTER = 28.0
"""Space between two columns of text, in points."""


def write(document: Document, to: Path) -> None:
    """Write the report as a slide deck.

    Args:
        document: The report.
        to: The file.
    """
    deck = Deck(document)
    deck.cover()
    _summary(deck, document)
    room = MOST_SLIDES - 3
    for page, figure, table in _parts(document.pages, room):
        _page(deck, page, figure, table)
    _appendix(deck, document, unsaid=document.pages[room:])
    held = io.BytesIO()
    deck.presentation.save(held)
    to.write_bytes(stamped(held.getvalue(), document.provenance.as_of))


def _parts(pages: Sequence[Page], room: int) -> Iterator[tuple[Page, Figure | None, Table | None]]:
    """What each slide shows: every page once, and its further figures and tables while there is room."""
    spare = room - len(pages)
    for page in pages[:room]:
        for place, (figure, table) in enumerate(zip_longest(page.figures, page.tables) or [(None, None)]):
            if place and spare <= 0:
                break
            spare -= 1 if place else 0
            yield page, figure, table
        if not page.figures and not page.tables:
            yield page, None, None


def _summary(deck: Deck, document: Document) -> None:
    slide = deck.slide(document.tiles.headline)
    across, down, gap = 3, 2, 16.0
    width, height = (_WIDTH - gap * (across - 1)) / across, 176.0
    for place, tile in enumerate(document.tiles.tiles[: across * down]):
        left = 43.2 + (place % across) * (width + gap)
        top = 118.0 + (place // across) * (height + gap)
        _tile(deck, slide, tile, left=left, top=top, width=width, height=height)
    deck.notes(
        slide,
        *(f"{tile.label}: {tile.text}. {tile.sentence} Definition: {tile.definition}" for tile in document.tiles.tiles),
    )


def _tile(deck: Deck, slide: object, tile: Tile, *, left: float, top: float, width: float, height: float) -> None:
    reading = TONES[tile.tone]
    room = width - 32
    sentence, size = fit.paragraph(tile.sentence, room=room, lines=5, sizes=(13, 12, 11, 10))
    paragraphs = [
        (tile.text, 32.0, True, reading.colour),
        (fit.one_line(tile.label, points=13, room=room), 13.0, True, deck.INK),
        (sentence, size, False, deck.QUIET),
    ]
    deck.panel(slide, (left, top, width, height), paragraphs, edge=reading.colour, name=f"Key figure {tile.id}")
    if reading.word:
        deck.text(
            slide,
            (left + width - 92, top + 12, 80, 20),
            [(reading.word, 11.0, True, reading.colour)],
            right=True,
            name=f"Reading {tile.id}",
        )


def _page(deck: Deck, page: Page, figure: Figure | None, table: Table | None) -> None:
    slide = deck.slide(page.claim.headline)
    reading, size = fit.paragraph(page.claim.reading, room=_WIDTH, lines=3, sizes=(14, 13, 12, 11))
    deck.text(slide, (43.2, 96, _WIDTH, 58), [(reading, size, False, deck.INK)], name="Reading")
    chart = figure.chart() if figure else None
    half = chart is not None and table is not None
    left_width = 430.0 if half else _WIDTH
    if figure is not None and chart is not None:
        caption = fit.one_line(figure.title, points=12, room=left_width)
        basis, size = fit.paragraph(figure.basis, room=left_width, lines=2, sizes=(10,))
        said = [(caption, 12.0, True, deck.INK), (basis, size, False, deck.QUIET)]
        deck.text(slide, (43.2, 160, left_width, 48), said, name="Chart title")
        top = 184.0 + 12 * fit.line_count(basis, size, left_width)
        if figure.nothing:
            deck.text(slide, (43.2, top, left_width, 30), [(figure.nothing, 14.0, False, deck.QUIET)], name="No chart")
        else:
            slide_chart.add(slide, chart, deck.box(43.2, top, left_width, 488 - top), alt=figure.alt)
    if table is not None:
        left, width = (43.2 + left_width + 22, _WIDTH - left_width - 22) if half else (43.2, _WIDTH)
        caption, size = fit.paragraph(table.caption, room=width, lines=1, sizes=(12, 11, 10))
        deck.text(slide, (left, 160, width, 22), [(caption, size, True, deck.INK)], name="Table title")
        columns, rows = _fitting(table, width)
        deck.table(slide, (left, 186, width), columns, rows, alt=table.caption)
        if shown := rows_said(table):
            deck.text(slide, (left, 474, width, 20), [(shown, 10.0, False, deck.QUIET)], name="Rows shown")
    deck.notes(
        slide,
        page.claim.reading,
        *(f"{note.title}: {note.text}" for note in page.notes),
        f"How this is counted: {page.claim.definition}",
        *([f"Chart: {figure.alt} ({figure.basis})"] if figure else []),
        *([f"Table: {table.caption} {rows_said(table)}".strip()] if table else []),
    )


def _fitting(table: Table, room: float) -> tuple[list[tuple[Column, float]], list[list[str]]]:
    """The columns that have room, with their widths in points, and the rows cut to them.

    The first column says what a row is of and is the last to be cut; numbers and dates follow before further text.
    """
    points, inside = 10.0, 14.0
    texts = lines(table, room=sys.maxsize)
    wanted = [
        max(fit.width(text, points) for text in (column.label, *(row[place] for row in texts))) + inside
        for place, column in enumerate(table.columns)
    ]
    widths: dict[int, float] = {}
    for place in sorted(range(len(table.columns)), key=lambda each: each > 0 and table.columns[each].kind == "text"):
        needed = min(wanted[place], _WIDEST_TEXT if widths else _FIRST * room)
        if not widths or sum(widths.values()) + needed <= room:
            widths[place] = needed
    spare = max(room - sum(widths.values()), 0)
    for place in sorted(widths):
        given = min(wanted[place] - widths[place], spare)
        widths[place] += given
        spare -= given
    columns = [(table.columns[place], widths[place] + spare / len(widths)) for place in sorted(widths)]
    rows = [
        [fit.one_line(row[place], points=points, room=widths[place] + 0.5 - inside) for place in sorted(widths)]
        for row in texts
    ]
    return columns, rows or [[NO_ROWS, *[""] * (len(columns) - 1)]]


def _appendix(deck: Deck, document: Document, *, unsaid: Sequence[Page]) -> None:
    """The last slide: limits and methods in whole sentences; definitions, and what has no room, in its notes."""
    slide = deck.slide("What the figures rest on")
    further = [("Further conclusions", " ".join(page.claim.headline for page in unsaid))] if unsaid else []
    said = [*further, *((each.title, each.text) for each in entries(document) if each.text)]
    width = (_WIDTH - _GUTTER) / 2
    *columns, size = fit.two_columns(said, room=width, height=388, sizes=(12, 11, 10))
    for column, left, name in zip(columns, (43.2, 43.2 + width + _GUTTER), ("Notes", "Notes, continued"), strict=True):
        paragraphs = [
            part for title, text in column for part in ((title, size, True, deck.INK), (text, size, False, deck.INK))
        ]
        deck.text(slide, (left, 104, width, 388), paragraphs, name=name)
    held = [*further, *((note.title, note.text) for note in document.limits + document.methods)]
    deck.notes(slide, *(f"{title}: {text}" for title, text in held))
