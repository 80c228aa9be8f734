"""Parameters are checked before anything runs."""

import pytest

from certanalytics import resources
from certanalytics.errors import RenderError, UsageError
from certanalytics.report import specification


@pytest.fixture
def stated(tmp_path, monkeypatch):
    """A report whose specification is the given TOML."""
    monkeypatch.setattr(resources, "reports", lambda: tmp_path)

    def state(text):
        (tmp_path / "weekly.toml").write_text(f'title = "W"\nnotebook = "n"\nformats = ["html"]\n{text}')
        return specification.read("weekly")

    return state


def test_the_executive_report_is_stated():
    spec = specification.read("executive")
    assert spec.notebook == "90_executive_report"
    assert spec.formats == ("html", "pdf", "pptx", "xlsx")
    assert spec.notebook_path.is_file()
    assert spec.checked({}) == {"title": "TLS certificate risk", "classification": "Internal"}
    assert spec.checked({"classification": "Restricted"})["classification"] == "Restricted"


def test_an_unknown_report_lists_the_known():
    with pytest.raises(UsageError, match=r"no report 'exekutive'.*Known: executive"):
        specification.read("exekutive")
    with pytest.raises(UsageError, match="no report"):
        specification.read("../reports/executive")


@pytest.mark.parametrize(
    ("overrides", "complaint"),
    [
        ({"tittle": "x"}, r"unknown parameter 'tittle'.*Known: classification, title"),
        ({"classification": "Secret"}, r"parameter classification: input should be 'Public'.*not 'Secret'"),
        ({"title": 7}, r"parameter title: .*string"),
        ({"scope": "1 = 1"}, r"unknown parameter 'scope'.*by themselves"),
    ],
)
def test_a_wrong_parameter_is_refused_in_words(overrides, complaint):
    with pytest.raises(UsageError, match=complaint):
        specification.read("executive").checked(overrides)


def test_values_from_a_command_line_take_their_type(stated):
    spec = stated("""
        [parameters.days]
        type = "count"
        default = 90
        minimum = 1
        maximum = 398
        help = "Days ahead"
        [parameters.since]
        type = "date"
        default = 2026-01-01
        help = "First day"
        [parameters.net]
        type = "flag"
        default = true
        help = "Whether replaced ones are left out"
    """)
    assert spec.checked({}) == {"days": 90, "since": "2026-01-01", "net": True}
    assert spec.checked({"days": "30", "net": "no"}) == {"days": 30, "since": "2026-01-01", "net": False}
    for wrong in ({"days": "many"}, {"days": 0}, {"days": 399}, {"since": "yesterday"}, {"net": "perhaps"}):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            spec.checked(wrong)


@pytest.mark.parametrize("text", ["[parameters.x]\ntype = 'colour'\ndefault = 1\nhelp = ''", "recipients = 1", "= ="])
def test_a_specification_that_is_none_names_its_file(stated, text):
    with pytest.raises(RenderError, match=r"weekly\.toml: not a report specification"):
        stated(text)
