"""Every notebook runs from top to bottom on the demo enterprise and shows what it promises."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import nbformat
import papermill
import pytest

from certanalytics.blocks import MIME, parse

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PLOTLY = "application/vnd.plotly.v1+json"

WEEKS, LIFE = "Certificates by week of expiry", "Share of lifetime left"
KEYS, SUNSET = "Certificates by key type", "Quantum-vulnerable certificates by year of expiry"
OWNERS, ROOTS = "Certificates by CA owner", "Certificates by root"
SHARED, AGES = "Certificates on shared keys", "Certificates by age of their key"
PLACES, SETS = "Certificates by the places that know them", "Certificates by the sources that know them"
UNSEEN = "Certificates nobody saw, estimated"
UNITS, DAYS = "Ownership by business unit", "Ownership by days left"
PACKS, PRACTICES = "Controls by pack", "Requirements by practice"
AUTOMATION, BACKLOG, WINDOWS = "Certificates by level of automation", "Manual backlog", "Renewal windows by lifetime"
ENDS, READY, WORK = "Certificates by day of expiry", "Readiness for lives of 47 days", "Renewals a year"

SHOWN = {
    "00_tour": [WEEKS, "limits"],
    "10_expiry_horizons": ["claim", WEEKS, "reading", LIFE, "reading", "table", "limits"],
    "20_key_strength": ["claim", KEYS, "reading", SUNSET, "reading", "table", "limits"],
    "30_ca_concentration": ["claim", OWNERS, "reading", ROOTS, "reading", "table", "limits"],
    "40_ownership_gaps": ["claim", UNITS, "reading", DAYS, "reading", "table", "limits"],
    "60_shadow_certificates": ["claim", PLACES, "reading", SETS, "reading", UNSEEN, "reading", "table", "limits"],
    "65_key_hygiene": ["claim", SHARED, "reading", AGES, *["reading"] * 2, "table", "table", "limits"],
    "50_controls_sp1800_16": [
        *("claim", PACKS, "reading", "table", "table", PRACTICES, "reading", "table", "reading", "limits"),
    ],
    "80_automation": [
        *("claim", AUTOMATION, "reading", "reading", BACKLOG, "reading", WINDOWS, "reading", ENDS, "reading"),
        *(READY, "reading", WORK, "reading", "table", "limits"),
    ],
    "90_executive_report": [
        "cover",
        "tiles",
        *("claim", WEEKS, "table", "reading"),
        *("claim", KEYS, "table", "reading"),
        *("claim", OWNERS, "table", "reading"),
        *("claim", UNITS, "table", "reading"),
        "limits",
        *["method"] * 4,
    ],
}
"""What each notebook shows, in order: figures by their short name, blocks by their kind."""


@pytest.fixture(scope="module")
def estate(company):
    return company.estate


@pytest.fixture(scope="module")
def run(estate, tmp_path_factory):
    """Run a notebook in an empty working directory and give back its outputs."""

    def ran(name, **parameters):
        folder = tmp_path_factory.mktemp(name)
        elsewhere = folder / "elsewhere"
        elsewhere.mkdir()
        done = folder / f"{name}.ipynb"
        papermill.execute_notebook(
            str(NOTEBOOKS / f"{name}.ipynb"),
            str(done),
            parameters={"estate_path": str(estate), **parameters},
            cwd=str(elsewhere),
            progress_bar=False,
        )
        assert not list(elsewhere.iterdir()), "a notebook writes no files"
        notebook = nbformat.read(done, as_version=4)
        return [output for cell in notebook.cells for output in cell.get("outputs", ())]

    return ran


@pytest.fixture(scope="module")
def outputs(run):
    """What a notebook shows without parameters; each is run once for all tests."""
    return functools.cache(run)


def shown(outputs):
    """Figures by their short name and blocks by their kind, in order."""
    kinds = []
    for output in outputs:
        data = output.get("data", {})
        if PLOTLY in data:
            kinds.append(data[PLOTLY]["layout"]["meta"]["title"])
        elif MIME in data:
            kind = data[MIME]["block"]
            kinds.append(data[MIME]["kind"] if kind == "note" else kind)
    return kinds


@pytest.mark.parametrize("name", SHOWN)
def test_shows_every_figure_and_block_with_data_in_it(outputs, name):
    made = outputs(name)
    assert {output.output_type for output in made} <= {"execute_result", "display_data"}
    assert shown(made) == SHOWN[name]
    for output in made:
        if PLOTLY in output.get("data", {}):
            figure = output.data[PLOTLY]
            assert set(output.data) == {PLOTLY}, "no scripts and no picture beside the data"
            horizontal = figure["data"][0].get("orientation") == "h"
            assert any(value for trace in figure["data"] for value in trace["x" if horizontal else "y"])
        if MIME in output.get("data", {}):
            block = parse(output.data[MIME])
            assert getattr(block, "rows", True), "an empty table"
            assert getattr(block, "text", True), "an empty note"


def test_the_executive_report_is_the_same_every_time(outputs, run):
    first, second = outputs("90_executive_report"), run("90_executive_report")
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_parameters_reach_the_answers(run):
    made = run("90_executive_report", scope="business_unit = 'Retail'", as_of="2026-10-01", title="Retail only")
    cover = next(output.data[MIME] for output in made if output.get("data", {}).get(MIME, {}).get("block") == "cover")
    assert (cover["title"], cover["scope"]) == ("Retail only", "business_unit = 'Retail'")
    assert cover["as_of"] == "1 October 2026, 23:59 UTC"
    units = next(
        output.data[PLOTLY]
        for output in made
        if output.get("data", {}).get(PLOTLY, {}).get("layout", {}).get("meta", {}).get("title") == UNITS
    )
    assert units["data"][0]["y"] == ["Retail"]
