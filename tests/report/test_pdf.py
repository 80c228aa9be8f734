"""The PDF is a paper: A4, numbered, tagged, nothing cut, and the same bytes for the same report."""

import re
import shutil
import subprocess
import sys

import pandas as pd
import pypdf
import pytest
from executed_notebook import AS_OF, KPIS, noted
from machine import absent
from playwright.sync_api import sync_playwright

from certanalytics import blocks, charts
from certanalytics.report import browser, html, pdf
from certanalytics.report.document import read
from certanalytics.report.unavailable import UnavailableError

WIDTH, HEIGHT = 595.28, 841.89  # A4 in points: 210 × 297 mm


@pytest.fixture(scope="module")
def paper(written):
    return pypdf.PdfReader(written["pdf"])


def structure(element):
    """Every element of the structure tree."""
    element = element.get_object()
    if isinstance(element, list):
        for each in element:
            yield from structure(each)
    elif isinstance(element, dict):
        yield element
        if "/K" in element and not isinstance(element["/K"], int):
            yield from structure(element["/K"])


@pytest.mark.browser
def test_it_is_a4_and_numbered(paper, document):
    # Cover, summary, a sheet a conclusion, appendix.
    assert len(paper.pages) == 2 + len(document.pages) + 1
    for number, page in enumerate(paper.pages, start=1):
        assert [float(side) for side in page.mediabox[2:]] == pytest.approx([WIDTH, HEIGHT], abs=1)
        text = page.extract_text()
        if number > 1:
            assert f"{number} / {len(paper.pages)}" in text
            assert document.cover.classification in text
            assert document.cover.as_of in text


@pytest.mark.browser
def test_it_is_tagged_and_has_an_outline(paper, document):
    root = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert document.cover.title in paper.metadata.title
    headlines = [document.tiles.headline, *(page.claim.headline for page in document.pages)]

    def titles(entries):
        for entry in entries:
            yield from titles(entry) if isinstance(entry, list) else [entry.title]

    outline = list(titles(paper.outline))
    assert [title for title in outline if title in headlines] == headlines
    elements = list(structure(root["/StructTreeRoot"]["/K"]))
    kinds = [element.get("/S") for element in elements]
    assert kinds.count("/Table") == len(document.tables)
    told = [str(element["/Alt"]) for element in elements if element.get("/S") == "/Figure"]
    assert told == [figure.alt for figure in document.figures]


@pytest.mark.browser
def test_charts_are_drawings_and_not_pictures(paper, written):
    assert sum(len(page.images) for page in paper.pages) == 0
    assert written["pdf"].stat().st_size < 1_000_000


@pytest.mark.browser
def test_no_figure_is_cut(written, chromium):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=browser.arguments())
        sheet = running.new_page(viewport={"width": 1400, "height": 900})
        sheet.goto(written["html"].as_uri())
        sheet.wait_for_selector("#figure-4 .main-svg")
        sheet.set_viewport_size({"width": 688, "height": 1000})
        sheet.emulate_media(media="print")
        sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
        inside = sheet.evaluate("""() => [...document.querySelectorAll('.plot')].flatMap((plot) => {
            const frame = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.main-svg text, .main-svg .point path')]
                .map((mark) => mark.getBoundingClientRect())
                .filter((box) => box.width > 0)
                .map((box) => box.left >= -0.5 && box.right <= 688.5 && box.top >= frame.top - 0.5
                    && box.bottom <= frame.bottom + 0.5);
        })""")
        running.close()
    assert len(inside) > 200
    assert all(inside)


@pytest.mark.browser
def test_a_legend_of_two_lines_on_the_screen_leaves_the_bars_of_the_sheet_alone(chromium, tmp_path):
    units = {"business_unit": ["M" * 34, "b"], "none": [1, 0], "inactive": 0, "owned": [0, 1]}
    shown = [
        blocks.cover("t", subtitle="s", scope=None, as_of=AS_OF, classification="c"),
        blocks.tiles("h", KPIS),
        blocks.Claim(headline="c", reading="r", definition="d"),
        charts.ownership.by_unit(pd.DataFrame(units), as_of=AS_OF),
    ]
    html.write(read(noted(shown)), tmp_path / "report.html")
    lines = """() => ['.legend', '.barlayer'].map((part) => document.querySelector(part).getBoundingClientRect())
        .map((box) => [box.top, box.height, box.bottom])"""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=browser.arguments())
        sheet = running.new_page(viewport={"width": 688, "height": 1000})
        sheet.goto((tmp_path / "report.html").as_uri())
        sheet.wait_for_selector("#figure-1 .main-svg")
        (_, two, _), _ = sheet.evaluate(lines)
        sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
        (_, one, end), (bars, *_) = sheet.evaluate(lines)
        running.close()
    assert one < two
    assert end < bars + 8  # of the space around its text


@pytest.mark.browser
def test_margins_stay_white(written, tmp_path):
    if shutil.which("pdftoppm") is None:
        absent("pdftoppm (poppler-utils)")
    subprocess.run(["pdftoppm", "-r", "36", "-gray", written["pdf"], tmp_path / "page"], check=True)
    pages = sorted(tmp_path.glob("*.pgm"))
    assert pages
    for page in pages:
        head, pixels = re.match(rb"P5\s(\d+) (\d+)\s255\s", page.read_bytes()), page.read_bytes()
        width, height = int(head[1]), int(head[2])
        rows = [pixels[head.end() + row * width : head.end() + (row + 1) * width] for row in range(height)]
        margin = int(12 / 25.4 * 36)
        assert all(set(row[:margin]) | set(row[-margin:]) <= {255} for row in rows)


@pytest.mark.browser
def test_the_same_report_has_the_same_bytes(document, written, tmp_path):
    pdf.write(document, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == written["pdf"].read_bytes()


@pytest.mark.browser
def test_a_busy_browser_counts_from_elsewhere_and_the_bytes_stay(document, written):
    settled = written["pdf"].read_bytes()
    as_of = document.provenance.as_of
    assert b"(node00000001)" in settled
    elsewhere = re.sub(
        rb"\(node(\d{8})\)", lambda name: b"(node%08d)" % (int(name[1]) + 1699 + (int(name[1]) > 9)), settled
    )
    assert elsewhere != settled
    assert pdf.settled(elsewhere, as_of) == settled
    assert pdf.settled(rb"/Alt (\(node00001699\))", as_of) == rb"/Alt (\(node00001699\))"  # a text that reads so


def test_without_a_browser_it_says_what_to_install(document, tmp_path, monkeypatch):
    monkeypatch.setenv(browser.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(UnavailableError, match=r"no Chromium or Chrome was found.*apt install chromium"):
        pdf.write(document, tmp_path / "report.pdf")
    assert not (tmp_path / "report.pdf").exists()


def test_a_browser_is_found_on_the_path_and_by_name(tmp_path, monkeypatch):
    monkeypatch.delenv(browser.VARIABLE, raising=False)
    monkeypatch.setattr(browser, "_PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser.find_browser() is None
    for name in ("google-chrome", "chromium"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert browser.find_browser() == tmp_path / "chromium"
    monkeypatch.setenv(browser.VARIABLE, sys.executable)
    assert str(browser.find_browser()) == sys.executable


def test_the_sandbox_is_left_only_by_root(monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000, raising=False)
    assert "--no-sandbox" not in browser.arguments()
    monkeypatch.setattr("os.geteuid", lambda: 0, raising=False)
    assert "--no-sandbox" in browser.arguments()
