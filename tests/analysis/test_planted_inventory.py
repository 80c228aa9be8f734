"""Which attributes are known, and in which states it all is: the analyses find what the exports give, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import inventory
from certanalytics.demo.truth.inventory import OUT_OF_REACH
from certanalytics.estate import connect


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.inventory


@pytest.fixture(scope="module")
def estate(company):
    with connect(company.estate) as estate:
        yield estate


@pytest.fixture(scope="module")
def attributes(estate, company):
    return inventory.attributes(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def holdings(estate, company):
    return inventory.holdings(estate, as_of=company.truth.as_of)


@pytest.fixture(scope="module")
def everything(estate, company):
    return estate.inventory(as_of=company.truth.as_of)


def test_every_attribute(attributes, truth):
    frame = attributes.frame.set_index("id")
    assessed = frame[frame["state"] == "assessed"]
    assert {name: int(number) for name, number in assessed["present"].items()} == {
        name: sum(by_unit.values()) for name, by_unit in truth.present.items()
    }
    assert tuple(frame.index[frame["state"] == "out of reach"]) == OUT_OF_REACH
    assert attributes.kpis["attributes_assessed"].value == len(truth.present) == len(frame) - len(OUT_OF_REACH)


def test_every_attribute_of_every_unit(attributes, truth):
    table = attributes.tables["units"]
    table = table.assign(business_unit=table["business_unit"].fillna(""))
    columns = ["business_unit", "id", "certificates", "present"]
    rows = table[columns].itertuples(index=False, name=None)
    found = {(unit, name): (int(whole), int(present)) for unit, name, whole, present in rows}
    assert found == {
        (unit, name): (truth.units[unit], by_unit.get(unit, 0))
        for name, by_unit in truth.present.items()
        for unit in truth.units
    }


def test_what_has_every_attribute(attributes, truth, company):
    kpi = attributes.kpis["complete"]
    assert (kpi.numerator, kpi.denominator) == (len(truth.complete), len(company.truth.in_service))
    fewest = min(truth.present, key=lambda name: sum(truth.present[name].values()) if int(name[1:]) < 18 else 2000)
    assert f"least is known of {fewest} ({sum(truth.present[fewest].values())})" in attributes.headline


@pytest.mark.parametrize(("field", "attribute"), [("owner", "A11"), ("environment", "A20"), ("service", "A17")])
def test_fields_everybody_needs(attributes, truth, field, attribute):
    table = attributes.tables["missing"]
    rows = table[table["field"] == field]
    found = dict(zip(rows["business_unit"].fillna(""), rows["missing"], strict=True))
    assert found == {unit: whole - truth.present[attribute].get(unit, 0) for unit, whole in truth.units.items()}
    assert attributes.kpis[f"missing_{field}"].numerator == sum(found.values())


def test_where_nobody_says_how_critical_it_is(attributes, truth):
    table = attributes.tables["missing"]
    rows = table[table["field"] == "criticality"]
    found = dict(zip(rows["business_unit"].fillna(""), rows["missing"], strict=True))
    assert found == {unit: truth.without_criticality.get(unit, 0) for unit in truth.units}
    assert attributes.kpis["missing_criticality"].numerator == sum(truth.without_criticality.values())


def test_trust_classes(holdings, truth, company):
    by_class = holdings.frame.groupby("trust")["certificates"].sum()
    assert by_class.to_dict() == truth.holdings.trust
    assert holdings.kpis["certificates"].value == company.truth.certificates == sum(truth.holdings.trust.values())
    assert holdings.kpis["trust_unknown"].value == 0


def test_states(holdings, everything, truth, company):
    held, told = truth.holdings, company.truth
    for state, certificates in (("withdrawn", held.withdrawn), ("stale", held.stale)):
        assert set(everything.loc[everything[state], "certificate"]) == set(certificates), state
    states = holdings.tables["states"].set_index("state")["certificates"]
    assert states.to_dict() == {
        "live": len(told.in_service),
        "withdrawn": len(held.withdrawn),
        "stale": len(held.stale),
        "ghost": len(told.coverage.ghosts),
        "valid": told.certificates - held.expired,
        "expired": held.expired,
        "not yet valid": 0,
        "validity not known": 0,
        "revoked": sum(number for reason, number in told.revocation.reasons.items() if reason != "certificateHold"),
        "on hold": told.revocation.reasons["certificateHold"],
        "renewed": told.renewal.renewals,
    }
    revoked = [reason for reason in told.revocation.in_service.values() if reason != "certificateHold"]
    assert holdings.kpis["revoked_in_service"].value == len(revoked)


def test_endpoints(holdings, truth, company):
    kpis, held = holdings.kpis, truth.holdings
    assert (kpis["live"].value, kpis["live"].denominator) == (held.live, len(company.truth.in_service))
    ratio = kpis["endpoint_ratio"]
    assert (ratio.numerator, ratio.counts) == (held.endpoints, "endpoints")
    assert ratio.value == pytest.approx(held.endpoints / len(company.truth.in_service))
    assert (kpis["endpoints_most"].value, kpis["endpoints_p95"].value) == (held.most_endpoints, held.most_of_95)
    assert kpis["stale"].value == len(held.stale)
    ghosts = company.truth.coverage.ghosts
    assert kpis["ghosts"].value == len(ghosts)
    assert holdings.headline.endswith(f"{held.live:,} are valid and presented by endpoints.")
