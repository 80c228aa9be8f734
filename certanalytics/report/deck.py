"""A slide deck in the report's look: measures in points, one title layout, a footer on every slide."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Pt

from certanalytics.blocks import Column
from certanalytics.report import fit
from certanalytics.report.document import Document

Paragraph = tuple[str, float, bool, str]
"""Text, size in points, bold, and colour as ``#rrggbb``."""

_FONT = "Arial"
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_THEME = {"accent1": "1F4E8C", "accent2": "D9600A", "accent3": "9B1C1C", "accent4": "8496B2", "dk2": "16202E"}
_FOOTERS = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER)


class Deck:
    """A presentation being written.

    Args:
        document: What it is of; its classification, scope and moment stand on every slide.
    """

    INK = "#16202e"
    QUIET = "#4f5b73"
    RULE = "#dfe5ee"
    ACCENT = "#1f4e8c"

    def __init__(self, document: Document) -> None:
        self.document = document
        self.presentation = Presentation()
        self.presentation.slide_width, self.presentation.slide_height = Pt(960), Pt(540)
        properties = self.presentation.core_properties
        properties.title = document.cover.title
        properties.subject = f"{document.cover.scope}, as of {document.cover.as_of}"[:255]
        properties.category = document.cover.classification
        properties.author = "certanalytics"
        properties.language = "en"
        properties.created = properties.modified = document.provenance.as_of
        properties.last_modified_by = "certanalytics"
        self._restyle()
        cover, self._layout = self.presentation.slide_layouts[0], self.presentation.slide_layouts[5]
        for layout in list(self.presentation.slide_layouts):
            if layout not in (cover, self._layout):
                self.presentation.slide_layouts.remove(layout)
        self._place(self.presentation.slide_master)
        self._place(self._layout)
        self._cover_layout = cover
        self._place(cover)

    def cover(self) -> None:
        """Add the first slide: title, scope, moment and classification."""
        about = self.document.cover
        slide = self.presentation.slides.add_slide(self._cover_layout)
        title, subtitle = slide.shapes.title, slide.placeholders[1]
        self._move(title, (60, 150, 840, 100))
        text, size = fit.paragraph(about.title, room=830, lines=2, sizes=(40, 34, 28))
        self._write(title.text_frame, [(text, size, True, self.INK)])
        title.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        self._move(subtitle, (60, 258, 840, 60))
        text, size = fit.paragraph(about.subtitle, room=830, lines=2, sizes=(18, 16, 14))
        self._write(subtitle.text_frame, [(text, size, False, self.QUIET)])
        self._rectangle(slide, (67, 336, 72, 4), fill=self.ACCENT, line=None, name="Rule")
        scope, size = fit.paragraph(f"Scope: {about.scope}", room=830, lines=2, sizes=(14, 12))
        self.text(
            slide,
            (67, 354, 826, 80),
            [(f"As of {about.as_of}", 14.0, True, self.INK), (scope, size, False, self.INK)],
            name="Scope and moment",
        )
        label = fit.one_line(about.classification, points=12, room=400)
        self.text(slide, (67, 48, 420, 26), [(label, 12.0, True, self.INK)], name="Classification")
        self.notes(slide, f"{about.title}. {about.subtitle}", f"Classification: {about.classification}.")

    def slide(self, title: str) -> Slide:
        """Add a slide with a title of at most two lines, and the footer."""
        slide = self.presentation.slides.add_slide(self._layout)
        text, size = fit.paragraph(title, room=860, lines=2, sizes=(24, 22, 20, 18))
        self._write(slide.shapes.title.text_frame, [(text, size, True, self.INK)])
        about = self.document.cover
        said = fit.one_line(
            f"{about.classification}  ·  {about.title}  ·  {about.scope}  ·  as of {about.as_of}", points=10, room=760
        )
        for placeholder in self._layout.placeholders:
            if placeholder.placeholder_format.type not in _FOOTERS:
                continue
            # python-pptx leaves the footer behind when it makes a slide from a layout.
            slide.shapes.element.append(copy.deepcopy(placeholder.element))
        for shape in slide.placeholders:
            if shape.placeholder_format.type == PP_PLACEHOLDER.FOOTER:
                self._write(shape.text_frame, [(said, 10.0, False, self.QUIET)])
        return slide

    def text(
        self,
        slide: Any,
        box: tuple[float, float, float, float],
        paragraphs: Sequence[Paragraph],
        *,
        name: str,
        right: bool = False,
    ) -> None:
        """Add text to a slide: left, top, width and height in points."""
        shape = slide.shapes.add_textbox(*self.box(*box))
        shape.name = name
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        self._write(frame, paragraphs, align=PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT)

    def panel(
        self,
        slide: Any,
        box: tuple[float, float, float, float],
        paragraphs: Sequence[Paragraph],
        *,
        edge: str,
        name: str,
    ) -> None:
        """Add a bordered panel with text, its left edge in a colour."""
        left, top, _, height = box
        frame = self._rectangle(slide, box, fill="#ffffff", line=self.RULE, name=name).text_frame
        self._write(frame, paragraphs)
        frame.margin_left, frame.margin_right, frame.margin_top, frame.margin_bottom = Pt(18), Pt(14), Pt(12), Pt(10)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        self._rectangle(slide, (left, top, 4, height), fill=edge, line=None, name=f"{name} edge")

    def table(
        self,
        slide: Any,
        place: tuple[float, float, float],
        columns: Sequence[tuple[Column, float]],
        rows: Sequence[Sequence[str]],
        *,
        alt: str,
    ) -> None:
        """Add a native table: left, top and width in points; each column with its width in points."""
        left, top, width = place
        frame = slide.shapes.add_table(len(rows) + 1, len(columns), *self.box(left, top, width, 26 * (len(rows) + 1)))
        frame.name = "Table"
        frame.element.xpath(".//p:cNvPr")[0].set("descr", alt)
        table = frame.table
        table.horz_banding = False
        table._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE  # noqa: SLF001 - python-pptx has no property for it
        for number, (column, column_width) in enumerate(columns):
            table.columns[number].width = Pt(column_width)
            label = fit.one_line(column.label, points=10, room=column_width - 12)
            held = [(label, True, self.QUIET), *((row[number], False, self.INK) for row in rows)]
            align = PP_ALIGN.LEFT if column.kind in ("text", "date") else PP_ALIGN.RIGHT
            for row, (text, bold, colour) in enumerate(held):
                cell = table.cell(row, number)
                cell.margin_left, cell.margin_right, cell.margin_top, cell.margin_bottom = Pt(6), Pt(6), Pt(3), Pt(3)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                self._write(cell.text_frame, [(text, 10.0, bold, colour)], align=align, wrap=False)
                _underline(cell, self.INK if row == 0 else self.RULE, Pt(1.5 if row == 0 else 0.75))
        for row in table.rows:
            row.height = Pt(26)

    def notes(self, slide: Any, *paragraphs: str) -> None:
        """Write the speaker notes; they end in moment and scope."""
        about = self.document.cover
        said = [*paragraphs, f"As of {about.as_of}. Scope: {about.scope}."]
        slide.notes_slide.notes_text_frame.text = "\n".join(said)

    @staticmethod
    def box(left: float, top: float, width: float, height: float) -> tuple[Emu, Emu, Emu, Emu]:
        """A place on a slide, from points."""
        return Pt(left), Pt(top), Pt(width), Pt(height)

    def _rectangle(
        self, slide: Any, box: tuple[float, float, float, float], *, fill: str, line: str | None, name: str
    ) -> Any:
        shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *self.box(*box))
        shape.name = name
        # The theme's style brings a shadow along, which some programs draw whatever the shape says.
        shape.element.remove(shape.element.find(qn("p:style")))
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(fill)
        if line is None:
            shape.line.fill.background()
        else:
            shape.line.color.rgb = _rgb(line)
            shape.line.width = Pt(1)
        return shape

    def _write(
        self, frame: Any, paragraphs: Sequence[Paragraph], *, align: PP_ALIGN = PP_ALIGN.LEFT, wrap: bool = True
    ) -> None:
        frame.word_wrap = wrap
        for number, (text, size, bold, colour) in enumerate(paragraphs):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            paragraph.space_after = Pt(3)
            paragraph.space_before = Pt(8 if bold and number else 0)
            run = paragraph.add_run()
            run.text = text
            run.font.size, run.font.bold = Pt(size), bold
            run.font.color.rgb = _rgb(colour)

    def _place(self, layout: Any) -> None:
        """Put the placeholders of a layout where a 16:9 slide has them."""
        places = {
            PP_PLACEHOLDER.TITLE: (36, 26, 888, 66),
            PP_PLACEHOLDER.FOOTER: (36, 504, 780, 24),
            PP_PLACEHOLDER.SLIDE_NUMBER: (824, 504, 100, 24),
        }
        for placeholder in list(layout.placeholders):
            kind = placeholder.placeholder_format.type
            if kind in places:
                self._move(placeholder, places[kind])
                # A title of one line stands as close to what follows as one of two.
                anchor = MSO_ANCHOR.BOTTOM if kind == PP_PLACEHOLDER.TITLE else MSO_ANCHOR.MIDDLE
                placeholder.text_frame.vertical_anchor = anchor
            elif kind == PP_PLACEHOLDER.DATE:
                placeholder.element.getparent().remove(placeholder.element)

    def _move(self, shape: Any, box: tuple[float, float, float, float]) -> None:
        shape.left, shape.top, shape.width, shape.height = self.box(*box)

    def _restyle(self) -> None:
        """Give the theme our font and colours, so that what a reader adds later looks like the rest."""
        for part in self.presentation.part.package.iter_parts():
            if not part.partname.startswith("/ppt/theme/theme"):
                continue
            theme = re.sub(rb'(<a:latin typeface=")Calibri(")', rb"\g<1>" + _FONT.encode() + rb"\g<2>", part.blob)
            for name, colour in _THEME.items():
                pattern = rf"(<a:{name}>)<a:srgbClr val=\"[0-9A-F]{{6}}\"/>".encode()
                theme = re.sub(pattern, rf'\g<1><a:srgbClr val="{colour}"/>'.encode(), theme)
            part._blob = theme  # noqa: SLF001 - python-pptx reads themes but does not write them


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())


def _underline(cell: Any, colour: str, width: Emu) -> None:
    """A line below a table cell; python-pptx has no borders."""
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 - the same
    line = properties.makeelement(qn("a:lnB"), {"w": str(int(width)), "cap": "flat"})
    fill = line.makeelement(qn("a:solidFill"), {})
    fill.append(fill.makeelement(qn("a:srgbClr"), {"val": colour.removeprefix("#").upper()}))
    line.append(fill)
    properties.insert(0, line)
