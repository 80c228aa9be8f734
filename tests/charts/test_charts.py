"""Every figure shows the numbers it was given, from zero, in the look of the report, and says them in words."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pandas as pd
import plotly.io
import pytest

from certanalytics.charts import changes, completeness, expiry, inventory, issuers, keys, ownership, renewal, theme

AS_OF = datetime(2026, 11, 23, 12)

WEEKS = pd.DataFrame(
    {
        "week": [AS_OF.replace(hour=0) + timedelta(weeks=number) for number in range(4)],
        "without_owner": [2.0, 0.0, 9.0, 1.0],
        "owned": [30, 12, 41, 7],
        "replaced": [5, 0, 1, 0],
    }
)
LIFE = pd.DataFrame({"band": ["ended", "< 10 %", "10–33 %", "33–67 %", "> 67 %"], "certificates": [3, 7, 20, 40, 30]})
KEYS = pd.DataFrame(
    [
        ("RSA", 2048, None, 1402, False, None),
        ("EC", 256, "secp256r1", 480, False, None),
        ("RSA", 1024, None, 17, True, "RSA below 2,048 bits"),
        ("Ed25519", 256, None, 3, False, None),
    ],
    columns=["key_algorithm", "key_bits", "key_curve", "certificates", "weak", "reason"],
)
YEARS = pd.DataFrame(
    {"year": [2027, 2031, 2036], "in_time": [900, 0, 0], "deprecated": [0, 12, 0], "disallowed": [0, 0, 4]}
)
ISSUERS = pd.DataFrame({"ca_owner": ["Northgate", "Harbour", None], "certificates": [600, 250, 150]})
UNITS = pd.DataFrame(
    {"business_unit": ["Retail", "2030", None], "none": [1, 12, 3], "inactive": [2, 3, 0], "owned": [97, 85, 0]}
)
BANDS = pd.DataFrame({"band": ["ended", "0–7 days"], "none": [1, 0], "inactive": [0, 2], "owned": [4, 18]})

CLASSES = pd.DataFrame(
    [("public", "it carries SCTs", 90, 60), ("private", "no SCT", 30, 30), ("unknown", None, 4, 0)],
    columns=["trust", "trust_evidence", "certificates", "in_service"],
)
SPREAD = pd.DataFrame({"band": ["1", "2–3", "4–7"], "certificates": [80, 9, 1]})
FIELDS = pd.DataFrame(
    [("A1", "Subject DN", 50, "assessed"), ("A11", "Owner", 40, "assessed"), ("A13", "Approver", None, "not supplied")],
    columns=["id", "attribute", "present", "state"],
)
GAPS = pd.DataFrame(
    [
        ("Retail", "A11", "Owner", 30, True, 25),
        (None, "A11", "Owner", 20, True, 0),
        ("Retail", "A13", "Approver", 30, False, None),
    ],
    columns=["business_unit", "id", "attribute", "certificates", "supplied", "present"],
)
STAGES = pd.DataFrame({"stage": ["superseded", "partly deployed", "deployed nowhere"], "certificates": [40, 2, 5]})
LEADS = pd.DataFrame({"band": ["0–7 days", "8–14 days"], "late": [3, 0], "unclear": [2, 0], "in_time": [1, 9]})
MONTHS = pd.DataFrame(
    {"month": [datetime(2026, 10, 1), datetime(2026, 11, 1)], "material": [2, 1], "untold": [1, 0], "routine": [30, 41]}
)

FIGURES = {
    "classes": (inventory.classes(CLASSES, as_of=AS_OF), 124),
    "spread": (inventory.spread(SPREAD, as_of=AS_OF), 90),
    "gaps": (completeness.gaps(GAPS, as_of=AS_OF), 50),
    "stages": (renewal.stages(STAGES, as_of=AS_OF), 47),
    "lead_times": (renewal.lead_times(LEADS, as_of=AS_OF), 15),
    "months": (changes.months(MONTHS, as_of=AS_OF), 75),
    "timeline": (expiry.timeline(WEEKS, as_of=AS_OF), 108),
    "life": (expiry.life(LIFE, as_of=AS_OF), 100),
    "mix": (keys.mix(KEYS, as_of=AS_OF), 1902),
    "horizon": (keys.horizon(YEARS, as_of=AS_OF), 916),
    "shares": (issuers.shares(ISSUERS, as_of=AS_OF), 1000),
    "by_unit": (ownership.by_unit(UNITS, as_of=AS_OF), 203),
    "by_days_left": (ownership.by_days_left(BANDS, as_of=AS_OF), 25),
}
"""Each figure with the number of certificates its frame holds, added up by hand."""

each = pytest.mark.parametrize("name", FIGURES)


def drawn(figure):
    """What each trace draws: category to number, nothing where there is no bar."""
    return {
        trace.name: {
            category: value
            for category, value in zip(
                *((trace.y, trace.x) if trace.orientation == "h" else (trace.x, trace.y)), strict=True
            )
            if value
        }
        for trace in figure.data
    }


def luminance(colour):
    """Relative luminance, WCAG 2.2 section 3 (definitions)."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    """Contrast ratio, WCAG 2.2 section 3 (definitions)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@each
def test_every_certificate_of_the_frame_is_drawn_once(name):
    figure, certificates = FIGURES[name]
    assert sum(sum(bars.values()) for bars in drawn(figure).values()) == certificates


@each
def test_basis_and_alternative_text_say_number_and_moment(name):
    figure, certificates = FIGURES[name]
    assert f"n = {certificates:,} · as of 23 November 2026" in figure.layout.title.text
    assert figure.layout.meta["title"]
    assert re.search(r"\d", figure.layout.meta["alt"])
    assert figure.layout.meta["alt"].endswith(".")


@each
def test_values_are_read_from_zero(name):
    figure, _ = FIGURES[name]
    horizontal = figure.data[0].orientation == "h"
    axis = figure.layout.xaxis if horizontal else figure.layout.yaxis
    categories = len(figure.data[0].x)
    longest = max(
        sum((trace.x if horizontal else trace.y)[place] or 0 for trace in figure.data) for place in range(categories)
    )
    assert axis.range[0] == 0
    assert axis.range[1] > longest


@each
def test_colours_are_those_of_the_theme(name):
    figure, _ = FIGURES[name]
    of_theme = {theme.INK, theme.QUIET, theme.GRID, theme.PAPER}
    of_theme |= {colour for meaning in theme.MEANINGS for colour in (meaning.colour, meaning.outline)}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\([^)]*\)", figure.to_json())) <= of_theme


@each
def test_json_is_plain(name):
    figure, _ = FIGURES[name]
    traces = json.loads(figure.to_json())["data"]
    for trace in traces:
        assert isinstance(trace["x"], list)  # NumPy arrays would be written as base64
        assert isinstance(trace["y"], list)
        assert "uid" not in trace


def test_the_same_frame_gives_the_same_bytes():
    assert expiry.timeline(WEEKS, as_of=AS_OF).to_json() == FIGURES["timeline"][0].to_json()


@each
def test_what_is_broken_is_told_apart_without_colour(name):
    figure, _ = FIGURES[name]
    looks = [(trace.marker.color, trace.marker.pattern.shape, trace.name) for trace in figure.data]
    assert len({name for *_, name in looks}) == len(looks)
    for colour, pattern, _ in looks:
        assert bool(pattern) == (colour in {theme.ATTENTION.colour, theme.CRITICAL.colour})


def test_text_is_readable_and_bars_stand_out():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # a known pair that just fails
    assert contrast(theme.INK, theme.PAPER) >= 7
    assert contrast(theme.QUIET, theme.PAPER) >= 4.5
    for meaning in theme.MEANINGS:
        assert max(contrast(meaning.colour, theme.PAPER), contrast(meaning.outline, theme.PAPER)) >= 3
    assert {figure.layout.template.layout.font.color for figure, _ in FIGURES.values()} == {theme.INK}
    assert {figure.layout.template.layout.title.font.color for figure, _ in FIGURES.values()} == {theme.QUIET}


def test_timeline_stacks_each_week_and_names_the_fullest():
    figure, _ = FIGURES["timeline"]
    assert drawn(figure) == {
        "Without an active owner": {"2026-11-23": 2, "2026-12-07": 9, "2026-12-14": 1},
        "Owned": {"2026-11-23": 30, "2026-11-30": 12, "2026-12-07": 41, "2026-12-14": 7},
        "Already replaced": {"2026-11-23": 5, "2026-12-07": 1},
    }
    assert "108 in all, 12 without an active owner and 6 already replaced" in figure.layout.meta["alt"]
    assert "fullest week begins on 7 December 2026 with 51" in figure.layout.meta["alt"]
    assert [(label.x, label.text) for label in figure.layout.annotations] == [("2026-12-07", "<b>51</b>")]


def test_life_tells_ended_and_due_from_the_rest():
    figure, _ = FIGURES["life"]
    assert drawn(figure) == {
        "Ended": {"ended": 3},
        "Due": {"< 10 %": 7},
        "In order": {"10–33 %": 20, "33–67 %": 40, "> 67 %": 30},
    }
    assert "ended: 3; < 10 %: 7;" in figure.layout.meta["alt"]


def test_mix_names_key_types_as_people_do_and_says_why_a_key_is_weak():
    figure, _ = FIGURES["mix"]
    assert drawn(figure) == {
        "Weak": {"RSA 1024": 17},
        "Strong enough today": {"RSA 2048": 1402, "EC P-256": 480, "Ed25519": 3},
    }
    assert [label.text for label in figure.layout.annotations] == [
        "1,402",
        "480",
        "17 · weak: RSA below 2,048 bits",
        "3",
    ]
    assert "17 (under 1 %) with a weak key" in figure.layout.meta["alt"]


def test_mix_keeps_weak_keys_however_rare():
    many = [("RSA", 4000 + number, None, 100 - number, False, None) for number in range(20)]
    frame = pd.DataFrame([*many, ("RSA", 512, None, 1, True, "RSA below 2,048 bits")], columns=KEYS.columns)
    figure = keys.mix(frame, as_of=AS_OF)
    assert drawn(figure)["Weak"] == {"RSA 512": 1}
    assert drawn(figure)["Strong enough today"]["8 rarer key types"] == sum(100 - number for number in range(12, 20))


def test_mix_splits_a_key_type_that_is_weak_for_some_certificates_only():
    rows = [("RSA", 2048, None, 5, True, "private rule"), ("RSA", 2048, None, 7, False, None)]
    figure = keys.mix(pd.DataFrame(rows, columns=KEYS.columns), as_of=AS_OF)
    assert drawn(figure) == {"Weak": {"RSA 2048": 5}, "Strong enough today": {"RSA 2048": 7}}
    assert [label.text for label in figure.layout.annotations] == ["12 · 5 weak: private rule"]


def test_horizon_labels_stand_at_their_own_year():
    figure, _ = FIGURES["horizon"]
    assert drawn(figure)["Outlives the deprecation"] == {"2031": 12}
    assert drawn(figure)["Outlives the disallowance"] == {"2036": 4}
    assert list(figure.data[0].y) == [str(year) for year in range(2027, 2037)]
    assert [(label.y, label.text) for label in figure.layout.annotations if label.text != "0"] == [
        (0, "900"),
        (4, "12 · past deprecation: 12"),
        (9, "4 · past disallowance: 4"),
    ]
    assert figure.layout.yaxis.type == "category"


def test_horizon_gathers_the_far_future():
    far = pd.DataFrame({"year": [2039, 2041, 9999], "in_time": 0, "deprecated": 0, "disallowed": [1, 2, 3]})
    assert drawn(keys.horizon(far, as_of=AS_OF))["Outlives the disallowance"] == {"2039": 1, "2040 or later": 5}


def test_shares_highlight_the_largest_and_gather_the_small():
    figure, _ = FIGURES["shares"]
    assert drawn(figure) == {
        "Largest CA owner": {"Northgate": 600},
        "Others": {"Harbour": 250, "CA owner not known": 150},
    }
    assert "Northgate stands for 600 (60 %)" in figure.layout.meta["alt"]
    many = pd.DataFrame({"ca_owner": [f"CA {number}" for number in range(20)], "certificates": [20] + [1] * 19})
    assert drawn(issuers.shares(many, as_of=AS_OF))["Others"]["12 others"] == 12


def test_shares_never_call_self_signed_or_unknown_an_issuer():
    frame = pd.DataFrame(
        {"root": [None, "Harbour Root", "self-signed", "Harbour Root"], "certificates": [50, 20, 40, 25]}
    )
    figure = issuers.shares(frame, as_of=AS_OF, by="root")
    assert drawn(figure) == {
        "Largest root": {"Harbour Root": 45},
        "Others": {"root not known": 50, "self-signed": 40},
    }
    assert list(figure.data[0].y) == ["root not known", "Harbour Root", "self-signed"]


def test_by_unit_puts_the_largest_gap_first_even_for_a_unit_named_like_a_number():
    figure, _ = FIGURES["by_unit"]
    assert list(figure.data[0].y) == ["2030", "Retail", "no business unit known"]
    assert drawn(figure)["Nobody named"] == {"2030": 12, "Retail": 1, "no business unit known": 3}
    assert [(label.y, label.text) for label in figure.layout.annotations] == [
        (0, "15 of 100 (15 %)"),
        (1, "3 of 100 (3 %)"),
        (2, "3 of 3 (100 %)"),
    ]
    assert "21 (10 %) have no active owner" in figure.layout.meta["alt"]


def test_by_days_left_keeps_the_order_of_the_bands():
    figure, _ = FIGURES["by_days_left"]
    assert list(figure.data[0].y) == ["ended", "0–7 days"]
    assert "3 (12 %) have no active owner, for 1 of them nobody is named" in figure.layout.meta["alt"]


@pytest.mark.parametrize(
    "figure",
    [
        expiry.timeline(WEEKS.head(0), as_of=AS_OF),
        expiry.timeline(WEEKS.assign(without_owner=0, owned=0, replaced=0), as_of=AS_OF),
        expiry.life(LIFE.head(0), as_of=AS_OF),
        keys.mix(KEYS.head(0), as_of=AS_OF),
        keys.horizon(YEARS.head(0), as_of=AS_OF),
        issuers.shares(ISSUERS.head(0), as_of=AS_OF),
        ownership.by_unit(UNITS.head(0), as_of=AS_OF),
        ownership.by_days_left(BANDS.head(0), as_of=AS_OF),
        inventory.classes(CLASSES.head(0), as_of=AS_OF),
        inventory.spread(SPREAD.head(0), as_of=AS_OF),
        completeness.fields(FIELDS, in_service=0, as_of=AS_OF),
        completeness.gaps(GAPS.head(0), as_of=AS_OF),
        renewal.stages(STAGES.head(0), as_of=AS_OF),
        renewal.lead_times(LEADS.head(0), as_of=AS_OF),
        changes.months(MONTHS.head(0), as_of=AS_OF),
    ],
)
def test_an_empty_frame_says_so(figure):
    assert [label.text for label in figure.layout.annotations] == ["No certificates to show"]
    assert "n = 0" in figure.layout.title.text


def test_names_from_certificates_are_shown_and_never_interpreted():
    hostile = '<a href="http://x.example">Trust</a>'
    figure = issuers.shares(pd.DataFrame({"ca_owner": [hostile, "B" * 60], "certificates": [2, 1]}), as_of=AS_OF)
    shown = [*figure.layout.yaxis.ticktext, *figure.data[0].hovertext]
    assert not any("<" in text for text in shown)
    assert drawn(figure)["Largest CA owner"] == {hostile: 2}  # exporters get the name as it is
    assert len(figure.layout.yaxis.ticktext[1]) == 34


def test_shares_near_none_and_all_are_not_rounded_away():
    told = [theme.share(part, whole) for part, whole in ((0, 5), (1, 1000), (999, 1000), (5, 5), (1, 3), (0, 0))]
    assert told == ["0 %", "under 1 %", "over 99 %", "100 %", "33 %", "–"]


def test_no_global_default_is_set():
    assert plotly.io.templates.default == "plotly"


def test_without_ownership_data_no_figure_speaks_of_missing_owners():
    weeks = WEEKS.assign(owned=pd.array([None] * 4, dtype="Int64"))
    units = UNITS.assign(owned=pd.array([None] * len(UNITS), dtype="Int64"), inactive=0)
    for figure in (expiry.timeline(weeks, as_of=AS_OF), ownership.by_unit(units, as_of=AS_OF)):
        names = {trace.name for trace in figure.data}
        assert not names & {"Without an active owner", "Nobody named", "Owner has left", "Owned"}
        assert any("not known" in name for name in names)
        assert "active owner" not in figure.layout.meta["alt"]
    total = int(units["none"].sum())
    assert ownership.by_unit(units, as_of=AS_OF).layout.meta["alt"] == (
        f"Bars of {total:,} certificates in service by business unit; no loaded export names an owner."
    )


def test_an_unknown_issuer_is_never_the_largest():
    frame = pd.DataFrame({"ca_owner": ["unknown", "Able"], "certificates": [5, 2]})
    alt = issuers.shares(frame, as_of=AS_OF).layout.meta["alt"]
    assert alt.endswith("Able stands for 2 (29 %).")


def test_an_attribute_that_was_not_supplied_has_no_bar_and_says_so():
    figure = completeness.fields(FIELDS, in_service=50, as_of=AS_OF)
    assert drawn(figure) == {"Known": {"A1 Subject DN": 50, "A11 Owner": 40}, "Missing": {"A11 Owner": 10}}
    assert [label.text for label in figure.layout.annotations] == ["100 %", "80 %", "not supplied"]
    assert "n = 50" in figure.layout.title.text


def test_gaps_are_the_largest_first_and_never_what_was_not_supplied():
    figure, _ = FIGURES["gaps"]
    assert drawn(figure) == {
        "Missing": {"no business unit known · A11 Owner": 20, "Retail · A11 Owner": 5},
        "Known": {"Retail · A11 Owner": 25},
    }
    assert [label.text for label in figure.layout.annotations] == ["20 of 20", "5 of 30"]


def test_renewals_that_wait_are_told_apart():
    figure, _ = FIGURES["stages"]
    assert drawn(figure)["Not deployed everywhere"] == {"partly deployed": 2, "deployed nowhere": 5}
