"""The report as one HTML file that needs nothing else: no network, no fonts, no second file.

Names in certificates are written by strangers. Jinja escapes every text, figures travel as data
blocks, and a content security policy lets the browser run the two scripts written here, known
by their hash, and fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from certanalytics import resources
from certanalytics.blocks import NO_ROWS
from certanalytics.report.appendix import entries
from certanalytics.report.document import Document, lines, rows_said, unbroken
from certanalytics.report.figure import Figure
from certanalytics.report.text import unlinked
from certanalytics.report.tones import TONES

NUMERIC = frozenset({"count", "share", "index", "days", "year"})
"""Kinds of column that stand to the right."""


def write(document: Document, to: Path) -> None:
    """Write the report as a self-contained HTML file.

    Args:
        document: The report.
        to: The file.
    """
    to.write_text(render(document), encoding="utf-8", newline="\n")


def render(document: Document) -> str:
    """The report as HTML text."""
    look = resources.reports() / "templates"
    # Trusted texts of our own: a closing tag inside would end the element early.
    scripts = [_inline(get_plotlyjs()), _inline((look / "report.js").read_text(encoding="utf-8"))]
    environment = Environment(
        loader=FileSystemLoader(look), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"css": _css, "data_block": _data_block, "hang": _hang}
    environment.tests |= {"explained": document.explains, "unbroken": unbroken}
    return environment.get_template("report.html.j2").render(
        document=document,
        tones=TONES,
        numeric=NUMERIC,
        lines=lines,
        rows_said=rows_said,
        no_rows=NO_ROWS,
        entries=entries(document),
        policy=_policy(scripts),
        style=Markup((look / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        scripts=scripts,
    )


def _policy(scripts: list[Markup]) -> str:
    """A content security policy that runs these scripts and fetches nothing."""
    hashes = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _inline(script: str) -> Markup:
    """A script of our own as the content of a script element."""
    # Browsers hash what they parsed, and they parse line ends into line feeds.
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return Markup(re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE))  # noqa: S704 - our own file


def _data_block(figure: Figure) -> Markup:
    """A figure as JSON inside a script element; no character of it can end the element."""
    held: Mapping[str, Any] = unlinked({"data": list(figure.data), "layout": dict(figure.layout)})
    text = json.dumps(held, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above


def _css(text: str) -> Markup:
    """A text as a CSS string; whatever is not a letter, digit or space is written as its code point."""
    body = "".join(each if each.isascii() and (each.isalnum() or each == " ") else f"\\{ord(each):x} " for each in text)
    return Markup(f'"{body}"')  # noqa: S704 - escaped above


def _hang(text: str) -> str:
    """A figure as people read it, its unit kept on the same line."""
    return text.replace(" ", "\u00a0")
