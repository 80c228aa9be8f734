"""The HTML is one file, fetches nothing, and takes names in certificates for what they are: text."""

import base64
import hashlib
import html as entities
import json
import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from executed_notebook import AS_OF, KPIS, SCRIPT, noted
from playwright.sync_api import sync_playwright
from plotly import graph_objects as go

from certanalytics import blocks
from certanalytics.report import browser
from certanalytics.report.document import read
from certanalytics.report.html import render
from certanalytics.report.tones import TONES


@pytest.fixture(scope="module")
def text(document):
    return render(document)


@pytest.fixture(scope="module")
def page(text):
    return BeautifulSoup(text, "html.parser")


def test_only_our_scripts_can_run(page, document):
    scripts = [each for each in page.find_all("script") if each.get("type") != "application/json"]
    assert len(scripts) == 2
    policy = page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert len(page.find_all("script", type="application/json")) == len(document.figures)


def test_plotly_is_there_once(text):
    assert text.count("plotly.js v") == 1


def test_names_are_text(page, text):
    assert SCRIPT not in text
    assert not page.find_all("img")
    cells = [cell.get_text() for cell in page.select("[data-table=Expiring] td:first-child")]
    assert cells[0].startswith("</script><script>")
    assert "=HYPERLINK(" in cells[1]
    handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
    assert handlers == []


def test_figures_travel_as_they_are_but_without_links(page):
    held = json.loads(page.find(id="figure-3-data").string)
    names = [name for trace in held["data"] for name in trace["y"]]
    assert f"Foo {SCRIPT}" in names
    linked = go.Figure(go.Bar(x=['<a href="https://evil.example">Foo</a>'], y=[1]))
    shown = [
        blocks.cover("T", subtitle="", scope=None, as_of=AS_OF, classification="Internal"),
        blocks.tiles("h", KPIS),
        blocks.Claim(headline="h", reading="r", definition="d"),
        linked,
    ]
    other = BeautifulSoup(render(read(noted(shown))), "html.parser")
    assert json.loads(other.find(id="figure-1-data").string)["data"][0]["x"] == [
        '&lt;a href="https://evil.example">Foo&lt;/a>'
    ]


def test_classification_and_title_cannot_leave_the_style_sheet():
    evil = '"; } </style><script>alert(1)</script> @import url(https://evil.example);'
    shown = [
        blocks.cover(evil, subtitle="", scope=evil, as_of=AS_OF, classification=evil),
        blocks.tiles("h", KPIS),
        blocks.Claim(headline="h", reading="r", definition="d"),
    ]
    page = BeautifulSoup(render(read(noted(shown))), "html.parser")
    assert len(page.find_all("style")) == 1
    assert len(page.find_all("script")) == 2
    style = page.find("style").string
    assert "@import" not in style
    assert style.count("{") == style.count("}")


def test_the_page_is_built_for_all_readers(page, document):
    assert page.html["lang"] == "en"
    assert document.cover.title in page.title.string
    levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.find("a", class_="skip")["href"] == "#summary"
    assert page.find(id="summary") is not None
    for table in page.find_all("table"):
        assert table.caption.get_text(strip=True)
        assert all(head["scope"] == "col" for head in table.find_all("th"))
    for figure, plot in zip(document.figures, page.select(".plot"), strict=True):
        assert plot["role"] == "img"
        assert plot["aria-label"] == figure.alt
        twin = plot.find_parent("figure").find("details")
        assert len(twin.select("tbody tr")) == len(figure.chart().categories)


def test_no_tone_is_said_by_colour_alone(page, document):
    for tile in document.tiles.tiles:
        said = page.find(attrs={"data-kpi": tile.id}).find(class_="tone")
        assert (said.get_text() if said else "") == TONES[tile.tone].word
        assert bool(TONES[tile.tone].word) == (tile.tone != "neutral")


@pytest.mark.parametrize("colour", [*(reading.colour for reading in TONES.values()), "#4f5b73"])
def test_text_stands_out_from_the_paper(colour):
    def luminance(hexadecimal):
        parts = [int(hexadecimal[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_a_figure_that_cannot_be_told_is_a_dash(page):
    tile = page.find(attrs={"data-kpi": "weak_keys"})
    assert tile.find(class_="figure").get_text() == "–"
    assert tile["data-value"] == "None"


@pytest.fixture(scope="module")
def opened(written, chromium):
    """The page in a real browser, with what it asked for and what it complained of."""
    asked, complaints = [], []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=browser.arguments())
        sheet = running.new_page(viewport={"width": 1100, "height": 900})
        sheet.on("request", lambda request: asked.append(request.url))
        sheet.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        sheet.on("pageerror", lambda error: complaints.append(str(error)))
        sheet.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        sheet.goto(written["html"].as_uri())
        sheet.wait_for_selector("#figure-4 .main-svg")
        yield sheet, asked, complaints
        running.close()


@pytest.mark.browser
def test_every_figure_is_drawn_in_a_browser(opened, document):
    sheet, asked, complaints = opened
    for figure in document.figures:
        marks = sheet.locator(f"#{figure.id} .barlayer .point path")
        assert marks.count() >= len(figure.chart().categories)
        box = sheet.locator(f"#{figure.id} .main-svg").first.bounding_box()
        assert box["width"] > 600
        assert box["height"] == pytest.approx(figure.height)
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    drawn = sheet.evaluate("[...document.querySelectorAll('#figure-3 .ytick text')].map(label => label.textContent)")
    assert any(label.startswith("Foo </script>") for label in map(entities.unescape, drawn))


@pytest.mark.browser
def test_axe_finds_nothing_serious(opened):
    sheet, _, _ = opened
    found = Axe().run(sheet).response["violations"]
    assert [rule["id"] for rule in found if rule["impact"] in ("serious", "critical")] == []


@pytest.mark.browser
def test_a_figure_follows_the_window_and_the_sheet(opened):
    sheet, _, complaints = opened
    width = "document.querySelector('#figure-1 .main-svg').getBoundingClientRect().width"
    sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert sheet.evaluate(width) == 688
    assert sheet.evaluate("document.querySelectorAll('.spelled-out').length") > 0
    sheet.evaluate("dispatchEvent(new Event('afterprint'))")
    # The page's policy lets no text be evaluated, so Playwright's own polling would be refused.
    sheet.wait_for_timeout(300)
    assert sheet.evaluate(width) != 688
    assert sheet.evaluate("document.querySelectorAll('.spelled-out').length") == 0
    assert sheet.evaluate("document.querySelector('#figure-1').clientHeight") == 420
    sheet.set_viewport_size({"width": 480, "height": 900})
    sheet.wait_for_timeout(600)
    assert sheet.evaluate(width) < 480
    sheet.set_viewport_size({"width": 1100, "height": 900})
    assert complaints == []
