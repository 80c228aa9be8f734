"""The analyses of ownership find what was planted in the demo, exactly."""

from __future__ import annotations

import math

import pytest

from certanalytics.analysis import ownership
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.ownership


@pytest.fixture(scope="module")
def ask(company):
    with connect(company.estate) as estate:
        yield lambda question: question(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def roles(ask):
    return ask(ownership.roles)


@pytest.fixture(scope="module")
def proposals(ask):
    return ask(ownership.proposals)


@pytest.fixture(scope="module")
def rekeying(ask):
    return ask(ownership.rekeying)


def test_owners_no_directory_knows(ask, truth):
    units = ask(ownership.gaps).tables["units"]
    assert units["unverified"].sum() == len(truth.unconfirmed)


def test_roles(roles, truth):
    told = roles.tables["roles"].set_index("role")
    for role, expected in truth.roles.items():
        found = told.loc[role]
        assert (found["filled"], found["verified"], found["left"]) == (
            expected.filled,
            expected.verified,
            expected.left,
        ), role
    assert set(told.index[told["told"]]) == set(truth.roles)


def test_two_systems_that_name_different_owners(roles, truth):
    conflicts = roles.tables["conflicts"]
    assert set(conflicts.loc[conflicts["verdict"] == "conflict", "certificate"]) == set(truth.conflicts)
    assert roles.kpis["conflicts"].value == len(truth.conflicts)


def test_contacts_who_left_and_the_one_who_is_left(roles, truth):
    assert roles.kpis["all_left"].value == len(truth.all_left)
    assert roles.kpis["some_left"].value == len(truth.some_left)
    assert set(roles.tables["single"]["certificate"]) == set(truth.one_person)
    stale = roles.tables["stale"]
    assert set(stale.loc[stale["state"] == "left", "certificate"]) == set(truth.some_left)
    assert set(stale.loc[stale["state"] == "not in directory", "certificate"]) == set(truth.unconfirmed)


def test_approved_by_whoever_ordered(roles, truth, company):
    frame = roles.frame[roles.frame["role"].isin(["requester", "approver"])]
    people = frame.dropna(subset=["party"]).pivot(index="certificate", columns="role", values="party")
    assert set(people.index[people["requester"] == people["approver"]]) == set(truth.self_approved) & set(
        company.truth.in_service
    )


def test_on_how_few_it_rests(ask, truth):
    dependence = ask(ownership.dependence)
    assert dependence.kpis["bus_factor"].value == truth.bus_factor
    lost = dependence.frame.loc[dependence.frame["lost"], "name"]
    assert tuple(sorted(lost)) == truth.bus_factor_of
    assert dependence.kpis["critical_without_contact"].value == len(truth.critical_without_contact)


def test_load_of_every_owner(ask, truth):
    load = ask(ownership.load)
    columns = ["certificates", "critical", "renewals_per_quarter"]
    found = {name: tuple(row) for name, *row in load.frame[["owner", *columns]].itertuples(index=False)}
    expected = {name: tuple(getattr(each, column) for column in columns) for name, each in truth.loads.items()}
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name] == pytest.approx(values), name
    held = [each.certificates for each in truth.loads.values()]
    assert load.kpis["largest_load"].value == max(held) / sum(held)
    # the mean of the differences between all pairs, over twice the mean: another way to the same coefficient
    spread = sum(abs(a - b) for a in held for b in held)
    assert load.kpis["gini"].value == pytest.approx(spread / (2 * len(held) * sum(held)))


def test_weighted_risk(ask, truth):
    assert ask(ownership.weighted).kpis["weighted_risk"].value == pytest.approx(truth.weighted_risk)


def test_escalation(ask, truth, company):
    paths = ask(ownership.paths)
    assert paths.kpis["escalates"].numerator == truth.escalates
    assert paths.kpis["nobody_answers"].value == truth.dead_ends
    assert paths.kpis["nobody_answers"].denominator == len(company.truth.in_service) - truth.unclear_paths
    nobody = set(paths.frame.loc[paths.frame["step"] == "nobody", "certificate"])
    assert nobody == set(company.truth.no_owner)


def test_keys_of_people_who_left(rekeying, truth):
    columns = ["certificate", "name", "verdict", "days_since"]
    found = set(rekeying.frame[columns].itertuples(index=False, name=None))
    assert found == {tuple(getattr(each, column) for column in columns) for each in truth.leaver_keys}
    kept = {each.certificate: each.days_since for each in truth.leaver_keys if each.verdict == "not changed"}
    assert rekeying.kpis["not_rekeyed"].value == len(kept)
    assert rekeying.kpis["longest"].value == max(kept.values())


def test_whom_evidence_proposes(proposals, truth):
    columns = ["certificate", "proposed", "probability"]
    found = {each: (name, probability) for each, name, probability in proposals.frame[columns].itertuples(index=False)}
    assert found.keys() == {each.certificate for each in truth.proposals}
    for each in truth.proposals:
        assert found[each.certificate] == (each.proposed, pytest.approx(each.probability))
    assert proposals.kpis["proposed"].numerator == len(truth.proposals)


def test_calibration(proposals, truth):
    expected = truth.calibration
    assert proposals.kpis["tested_found"].denominator == expected.hidden
    assert proposals.kpis["tested_right"].numerator == expected.right
    assert proposals.kpis["tested_right"].denominator == expected.proposed
    assert math.isclose(proposals.kpis["brier"].value, expected.brier)
    bands = proposals.tables["reliability"][["low", "high", "proposals", "right"]]
    assert [tuple(row) for row in bands.itertuples(index=False)] == [
        (band.low, band.high, band.proposals, band.right) for band in expected.bands
    ]
