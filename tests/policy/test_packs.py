"""Packs are read strictly: what is wrong is said with file, control, field, why, and what to do."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from estate_rows import AS_OF

from certanalytics.errors import UsageError
from certanalytics.policy import judge
from certanalytics.policy.pack import EXCEPTIONS, load_pack, load_packs, shipped
from certanalytics.policy.subjects import NOUNS, OF_NO_UNIT, QUESTIONS, Subject
from certanalytics.policy.verdict import State

CONTROL = {
    "id": '"OWN-1"',
    "title": '"A title"',
    "why": '"A reason"',
    "reference": '"Our policy"',
    "severity": '"high"',
    "do": '"Something"',
    "violated_when": '"days_left < 10"',
}


def written(tmp_path, *, head="", tail="", **fields):
    lines = [f"{name} = {value}" for name, value in {**CONTROL, **fields}.items() if value]
    text = (
        f'name = "ours"\ntitle = "Ours"\nabout = "Our policy"\n{head}\n[[control]]\n' + "\n".join(lines) + f"\n{tail}\n"
    )
    path = tmp_path / "ours.toml"
    path.write_text(text, "utf-8")
    return path


EXCEPTION = """
[[exception]]
id = "EX-1"
control = "OWN-1"
applies_to = "list_contains(names, 'a.example.com')"
reason = "For now."
granted_by = "CISO"
granted_on = 2026-01-01
until = {until}
"""


@pytest.fixture
def estate(rows):
    rows.served("a.example.com", days=3, key_bits=256)
    rows.served("b.example.com", days=3)
    rows.served("c.example.com", days=30)
    return rows.estate()


def judged(estate, *packs, **asked):
    return {found.control.id: found for found in judge(estate, packs, as_of=AS_OF, **asked).verdicts}


def test_the_shipped_packs():
    assert shipped() == ("cabf-br", "organisation", "pci-dss-4", "pqc", "sp1800-16", "sp800-52r2")
    for name in (*shipped(), EXCEPTIONS):
        pack = load_pack(name)
        assert pack.name == name
        for control in pack.controls:
            for text in (control.title, control.why, control.do):
                assert not re.search(r"\bcomplian|\bcertified", text, re.IGNORECASE), control.id
            assert control.why.endswith("."), control.id
            assert control.do.endswith("."), control.id
            assert not control.title.endswith("."), control.id
    ours = load_pack("organisation")
    assert not any(ours.stated(name) for name in ours.parameters)


def test_a_pack_of_ones_own(estate, tmp_path):
    found = judged(estate, written(tmp_path))["OWN-1"]
    assert found.state is State.NOT_MET
    assert (found.counts.violating, found.counts.in_scope) == (2, 3)
    assert [sample.name for sample in found.samples] == ["a.example.com", "b.example.com"]
    assert found.reason == "2 of 3 certificates break it."


def test_an_exception_covers_what_it_names_until_its_last_day(estate, tmp_path):
    pack = written(tmp_path, tail=EXCEPTION.format(until="2026-11-23"))
    found = judged(estate, pack)
    assert (found["OWN-1"].counts.violating, found["OWN-1"].counts.exempted) == (1, 1)
    assert found["OWN-1"].state is State.NOT_MET
    assert found["EXC-1"].state is State.MET


def test_an_exception_past_its_end_covers_nothing_and_is_a_finding(estate, tmp_path):
    found = judged(estate, written(tmp_path, tail=EXCEPTION.format(until="2026-11-22")))
    assert (found["OWN-1"].counts.violating, found["OWN-1"].counts.exempted) == (2, 0)
    assert found["EXC-1"].state is State.NOT_MET
    assert found["EXC-1"].samples[0].told == "display_name: OWN-1; until: 2026-11-22"


def test_an_exception_granted_later_covers_nothing_yet(estate, tmp_path):
    later = EXCEPTION.format(until="2027-11-22").replace("2026-01-01", "2026-12-01")
    assert judged(estate, written(tmp_path, tail=later))["OWN-1"].counts.exempted == 0


def test_an_exception_that_covers_all_is_not_met(estate, tmp_path):
    pack = written(
        tmp_path, tail=EXCEPTION.format(until="2026-12-01").replace("list_contains(names, 'a.example.com')", "true")
    )
    found = judged(estate, pack)["OWN-1"]
    assert found.state is State.EXCEPTED
    assert found.reason == "2 of 3 certificates are covered by a live exception."


def test_an_exception_that_cannot_be_told_to_cover_a_row_does_not(estate, tmp_path):
    pack = written(
        tmp_path,
        tail=EXCEPTION.format(until="2026-12-01").replace(
            "list_contains(names, 'a.example.com')", "contains(owner, 'a')"
        ),
    )
    assert judged(estate, pack)["OWN-1"].counts.exempted == 0


def test_a_scope_bounds_a_check(estate, tmp_path):
    found = judged(estate, written(tmp_path), scope="subject_cn = 'c.example.com'")["OWN-1"]
    assert (found.state, found.counts.in_scope) == (State.MET, 1)


def test_values_are_bound_and_never_pasted(estate, tmp_path):
    evil = "x', 'y'); DROP TABLE certificate; --"
    pack = written(
        tmp_path,
        head=f'[parameters]\nnames_we_know = ["{evil}", "a.example.com"]',
        violated_when='"NOT list_contains($names_we_know, subject_cn)"',
    )
    assert judged(estate, pack)["OWN-1"].counts.violating == 2


@pytest.mark.parametrize("value", ['""', "[]"])
def test_what_is_not_stated_is_not_assessable(estate, tmp_path, value):
    pack = written(tmp_path, head=f"[parameters]\nfewest_days = {value}", violated_when='"days_left < $fewest_days"')
    found = judged(estate, pack)["OWN-1"]
    assert found.state is State.NOT_ASSESSABLE
    assert found.unstated
    assert found.missing == "[parameters] fewest_days of the pack 'ours'"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": None}, "control OWN-1, field title: Field required"),
        ({"severity": '"grave"'}, "control OWN-1, field severity: Input should be 'low'"),
        ({"sevrity": '"high"'}, "control OWN-1, field sevrity: Extra inputs are not permitted"),
        ({"id": '"own 1"'}, "control own 1, field id: String should match"),
        ({"violated_when": None}, "control OWN-1: a control is judged by violated_when or"),
        ({"attested": "true"}, "control OWN-1: a control is judged by violated_when or"),
        ({"reference": None}, "control OWN-1: a control says where it comes from"),
        ({"subject": '"person"'}, "control OWN-1, field subject: Input should be 'certificate'"),
        ({"violated_when": '"days_left < $few"'}, "$few is no parameter"),
        ({"head": "[parameters]\nunused = 3"}, "[parameters], field unused: no control uses it"),
        ({"tail": EXCEPTION.format(until="2025-01-01")}, "exception EX-1: until lies before granted_on"),
        ({"tail": EXCEPTION.format(until="2027-01-01").replace('"OWN-1"', '"NO-1"')}, "there is no control 'NO-1'"),
        ({"head": "this is not"}, "this is not TOML"),
    ],
)
def test_a_pack_that_cannot_be_read(tmp_path, fields, said):
    path = written(tmp_path, **fields)
    with pytest.raises(UsageError) as error:
        load_packs([path])
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert error.value.hint


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"violated_when": '"days_lft < 10"'}, "control OWN-1, field violated_when: "),
        ({"violated_when": '"days_left <"'}, "control OWN-1, field violated_when: "),
        ({"violated_when": '"days_left"'}, "it gives int32, not yes or no"),
        ({"violated_when": '"NULL"'}, "not yes or no"),
        ({"violated_when": '"true) OR (false"'}, "control OWN-1, field violated_when: "),
        ({"violated_when": '"[true] OR [false"'}, "control OWN-1, field violated_when: "),
        ({"violated_when": '"true); DELETE FROM certificate; SELECT (true"'}, "control OWN-1, field violated_when: "),
        ({"violated_when": "\"EXISTS (SELECT 1 FROM read_csv('/etc/passwd'))\""}, "without a sub-query"),
        ({"violated_when": '"names = (SELECT names FROM inventory)"'}, "without a sub-query"),
        ({"applies_to": "\"trust = 'public'\""}, "control OWN-1, field applies_to: "),
        ({"shows": '["colour"]'}, "control OWN-1, field shows: there is no column colour"),
        ({"needs": '["hope"]'}, "control OWN-1, field needs: there is no kind of evidence 'hope'"),
        (
            {"tail": EXCEPTION.format(until="2026-12-01").replace("list_contains(names", "list_contains(nmes")},
            "exception EX-1, field applies_to: ",
        ),
    ],
)
def test_a_condition_that_is_none(estate, tmp_path, fields, said):
    path = written(tmp_path, **fields)
    with pytest.raises(UsageError) as error:
        judged(estate, path)
    assert str(error.value).startswith(str(path))
    assert said in str(error.value)
    assert error.value.hint
    assert len(estate.query("FROM certificate")) == 3


def test_a_wrong_condition_is_found_even_where_nothing_could_be_judged(rows, tmp_path):
    rows.logged(rows.certificate("a.example.com"))
    with pytest.raises(UsageError, match="violated_when"):
        judged(rows.estate(), written(tmp_path, needs='["scanned"]', violated_when='"no_such_column"'))


def test_a_condition_that_fails_on_a_row_says_which_control(estate, tmp_path):
    with pytest.raises(UsageError, match="control OWN-1, field violated_when"):
        judged(estate, written(tmp_path, violated_when='"subject_cn::INTEGER > 3"'))


def test_the_same_control_twice(tmp_path):
    path = written(tmp_path, id='"SP-KEY-1"')
    with pytest.raises(UsageError, match="SP-KEY-1 stands in sp1800-16 too"):
        load_packs(["sp1800-16", path])


def test_no_such_pack():
    with pytest.raises(UsageError, match=r"no control pack 'nist'.*sp1800-16"):
        load_pack("nist")


def test_every_subject_has_its_rows_and_its_words(estate):
    """A row says which it is, for whom it is told, and, unless it belongs to no unit, whose it is."""
    assert set(NOUNS) == set(get_args(Subject)) == set(QUESTIONS) | {"exception"}
    for subject, question in QUESTIONS.items():
        columns = set(estate.ask(question, as_of=AS_OF).columns)
        assert {"subject", "display_name"} <= columns
        assert ({"business_unit", "owner"} <= columns) == (subject not in OF_NO_UNIT), subject
