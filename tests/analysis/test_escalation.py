"""Who is asked next, step by step."""

from __future__ import annotations

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.escalation import NO_MANAGERS, paths


def steps(result):
    frame = result.frame.astype(object).where(result.frame.notna(), None)
    return [(row.subject_cn[0], row.step, row.name, row.answers) for row in frame.itertuples()]


@pytest.fixture
def line(rows):
    """Ann and the team web, whose manager is Mia; her manager is Cia, who manages herself."""
    rows.person("ann", manager="mia@example.com")
    rows.person("gone", active=False, manager="left")
    rows.person("left", active=False)
    rows.person("mia", manager="id-cia")
    rows.person("cia", manager="cia")
    rows.team("web", manager="mia")
    return rows


def test_the_path_goes_from_owner_to_team_to_managers(line):
    line.served("a.example.com", days=1)
    line.asset("a.example.com", owner="ann", team="web")
    line.served("b.example.com", days=2)
    line.asset("b.example.com", owner="gone")
    line.served("c.example.com", days=3)
    line.served("d.example.com", days=4)
    line.asset("d.example.com", owner="stranger")
    line.served("e.example.com", days=5)
    line.asset("e.example.com", owner="cia")  # nobody stands above her
    found = paths(line.estate(), as_of=AS_OF)
    assert steps(found) == [
        ("a", "owner", "ann", True),
        ("a", "team", "web", True),
        ("a", "manager", "mia", True),
        ("a", "manager above", "cia", True),
        ("b", "owner", "gone", False),
        ("b", "manager", "left", False),
        ("c", "nobody", None, None),
        ("d", "owner", "stranger", None),
        ("e", "owner", "cia", True),
    ]
    assert {name: kpi.value for name, kpi in found.kpis.items()} == {
        "escalates": 0.2,
        "nobody_answers": 2,  # b, and c that has nobody
        "nobody": 1,
    }
    assert found.kpis["nobody_answers"].excluded == (
        "1 certificate of whose path no directory says whether anybody is there"
    )


def test_without_managers_or_a_directory_it_cannot_be_told(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    found = paths(rows.estate(), as_of=AS_OF)
    assert [found.kpis[name].sentence for name in ("escalates", "nobody_answers")] == [NO_MANAGERS, NO_DIRECTORY]
    assert found.kpis["nobody"].value == 0
    rows.person("ann", active=None, manager="mia")
    assert paths(rows.estate(), as_of=AS_OF).kpis["escalates"].sentence == NO_DIRECTORY
    rows.person("ann")
    rows.tables["person"].pop(0)
    found = paths(rows.estate(), as_of=AS_OF)
    assert (found.headline, found.kpis["nobody_answers"].value) == (NO_MANAGERS, 0)


def test_a_manager_no_directory_knows_is_a_step_without_an_answer(rows):
    rows.person("ann", manager="CN=Mia")
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    found = paths(rows.estate(), as_of=AS_OF)
    assert steps(found)[-1] == ("a", "manager", "cn=mia", None)
    assert found.kpis["escalates"].value == 0
