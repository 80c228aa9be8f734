"""The report as an A4 PDF: the HTML, printed by the Chromium of this machine.

Pages carry their number, title and classification; the file is tagged and has an outline.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from playwright.sync_api import Error, Request, Route, sync_playwright

from certanalytics.errors import RenderError
from certanalytics.report import browser, html
from certanalytics.report.document import Document
from certanalytics.report.unavailable import UnavailableError

_WIDTH = 688
"""Width between the margins of an A4 sheet, in CSS pixels (182 mm)."""

_DATE = re.compile(rb"/(CreationDate|ModDate) ?\(D:(\d{14})([^)]*)\)")

_ELEMENT = re.compile(rb"(?<!\\)\(node(\d{8})\)")
"""The name Chromium gives an element of the structure tree: a count of all nodes its process has made so far."""


def write(document: Document, to: Path) -> None:
    """Write the report as a PDF.

    Args:
        document: The report.
        to: The file.

    Raises:
        UnavailableError: The machine has no Chromium or Chrome.
        RenderError: The browser could not draw or print it.
    """
    executable = browser.find_browser()
    if executable is None:
        raise UnavailableError(
            "no Chromium or Chrome was found",
            hint=f"Install one (Debian: apt install chromium) or name it in {browser.VARIABLE}.",
        )
    with tempfile.TemporaryDirectory(prefix="certanalytics-") as folder:
        page = Path(folder) / "report.html"
        html.write(document, page)
        # Playwright's plain interface refuses a thread with an event loop, which every notebook has.
        with ThreadPoolExecutor(1) as thread:
            printed = thread.submit(_print, page, executable, [figure.id for figure in document.figures]).result()
    to.write_bytes(settled(printed, document.provenance.as_of))


def settled(pdf: bytes, moment: datetime) -> bytes:
    """The same PDF without what differs from print to print: the same report has the same bytes.

    It says it was made at the stated moment, and its structure elements are numbered from one in their order: where
    Chromium begins to count depends on what else the browser was doing. No length changes, so no offset does.
    """
    stamp = f"{moment:%Y%m%d%H%M%S}".encode()
    names = {name: number for number, name in enumerate(sorted(set(_ELEMENT.findall(pdf))), start=1)}
    pdf = _ELEMENT.sub(lambda match: b"(node%08d)" % names[match[1]], pdf)
    return _DATE.sub(lambda match: match[0].replace(match[2], stamp), pdf)


def _print(page: Path, executable: Path, figures: Sequence[str]) -> bytes:
    troubles: list[str] = []
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=executable, args=browser.arguments())
            try:
                sheet = chromium.new_page(viewport={"width": _WIDTH, "height": 1000}, offline=True)
                sheet.on("pageerror", lambda error: troubles.append(str(error)))
                sheet.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
                sheet.route("**/*", lambda route, request: _only_files(route, request, troubles))
                sheet.goto(page.as_uri())
                for figure in figures:
                    sheet.wait_for_selector(f"#{figure} .main-svg", state="attached")
                printed = sheet.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
            finally:
                chromium.close()
    except Error as error:
        troubles.append(error.message)
    if troubles:
        raise RenderError(
            f"the browser could not print the report: {troubles[0]}",
            where=str(executable),
            hint=f"Leave pdf out of --to, or name another browser in {browser.VARIABLE}.",
        )
    return printed


def _only_files(route: Route, request: Request, troubles: list[str]) -> None:
    if request.url.startswith(("file:", "data:", "blob:")):
        route.continue_()
    else:
        troubles.append(f"it asked for {request.url}")
        route.abort()
