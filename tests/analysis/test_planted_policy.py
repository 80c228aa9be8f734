"""A check of the group's own policy finds what was planted in the demo, exactly."""

from __future__ import annotations

from collections import Counter

import pytest

from certanalytics import demo, policy
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.policy


@pytest.fixture(scope="module")
def folder(company):
    return company.exports.parent / demo.POLICY


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def checked(estate, folder, company):
    return policy.check(estate, folder / demo.PACK, register=folder / demo.REGISTER, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def covered(estate, folder, company):
    return policy.coverage(estate, folder / demo.PACK, register=folder / demo.REGISTER, as_of=company.truth.as_of)


def test_every_control(checked, truth):
    columns = ["state", "kept", "violating", "exempted", "untold"]
    found = {control: tuple(row) for control, *row in checked.frame[["control", *columns]].itertuples(index=False)}
    assert found == {
        control: tuple(getattr(judged, column) for column in columns) for control, judged in truth.controls.items()
    }


def test_key_figures(checked, truth):
    states = Counter(judged.state for judged in truth.controls.values())
    assert checked.kpis["not_met"].value == states["not met"]
    assert checked.kpis["not_assessable"].value == states["not assessable"]
    told = states["met"] + states["not met"] + states["excepted"]
    assert checked.kpis["pass_rate"].value == states["met"] / told


def test_exceptions(checked, truth):
    exceptions = checked.tables["exceptions"]
    for state, expected in (("open", truth.exceptions_open), ("run out", truth.exceptions_run_out)):
        assert tuple(exceptions.loc[exceptions["state"] == state, "id"]) == expected
    assert checked.kpis["exceptions_open"].value == len(truth.exceptions_open)
    assert checked.kpis["exceptions_run_out"].value == len(truth.exceptions_run_out)


def test_what_somebody_vouches_for(covered, truth):
    states = covered.frame.set_index("requirement")["state"]
    assert set(states.index[states == "attested"]) == set(truth.attested)
    assert covered.kpis["attested"].value == len(truth.attested)
    assert set(states[list(truth.ran_out)]) == {"not assessable"}
    reasons = covered.frame.set_index("requirement")["reason"]
    assert set(reasons.index[reasons.str.contains("ran out on")]) == set(truth.ran_out)
    assert (
        reasons[list(truth.ran_out)].str.endswith("; the attestation of Head of personnel ran out on 2026-09-30").all()
    )


def test_a_requirement_is_not_met_where_the_group_s_control_is_not(covered, truth):
    for requirement, controls, state in covered.frame[["requirement", "controls", "state"]].itertuples(index=False):
        ours = [truth.controls[control].state for control in controls.split(", ") if control in truth.controls]
        if "not met" in ours:
            assert state == "not met", requirement
