import json
from datetime import datetime

import pandas as pd
import pytest

from certanalytics.result import Input, Kpi, Result, show


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1410, "count", "1,410"),
        (0.4623, "share", "46.2 %"),
        (0.435, "index", "0.435"),
        (1, "days", "1 day"),
        (-1, "days", "-1 days"),
        (2035, "year", "2035"),
        (None, "share", "–"),
    ],
)
def test_a_figure_is_written_as_people_read_it(value, unit, text):
    assert show(value, unit) == text


@pytest.fixture
def result():
    kpi = Kpi(
        id="weak",
        label="Weak keys",
        value=12,
        sentence="12 are weak.",
        definition="Keys below the limit in force.",
        numerator=12,
        denominator=1400,
        excluded="3 without a known key",
    )
    return Result(
        name="strength",
        title="How strong are the keys?",
        headline="12 certificates rest on <weak> keys.",
        as_of=datetime(2026, 11, 23, 12),
        scope="business_unit = 'R&D'",
        frame=pd.DataFrame({"key": ["RSA"], "certificates": [12]}),
        kpis={"weak": kpi},
        method="Counted.",
        caveats=("Partial certificates have no key.",),
        sql={"key_strength": "SELECT 1"},
        inputs=(Input(source="nmap-xml", files=2, records=10, newest=datetime(2026, 11, 20)),),
    )


def test_the_explanation_traces_a_number_to_its_rows(result):
    text = result.explain().markdown()
    for part in (
        "12 of 1,400",
        "Left out: 3 without a known key",
        "2026-11-23 12:00:00",
        "business_unit = 'R&D'",
        "```sql\n-- key_strength\nSELECT 1\n```",
        "`nmap-xml`: 2 files, 10 records, newest 2026-11-20",
        "Partial certificates have no key.",
        "Keys below the limit in force.",
    ):
        assert part in text


def test_a_result_shows_itself_in_a_terminal_and_in_a_notebook(result):
    assert "Weak keys" in repr(result)
    assert "as of 2026-11-23 12:00 UTC" in repr(result)
    shown = result._repr_html_()
    assert "&lt;weak&gt;" in shown
    assert "R&amp;D" in shown
    assert json.dumps(shown)
