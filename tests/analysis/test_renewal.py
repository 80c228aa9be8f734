"""Whether renewals came in time, everywhere and with a new key: worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.renewal.succession import NONE, UNTIMED, lead_times

DAY = timedelta(days=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def renewed(rows, name, *, taken, looked, key=None):
    """A renewal first seen so many days before the end of the old certificate, and not at the look before."""
    end = AS_OF + timedelta(days=taken - 1)
    old = rows.certificate(name, ends=end, spki_sha256=key or f"old {name}")
    new = rows.certificate(name, begins=end - 40 * DAY, ends=end + 50 * DAY, spki_sha256=key or f"new {name}")
    rows.seen(old, name, at=end - timedelta(days=looked))
    rows.seen(new, name, at=end - timedelta(days=taken))
    return old, new


@pytest.fixture
def estate(rows):
    rows.asset("a.example.com", business_unit="Retail")
    renewed(rows, "a.example.com", taken=30, looked=31)
    renewed(rows, "b.example.com", taken=20, looked=25, key="kept")
    renewed(rows, "c.example.com", taken=3, looked=4)
    renewed(rows, "d.example.com", taken=5, looked=35)
    rows.served("e.example.com", days=10)
    rows.logged(rows.certificate("e.example.com", days=80))
    return rows.estate()


def test_figures(estate):
    found = lead_times(estate, as_of=AS_OF)
    assert values(found) == {
        "renewals": 5,
        "not_everywhere": 1,
        "deployed_nowhere": 1,
        "median_lead": 12.5,  # of 3, 5, 20, 30
        "p10_lead": pytest.approx(3.6),
        "late": 0.25,
        "keys_reused": 0.2,
    }
    assert found.kpis["late"].label == "Late renewals, at least"
    assert found.kpis["late"].sentence == (
        "At least 1 of 4 measured renewals was late; of 1 more the looks lie too far apart to tell."
    )
    assert found.kpis["late"].excluded == "1 certificate whose change no endpoint was looked at before and after"
    assert found.headline == (
        "5 certificates were renewed; at least 1 of 4 measured renewals was late; 1 renewal is deployed nowhere."
    )
    stages = found.tables["stages"].set_index("stage")["certificates"].to_dict()
    assert (stages["superseded"], stages["deployed nowhere"]) == (4, 1)
    bands = found.tables["lead_times"].set_index("band")
    assert bands.loc["0–7 days", ["late", "unclear", "in_time"]].tolist() == [1, 1, 0]
    assert bands["in_time"].sum() == 2
    assert found.frame.set_index("subject_cn").loc["a.example.com", ["rule", "score"]].tolist() == ["same names", 1.0]


def test_a_scope_bounds_the_old_certificates(estate):
    found = lead_times(estate, as_of=AS_OF, scope="business_unit = 'Retail' AND ended IS FALSE")
    assert values(found)["renewals"] == 1
    assert (found.kpis["late"].value, found.kpis["late"].label, found.kpis["late"].tone) == (0, "Late renewals", "good")


def test_where_looks_leave_open_whether_any_was_late_there_is_no_figure(rows):
    renewed(rows, "d.example.com", taken=5, looked=35)
    kpi = lead_times(rows.estate(), as_of=AS_OF).kpis["late"]
    assert (kpi.value, kpi.tone) == (None, "neutral")
    assert "cannot be told" in kpi.sentence


def test_one_scan_measures_nothing(rows):
    rows.served("a.example.com", days=50)
    rows.logged(rows.certificate("a.example.com", days=-40))
    found = lead_times(rows.estate(), as_of=AS_OF)
    assert {found.kpis[name].sentence for name in ("median_lead", "p10_lead", "late")} == {UNTIMED}
    assert found.kpis["renewals"].value == 1
    assert found.kpis["deployed_nowhere"].value is None


def test_nothing_was_renewed(rows):
    rows.served("a.example.com")
    found = lead_times(rows.estate(), as_of=AS_OF)
    assert found.headline == NONE
    assert {name: value for name, value in values(found).items() if value is not None} == {"renewals": 0}


def test_a_lead_after_the_end_is_said_in_words(rows):
    renewed(rows, "a.example.com", taken=-3, looked=-1)
    found = lead_times(rows.estate(), as_of=AS_OF + 9 * DAY)
    assert found.kpis["late"].value == 1
    assert "at most 3 days after the end" in found.kpis["median_lead"].sentence
