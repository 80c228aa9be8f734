"""Every figure shows the numbers it was given, from zero, in the look of the report, and says them in words."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pandas as pd
import plotly.io
import pytest

from certanalytics.charts import (
    automation,
    chains,
    changes,
    completeness,
    concentration,
    contacts,
    content,
    controls,
    coverage,
    expiry,
    inferred_owners,
    inventory,
    issuance,
    issuers,
    key_hygiene,
    keys,
    names,
    owner_load,
    ownership,
    readiness,
    reconciliation,
    renewal,
    revocation,
    theme,
    tls,
    trust,
)

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
SHARED = pd.DataFrame(
    {
        "spki_sha256": ["ab" * 32, "cd" * 32, "ef" * 32],
        "certificates": [9, 4, 2],
        "endpoints": [31, 4, 1],
        "owners": [3, 1, 0],
        "crosses_owner": pd.array([False, True, None], dtype="boolean"),
        "crosses_trust": [False, False, False],
    }
)
AGES = pd.DataFrame({"years": [0, 1, 3, 12, 15], "certificates": [900, 40, 12, 3, 1], "aged": [0, 0, 7, 3, 1]})
COHORTS = pd.DataFrame(
    {
        "issued_from": [pd.NaT, pd.Timestamp(2020, 9, 1), pd.Timestamp(2026, 3, 15)],
        "max_days": [None, 398, 200],
        "certificates": [3, 410, 1200],
        "over": [0, 2, 14],
    }
)
PURPOSES = pd.DataFrame(
    {
        "trust": ["public", "public", "private", "private"],
        "extended_key_usage": ["serverAuth", "clientAuth, serverAuth", "", "clientAuth, serverAuth"],
        "certificates": [900, 400, 30, 5],
    }
)
NAMES = pd.DataFrame({"names": [1, 2, 4, 60], "certificates": [800, 90, 40, 3]})
PACKS = pd.DataFrame(
    [("cabf-br", 1, 0, 5, 0, 2, 3), ("organisation", 0, 1, 4, 0, 0, 0), ("pqc", 0, 0, 0, 1, 3, 0)],
    columns=["pack", "not_met", "excepted", "met", "attested", "not_assessable", "nothing_to_judge"],
)
PRACTICES = pd.DataFrame(
    [("Keys", 1, 0, 1, 0, 1, 0, 0), ("Rotation", 0, 0, 0, 0, 0, 3, 2)],
    columns=["area", "not_met", "partly_met", "met", "attested", "not_assessable", "shown", "out_of_reach"],
)
ROLES = pd.DataFrame(
    [("accountable", True, 70, 60, 10, 20, 100), ("security", False, 0, 0, 0, 100, 100)],
    columns=["role", "told", "filled", "verified", "left", "none", "certificates"],
)
RELIABILITY = pd.DataFrame({"band": ["0% – 80%", "80% – 100%"], "proposals": [3, 40], "right": [1, 36]})
OWNERS = pd.DataFrame({"owner": ["Ann", "Ann", "<b>Web</b>"], "certificates": [30, 20, 10], "critical": [5, 0, 10]})

LEVELS = pd.DataFrame(
    [
        ("manual", "stated", 3),
        ("enrolled", "stated", 5),
        ("likely manual", "evidence", 20),
        ("likely automated", "evidence", 40),
        ("not known", "evidence", 2),
    ],
    columns=["level", "basis", "certificates"],
)
CALIBRATION = pd.DataFrame({"low": [0.0, 0.8], "high": [0.2, 1.0], "predictions": [10, 20], "observed": [0.1, 0.95]})
BACKLOG = pd.DataFrame(
    {
        "moment": [AS_OF - timedelta(days=91 * number) for number in (2, 1, 0)],
        "backlog": pd.array([None, 4, 9], dtype="Int64"),
    }
)
COMPONENTS = pd.DataFrame(
    [("renewed and installed", 0.4, 0, 0, 50), ("owner verified", 0.15, 30, 10, 10)],
    columns=["label", "weight", "met", "missed", "not_told"],
)
LIMITS = pd.DataFrame(
    {
        "limit_days": [398, 47],
        "effective_from": pd.to_datetime(["2020-09-01", "2029-03-15"]),
        "renewals": [138.4, 1165.7],
        "manual": [100.2, 900.0],
    }
)
ENDS = pd.DataFrame(
    {
        "day": [AS_OF.replace(hour=0) + timedelta(days=number) for number in range(7)],
        "weekend": [False] * 5 + [True] * 2,
        "ending": [3, 0, 0, 8, 0, 2, 0],
    }
)
WINDOWS = pd.DataFrame(
    {"lifetime": ["48–100 days", "201–398 days"], "before_window": [40, 5], "renewed": [2, 0], "waiting": [3, 0]}
)
RESTS_ON = pd.DataFrame(
    [("CA owner", "Able", 60), ("CA owner", "Baker", 30), ("CA owner", None, 10), ("ACME account", None, 100)],
    columns=["dependency", "name", "critical_endpoints"],
)
DECRYPTABLE = pd.DataFrame({"share": ["all", "some", "none", "unknown"], "endpoints": [3, 40, 250, 17]})
CAS = pd.DataFrame({"ended": [True, False, False, False], "months": [6, 6, 24, None], "leaves": [12, 340, 7, 1500]})
PROGRAMMES = pd.DataFrame(
    {
        "programme": ["chrome", "apple"],
        "ca_owner": ["Entrust", None],
        "distrusted": [4, 0],
        "on_one_path": [2, 0],
        "cannot_tell": [0, 1],
        "kept": [9, 14],
    }
)
REASONS = pd.DataFrame(
    {"reason": ["superseded", "keyCompromise", "2030"], "certificates": [40, 6, 1], "in_service": [0, 2, 0]}
)
VERSIONS = pd.DataFrame(
    {
        "label": ["SSL 3.0", "TLS 1.0", "TLS 1.3"],
        "offered": [0, 30, 260],
        "not_offered": [290, 260, 30],
        "not_asked": [20, 20, 20],
        "obsolete_by": ["RFC 7568", "RFC 8996", None],
    }
)
PARTS = pd.DataFrame(
    {
        "part": ["key", "signature", "chain", "key exchange"],
        "pq": [1, 0, 0, 0],
        "hybrid": [0, 0, 0, 40],
        "classical": [299, 300, 280, 0],
        "unknown": [0, 0, 20, 270],
    }
)

PLACES = pd.DataFrame(
    [
        (True, True, False, "same certificate", 900),
        (True, False, False, None, 25),
        (True, False, False, "same names", 60),
        (False, True, False, None, 400),
    ],
    columns=["in_log", "in_scan", "in_inventory", "match_tier", "certificates"],
)
SETS = pd.DataFrame(
    {"sources": [["ct", "nmap"], ["nmap"], ["ct"]], "number": [2, 1, 1], "certificates": [700, 200, 30]}
)
RANGES = pd.DataFrame(
    {
        "network": ["203.0.113.0/24", "192.0.2.0/24", "2001:db8::/48"],
        "endpoints": [0, 120, 80],
        "stale": [0, 20, 0],
        "never_looked_at": [5, 0, 0],
        "days_since_look": [None, 50.0, 1.0],
    }
)
COMPARED = pd.DataFrame(
    {
        "lists": ["inventories × scans", "scans × logs"],
        "seen": [1100, 3],
        "total": [1142.8, None],
        "low": [1129.3, None],
        "high": [1162.5, None],
    }
)
ISSUED = pd.DataFrame(
    {
        "week": [AS_OF.replace(hour=0) - timedelta(weeks=number) for number in (4, 4, 1, 1)],
        "ca_owner": ["Northgate", "Harbour", "Northgate", "Third"],
        "certificates": [40, 7, 30, 2],
    }
)
DOMAINS = pd.DataFrame({"has_caa": pd.array([True, True, False, None], dtype="boolean")})

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
    "by_pack": (controls.by_pack(PACKS, as_of=AS_OF), 20),
    "by_practice": (controls.by_practice(PRACTICES, as_of=AS_OF), 8),
    "by_days_left": (ownership.by_days_left(BANDS, as_of=AS_OF), 25),
    "shared": (key_hygiene.shared(SHARED, as_of=AS_OF), 15),
    "ages": (key_hygiene.ages(AGES, as_of=AS_OF), 956),
    "cohorts": (content.cohorts(COHORTS, as_of=AS_OF), 1613),
    "purposes": (content.purposes(PURPOSES, as_of=AS_OF), 1335),
    "sprawl": (names.sprawl(NAMES, as_of=AS_OF), 933),
    "reliability": (inferred_owners.reliability(RELIABILITY, as_of=AS_OF), 43),
    "by_owner": (owner_load.by_owner(OWNERS, as_of=AS_OF), 60),
    "levels": (automation.levels(LEVELS, as_of=AS_OF), 70),
    "calibration": (automation.calibration(CALIBRATION, as_of=AS_OF), 30),
    "backlog": (automation.backlog(BACKLOG, as_of=AS_OF), 9),
    "components": (readiness.components(COMPONENTS, as_of=AS_OF), 50),
    "workload": (readiness.workload(LIMITS, as_of=AS_OF), 1166),
    "ends": (readiness.ends(ENDS, as_of=AS_OF), 13),
    "windows": (readiness.windows(WINDOWS, as_of=AS_OF), 50),
    "single_points": (concentration.single_points(RESTS_ON, as_of=AS_OF), 100),
    "decryptable": (tls.decryptable(DECRYPTABLE, as_of=AS_OF), 310),
    "ca_horizon": (chains.horizon(CAS, as_of=AS_OF), 4),
    "programmes": (trust.programmes(PROGRAMMES, as_of=AS_OF), 30),
    "reasons": (revocation.reasons(REASONS, as_of=AS_OF), 47),
    "places": (reconciliation.places(PLACES, as_of=AS_OF), 1385),
    "sets": (coverage.sets(SETS, as_of=AS_OF), 930),
    "ranges": (coverage.ranges(RANGES, as_of=AS_OF), 205),
    "weeks": (issuance.weeks(ISSUED, as_of=AS_OF), 79),
    "caa_domains": (issuance.caa_domains(DOMAINS, as_of=AS_OF), 4),
}
"""Each figure with the number of certificates its frame holds, added up by hand."""

SEVERAL_TIMES = {"backlog", "components", "workload", "single_points"}
"""Figures whose every row is of the same certificates, seen another way."""

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
    if name not in SEVERAL_TIMES:
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
        key_hygiene.shared(SHARED.head(0), as_of=AS_OF),
        key_hygiene.ages(AGES.head(0), as_of=AS_OF),
        content.cohorts(COHORTS.head(0), as_of=AS_OF),
        content.purposes(PURPOSES.head(0), as_of=AS_OF),
        names.sprawl(NAMES.head(0), as_of=AS_OF),
        controls.by_pack(PACKS.head(0), as_of=AS_OF),
        controls.by_practice(PRACTICES.head(0), as_of=AS_OF),
        contacts.by_role(ROLES.head(0), as_of=AS_OF),
        inferred_owners.reliability(RELIABILITY.head(0), as_of=AS_OF),
        owner_load.by_owner(OWNERS.head(0), as_of=AS_OF),
        automation.levels(LEVELS.head(0), as_of=AS_OF),
        automation.calibration(CALIBRATION.head(0), as_of=AS_OF),
        automation.backlog(BACKLOG.head(0), as_of=AS_OF),
        readiness.components(COMPONENTS.head(0), as_of=AS_OF),
        readiness.workload(LIMITS.head(0), as_of=AS_OF),
        readiness.ends(ENDS.head(0), as_of=AS_OF),
        readiness.windows(WINDOWS.head(0), as_of=AS_OF),
        concentration.single_points(RESTS_ON.head(0), as_of=AS_OF),
        tls.versions(VERSIONS.head(0), as_of=AS_OF),
        tls.decryptable(DECRYPTABLE.head(0), as_of=AS_OF),
        tls.post_quantum(PARTS.head(0), as_of=AS_OF),
        chains.horizon(CAS.head(0), as_of=AS_OF),
        trust.programmes(PROGRAMMES.head(0), as_of=AS_OF),
        revocation.reasons(REASONS.head(0), as_of=AS_OF),
        reconciliation.places(PLACES.head(0), as_of=AS_OF),
        coverage.sets(SETS.head(0), as_of=AS_OF),
        coverage.ranges(RANGES.head(0), as_of=AS_OF),
        coverage.estimates(COMPARED.head(0), as_of=AS_OF),
        issuance.weeks(ISSUED.head(0), as_of=AS_OF),
        issuance.caa_domains(DOMAINS.head(0), as_of=AS_OF),
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


def test_rows_that_are_all_zero_say_so_once():
    figure = ownership.by_unit(
        pd.DataFrame({"business_unit": ["a", "b"], "none": 0, "inactive": 0, "owned": 0}), as_of=AS_OF
    )
    assert [label.text for label in figure.layout.annotations] == ["No certificates to show"]


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


def test_shared_puts_keys_across_a_boundary_first():
    figure, _ = FIGURES["shared"]
    assert list(figure.data[0].y) == ["key cdcdcdcdcdcd", "key abababababab", "key efefefefefef"]
    assert drawn(figure)["Across owners or trust"] == {"key cdcdcdcdcdcd": 4}
    assert [label.text for label in figure.layout.annotations] == [
        "4 on 4 endpoints",
        "9 on 31 endpoints, 3 owners",
        "2 on 1 endpoint",
    ]
    many = pd.concat([SHARED.assign(spki_sha256=[f"{number:02}{end:062}" for end in range(3)]) for number in range(9)])
    figure = key_hygiene.shared(many, as_of=AS_OF)
    assert list(figure.data[0].y)[-1] == "15 other shared keys"
    assert sum(sum(bars.values()) for bars in drawn(figure).values()) == 9 * 15


def test_ages_gather_the_oldest_keys():
    figure, _ = FIGURES["ages"]
    assert drawn(figure)["Key past its time"] == {"3 to 4 years": 7, "10 years or more": 4}
    assert len(figure.data[0].y) == 11


def test_cohorts_judge_nothing_before_the_first_limit():
    figure, _ = FIGURES["cohorts"]
    assert drawn(figure) == {
        "Over the limit": {"from 1 September 2020: 398 days": 2, "from 15 March 2026: 200 days": 14},
        "Within it": {"from 1 September 2020: 398 days": 408, "from 15 March 2026: 200 days": 1186},
        "Not judged": {"before the first limit": 3},
    }


def test_purposes_of_private_certificates_are_nobodys_concern():
    figure, _ = FIGURES["purposes"]
    assert drawn(figure) == {
        "Public and for clients": {"clientAuth, serverAuth": 400},
        "Others": {"serverAuth": 900, "clientAuth, serverAuth": 5, "no extended key usage": 30},
    }


def test_sprawl_draws_bands_up_to_the_fullest():
    figure, _ = FIGURES["sprawl"]
    assert drawn(figure)["Certificates"] == {"1 name": 800, "2 names": 90, "3 to 5 names": 40, "26 to 100 names": 3}
    assert names.sprawl(pd.DataFrame({"names": [500], "certificates": [2]}), as_of=AS_OF).data[0].y[-1] == (
        "more than 100 names"
    )


def test_controls_say_what_is_not_met_and_what_cannot_be_told():
    figure, _ = FIGURES["by_pack"]
    assert drawn(figure) == {
        "Not met": {"cabf-br": 1},
        "Covered by exceptions": {"organisation": 1},
        "Met": {"cabf-br": 5, "organisation": 4},
        "Attested, not shown by data": {"pqc": 1},
        "Not assessable, or nothing to judge": {"cabf-br": 5, "pqc": 3},
    }
    assert [label.text for label in figure.layout.annotations] == [
        "1 of 11 not met, 5 not judged",
        "none of 5 not met",
        "none of 4 not met, 3 not judged",
    ]
    assert "not met: 1; covered by exceptions: 1; met: 9" in figure.layout.meta["alt"]


def test_what_is_only_shown_or_out_of_reach_is_never_drawn_as_met():
    figure, _ = FIGURES["by_practice"]
    assert drawn(figure)["Met"] == {"Keys": 1}
    assert drawn(figure)["Not judged from these data"] == {"Keys": 1, "Rotation": 5}


def test_by_role_draws_every_certificate_once_in_each_role_and_no_gap_where_nothing_is_told():
    figure = contacts.by_role(ROLES, as_of=AS_OF)
    assert drawn(figure) == {
        "Verified": {"accountable": 60},
        "Named, not verified": {"accountable": 10},
        "Everyone has left": {"accountable": 10},
        "Nobody named": {"accountable": 20},
        "Not known": {"security": 100},
    }
    assert [label.text for label in figure.layout.annotations] == ["70 of 100 filled (70 %)", "no export tells"]
    assert "n = 100 · as of 23 November 2026" in figure.layout.title.text


def test_reliability_says_how_many_were_right():
    figure, _ = FIGURES["reliability"]
    assert drawn(figure) == {"Right": {"0% – 80%": 1, "80% – 100%": 36}, "Wrong": {"0% – 80%": 2, "80% – 100%": 4}}
    assert [label.text for label in figure.layout.annotations] == ["1 of 3 right (33 %)", "36 of 40 right (90 %)"]


def test_by_owner_keeps_two_owners_of_one_name_apart():
    figure, _ = FIGURES["by_owner"]
    assert drawn(figure)["Others"] == {"Ann": 25, "Ann (2)": 20}
    assert [label.text for label in figure.layout.annotations] == [
        "30 (50 %) · critical: 5",
        "20 (33 %)",
        "10 (17 %) · critical: 10",
    ]
    many = pd.DataFrame({"owner": [f"o{number}" for number in range(20)], "certificates": 1, "critical": 0})
    assert drawn(owner_load.by_owner(many, as_of=AS_OF))["Others"]["8 other owners"] == 8


def test_levels_tell_statements_from_evidence():
    figure, _ = FIGURES["levels"]
    assert drawn(figure) == {
        "By people": {"manual (stated)": 3, "likely manual (by evidence)": 20},
        "Without a person": {"enrolled (stated)": 5, "likely automated (by evidence)": 40},
        "Not known": {"not known": 2},
    }
    assert "45 without a person, 23 by people, 2 not known; of 8 a record states it" in figure.layout.meta["alt"]


def test_a_backlog_nobody_scanned_is_not_drawn_as_none():
    assert drawn(FIGURES["backlog"][0]) == {"Waiting for a person": {"2026-08-24": 4, "2026-11-23": 9}}


def test_what_is_not_told_is_drawn_apart_from_what_is_missed():
    figure, _ = FIGURES["components"]
    assert drawn(figure)["Not told by these data"] == {"Renewed and installed": 50, "Owner verified": 10}
    assert [label.text for label in figure.layout.annotations] == [
        "weight 40 % · not told",
        "weight 15 % · 75 % of 40 told",
    ]


def test_workload_tells_people_from_the_rest():
    figure, _ = FIGURES["workload"]
    assert drawn(figure) == {
        "By people": {"398 days, 2020-09": 100, "47 days, 2029-03": 900},
        "Others": {"398 days, 2020-09": 38, "47 days, 2029-03": 266},
    }


def test_single_points_never_count_what_is_not_known_as_one():
    figure, _ = FIGURES["single_points"]
    assert drawn(figure) == {
        "On the largest one": {"CA owner": 60},
        "On others": {"CA owner": 30},
        "Not known": {"CA owner": 10, "ACME account": 100},
    }
    assert [label.text for label in figure.layout.annotations] == ["60 % · Able", "not known"]


def test_ends_mark_the_fullest_day_and_weekends():
    figure, _ = FIGURES["ends"]
    assert drawn(figure)["Weekend"] == {"2026-11-28": 2}
    assert "13 in all, 2 on weekends. The fullest day is 26 November 2026 with 8." in figure.layout.meta["alt"]


def test_versions_tell_what_was_not_asked_from_what_is_not_offered():
    figure = tls.versions(VERSIONS, as_of=AS_OF)
    assert drawn(figure) == {
        "Offered, though ended": {"TLS 1.0": 30},
        "Offered": {"TLS 1.3": 260},
        "Not offered": {"SSL 3.0": 290, "TLS 1.0": 260, "TLS 1.3": 30},
        "Not asked": {"SSL 3.0": 20, "TLS 1.0": 20, "TLS 1.3": 20},
    }
    assert [label.text for label in figure.layout.annotations] == [
        "0 of 290 asked",
        "30 of 290 asked",
        "260 of 290 asked",
    ]
    assert "n = 310 · as of 23 November 2026" in figure.layout.title.text
    assert "SSL 3.0: 0; TLS 1.0: 30; TLS 1.3: 260." in figure.layout.meta["alt"]


def test_parts_of_the_cryptography_say_what_cannot_be_told():
    figure = tls.post_quantum(PARTS, as_of=AS_OF)
    assert [label.text for label in figure.layout.annotations] == [
        "1 of 300",
        "0 of 300",
        "0 of 280",
        "40 of 40",
    ]
    assert drawn(figure)["Not known"] == {"chain": 20, "key exchange": 270}


def test_a_horizon_says_how_many_certificates_are_below():
    figure, _ = FIGURES["ca_horizon"]
    assert drawn(figure) == {
        "Ended": {"ended": 1},
        "Ends within the horizons": {"within 6 months": 1, "within 24 months": 1},
        "Ends later": {"later": 1},
    }
    assert figure.layout.annotations[1].text == "1 · up to 340 below one"


def test_programmes_and_reasons_say_what_has_to_be_done():
    programmes, _ = FIGURES["programmes"]
    assert drawn(programmes)["Distrusted"] == {"chrome · Entrust": 4}
    assert [label.text for label in programmes.layout.annotations] == ["4 of 15 distrusted", "15"]
    reasons, _ = FIGURES["reasons"]
    assert drawn(reasons)["Still in service"] == {"keyCompromise": 2}
    assert reasons.layout.annotations[1].text == "6 · 2 still in service"


def test_places_join_what_differs_by_tier_alone():
    figure, _ = FIGURES["places"]
    assert drawn(figure) == {
        "Matched to nothing elsewhere": {"log": 25, "scan": 400},
        "Known from two places": {"log + scan": 900, "log": 60},
    }
    assert "425 (31 %) are matched to nothing" in figure.layout.meta["alt"]


def test_sets_of_sources_tell_one_from_several():
    figure, _ = FIGURES["sets"]
    assert drawn(figure) == {"One source alone": {"nmap": 200, "ct": 30}, "Several sources": {"ct + nmap": 700}}


def test_ranges_say_when_somebody_last_looked():
    figure, _ = FIGURES["ranges"]
    assert [label.text for label in figure.layout.annotations] == [
        "nobody ever looked",
        "last look 50 days ago",
        "last look 1 day ago",
    ]
    assert drawn(figure)["Not looked at in time"] == {"192.0.2.0/24": 20}


def test_an_estimate_is_seen_and_unseen_with_its_interval():
    figure = coverage.estimates(COMPARED, as_of=AS_OF)
    assert drawn(figure) == {
        "Seen": {"inventories × scans": 1100},
        "Seen by nobody, estimated": {"inventories × scans": 43},
    }
    assert [label.text for label in figure.layout.annotations] == ["1,143 (1,129–1,162)"]
    assert figure.layout.xaxis.range[1] > 1143


def test_weeks_without_an_issue_are_there():
    figure, _ = FIGURES["weeks"]
    assert list(figure.data[0].x) == ["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"]
    assert drawn(figure) == {
        "Northgate": {"2026-10-26": 40, "2026-11-16": 30},
        "Harbour": {"2026-10-26": 7},
        "Other CA owners": {"2026-11-16": 2},
    }


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
