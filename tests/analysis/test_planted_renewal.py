"""How certificates follow one another: the analyses find what was planted in the demo, exactly."""

from __future__ import annotations

import csv
import math
from datetime import timedelta
from importlib.resources import files
from itertools import pairwise
from statistics import fmean, stdev

import pytest

from certanalytics.analysis import inventory, renewal
from certanalytics.estate import connect

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
AUTOMATED = {"manual": False, "monitored": False, "enrolled": True, "provisioned": True}


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.renewal


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def lead_times(estate, company):
    return renewal.lead_times(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def levels(estate, company):
    return renewal.levels(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def short_lives(estate, company):
    return renewal.short_lives(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def operations(estate, company):
    return renewal.operations(estate, as_of=company.truth.as_of, quarters=0)


@pytest.fixture(scope="module")
def changes(estate, company):
    return inventory.at_endpoints(estate, as_of=company.truth.as_of)


def test_renewals_and_where_they_are_deployed(lead_times, truth, company):
    frame = lead_times.frame
    assert lead_times.kpis["renewals"].value == truth.renewals == len(frame)
    assert set(frame.loc[frame["stage"] == "partly deployed", "certificate"]) == set(truth.partly_deployed)
    nowhere = {each.old for each in company.truth.renewed_not_deployed} - set(truth.partly_deployed)
    assert set(frame.loc[frame["stage"] == "deployed nowhere", "certificate"]) == nowhere
    assert lead_times.kpis["not_everywhere"].value == len(company.truth.renewed_not_deployed)
    assert lead_times.kpis["deployed_nowhere"].value == len(nowhere)


def test_late_renewals(lead_times, truth):
    frame, leads = lead_times.frame, truth.leads
    assert set(frame.loc[frame["late"].fillna(value=False).astype(bool), "certificate"]) == set(leads.late)
    kpi = lead_times.kpis["late"]
    assert (kpi.numerator, kpi.denominator) == (len(leads.late), leads.measured)
    bands = lead_times.tables["lead_times"]
    assert bands["late"].sum() == len(leads.late)
    assert bands["in_time"].sum() == leads.in_time
    assert bands["unclear"].sum() == leads.measured - leads.in_time - len(leads.late)
    assert set(truth.due.late) < set(leads.late)


def test_renewed_after_the_end_is_late(lead_times, truth):
    frame = lead_times.frame.set_index("certificate")
    late = frame.loc[list(truth.due.late)]
    assert (late["renewed_at"] > late["previous_end"]).all()
    assert late["late"].astype(bool).all()
    assert (late["lead_at_most_days"] < 0).all()


def test_what_was_due(operations, truth):
    kpi = operations.kpis["renewal_success"]
    due = truth.due
    assert (kpi.numerator, kpi.denominator) == (due.renewed, due.renewed + len(due.late) + len(due.lapsed))
    assert (
        f", {len(due.late)} after it, {len(due.lapsed)} still served after it without a known successor."
        in kpi.sentence
    )
    assert kpi.excluded == (
        f"{due.not_seen_since} certificates that ended without a successor and were not seen served since"
    )
    recovered = operations.kpis["recover_days"]
    assert (recovered.numerator, recovered.denominator) == (len(due.late), len(due.late) + len(due.lapsed))


def test_stated_levels(levels, truth):
    frame = levels.frame[levels.frame["level"].notna()]
    assert dict(zip(frame["certificate"], frame["level"], strict=True)) == truth.stated
    automated = sum(map(AUTOMATED.get, truth.stated.values()))
    kpi = levels.kpis["stated_automated"]
    assert (kpi.numerator, kpi.denominator) == (automated, len(truth.stated))
    table = levels.tables["levels"].set_index(["level", "basis"])["certificates"]
    for level in set(truth.stated.values()):
        assert table[level, "stated"] == list(truth.stated.values()).count(level)


def evidence(line):
    """What the history of issuance shows of a certificate, by the measures of facts.automation_evidence."""
    first, *_ = line
    leads = [(old[1] - new[0]) / DAY for new, old in pairwise(line)]
    used = [(new[0] - old[0]) / (old[1] - old[0]) for new, old in pairwise(line)]
    return {
        "lifetime_days": math.ceil((first[1] - first[0] + SECOND) / DAY),
        "lead_deviation_days": stdev(leads) if len(leads) > 1 else None,
        "life_used": fmean(used) if used else None,
        "weekend_share": fmean(begins.isoweekday() >= 6 for begins, _ in line),
    }


@pytest.fixture(scope="module")
def probabilities(truth):
    """The probability of renewal without a person, summed up from the weights in the file; none by the prior alone."""
    rules = list(csv.DictReader((files("certanalytics") / "facts/automation_evidence.csv").read_text().splitlines()))
    (prior,) = (float(rule["weight"]) for rule in rules if rule["measure"] == "prior")
    found = {}
    for certificate, line in truth.lines.items():
        line = line[:13]  # noqa: PLW2901 - twelve renewals are looked back upon
        measured = evidence(line)
        weights = []
        for rule in rules:
            value = measured.get(rule["measure"])
            at_least, below = float(rule["at_least"] or "-inf"), float(rule["below"] or "inf")
            is_enough = rule["measure"] == "lifetime_days" or len(line) - 1 >= int(rule["least_renewals"])
            if value is not None and is_enough and at_least <= round(value, 4) < below:
                weights.append(float(rule["weight"]))
        if weights:
            found[certificate] = 1 / (1 + math.exp(-(prior + sum(weights))))
    return found


def test_probabilities_by_evidence(levels, truth, probabilities):
    frame = levels.frame[levels.frame["level"].notna() & levels.frame["probability"].notna()]
    told = dict(zip(frame["certificate"], frame["probability"].astype(float), strict=True))
    assert told == pytest.approx(probabilities, abs=1e-6)
    assert len({round(each, 2) for each in probabilities.values()}) > 3


def test_calibration(levels, truth, probabilities):
    outcomes = {each: AUTOMATED[truth.stated[each]] for each in probabilities}
    assert min(sum(outcomes.values()), len(outcomes) - sum(outcomes.values())) >= 10
    brier = fmean((probabilities[each] - outcomes[each]) ** 2 for each in outcomes)
    kpi = levels.kpis["brier"]
    assert kpi.value == pytest.approx(brier, abs=1e-6)
    rate = fmean(outcomes.values())
    assert f"{rate * (1 - rate):.3f} would come of always saying the average" in kpi.sentence
    bands = levels.tables["calibration"]
    assert bands["predictions"].sum() == len(outcomes)
    for band in bands.to_dict("records"):
        inside = [each for each in outcomes if band["low"] <= probabilities[each] < band["high"]]
        assert band["predictions"] == len(inside)
        if inside:
            assert band["mean"] == pytest.approx(fmean(probabilities[each] for each in inside), abs=1e-6)
            assert band["observed"] == pytest.approx(fmean(outcomes[each] for each in inside))


def test_channels(levels, truth, company):
    by_channel = levels.tables["channels"].set_index("channel")["certificates"]
    inside = [each for each in truth.stated if truth.stated[each] != "provisioned"]
    assert by_channel["ACME client"] + by_channel["certificate manager"] == len(truth.stated)
    assert by_channel["certificate manager"] > len(inside)
    ordered = company.truth.ca_owners["Northgate Certification"]
    elsewhere = set(company.truth.transparency.unrecorded) & set(company.truth.in_service)
    assert by_channel["order at the CA"] == ordered - len(elsewhere)


def test_readiness_counts_what_is_stated(short_lives, truth):
    found = short_lives.tables["certificates"]
    told = found[found["closed_loop"].notna()]
    assert set(told["certificate"]) <= set(truth.stated)
    closed = set(told.loc[told["closed_loop"].astype(bool), "certificate"])
    assert {truth.stated[each] for each in closed} == {"provisioned"}
    assert not {each for each in set(told["certificate"]) - closed if truth.stated[each] == "provisioned"}


def test_readiness_by_component(short_lives, company):
    expected = company.truth.readiness.components
    frame = short_lives.frame.set_index("component")
    assert list(frame.index) == list(expected)
    for name, answers in expected.items():
        row = frame.loc[name]
        assert (row["met"], row["missed"], row["not_told"]) == (answers.met, answers.missed, answers.not_told), name
        kpi = short_lives.kpis[name]
        assert (kpi.numerator, kpi.denominator) == (answers.met, answers.met + answers.missed)


def test_readiness_from_below_and_above(short_lives, company):
    expected = company.truth.readiness
    assert short_lives.kpis["readiness_least"].value == pytest.approx(expected.least)
    assert short_lives.kpis["readiness_most"].value == pytest.approx(expected.most)


def test_renewals_that_shorter_lives_bring(short_lives, company):
    expected = company.truth.readiness
    assert short_lives.kpis["renewals_now"].value == pytest.approx(expected.renewals)
    workload = short_lives.tables["workload"]
    found = dict(zip(workload["limit_days"], workload["renewals"], strict=True))
    assert found == pytest.approx(expected.renewals_at)
    assert short_lives.kpis["renewals_shortest"].value == pytest.approx(expected.renewals_at[47])


def test_changes_at_endpoints(changes, truth):
    frame, told = changes.frame, truth.changes
    assert changes.kpis["changes"].value == len(frame) == told.all
    assert changes.kpis["issuer_changed"].value == told.issuer
    assert changes.kpis["material"].value == told.issuer + len(told.key_type_only)
    # the list names whoever ordered two shared certificates by their fingerprint; nobody took over from anybody
    assert not frame["differs"].map(lambda differs: "owner" in differs).any()
    key_type = frame[frame["differs"].map(lambda differs: list(differs) == ["key type"])]
    assert dict(zip(key_type["endpoint"], key_type["certificate"], strict=True)) == told.key_type_only
    unexpected = frame[~frame["recorded"].fillna(value=True).astype(bool) & frame["material"].astype(bool)]
    assert dict(zip(unexpected["endpoint"], unexpected["certificate"], strict=True)) == told.unrecorded
    assert changes.kpis["unexpected"].value == len(told.unrecorded)
