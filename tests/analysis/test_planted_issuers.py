"""What rests on one thing, and where a second CA could stand in: the analyses find what was planted, exactly."""

from __future__ import annotations

import pytest

from certanalytics.analysis import issuers, tls
from certanalytics.demo.faults import issuers as faults
from certanalytics.estate import connect

PREFIX = {
    "CA owner": "ca_owner",
    "root": "root",
    "issuing key": "issuing_key",
    "hosting network": "network",
    "ACME account": "acme_account",
}


@pytest.fixture(scope="module")
def truth(company):
    return company.truth.issuers


@pytest.fixture(scope="module")
def results(company, truth):
    """Each analysis once; stand-ins without a list of approved CAs, and with that of the group's policy."""
    with connect(company.estate) as estate:
        as_of = company.truth.as_of
        return {
            "dependencies": issuers.dependencies(estate, as_of=as_of),
            "recorded": issuers.substitutable(estate, as_of=as_of),
            "by_policy": issuers.substitutable(estate, as_of=as_of, approved=truth.by_policy.approved),
            "distrust": tls.distrust(estate, as_of=as_of),
        }


def told(name):
    """The name of a thing as the truth has it: without the words that say what it is, an account by its number."""
    for prefix in ("public key ", "self-signed "):
        name = name.removeprefix(prefix)
    return name.rpartition("/acct/")[2] if "/acct/" in name else name


@pytest.mark.parametrize("kind", PREFIX)
def test_everything_that_something_rests_on(results, truth, kind):
    every = results["dependencies"].tables["everything"]
    rows = every[(every["dependency"] == kind) & every["name"].notna()]
    columns = ["certificates", "critical", "endpoints", "critical_endpoints"]
    found = {told(name): tuple(numbers) for name, *numbers in rows[["name", *columns]].itertuples(index=False)}
    expected = truth.rests[kind]
    assert found == {
        name: tuple(getattr(thing, column) for column in columns) for name, thing in expected.things.items()
    }
    row = results["dependencies"].frame.set_index("dependency").loc[kind]
    assert (row["number"], row["not_known"]) == (len(expected.things), expected.not_known)


@pytest.mark.parametrize("kind", PREFIX)
def test_indices(results, truth, kind):
    kpis, expected = results["dependencies"].kpis, truth.rests[kind]
    prefix = PREFIX[kind]
    assert kpis[f"{prefix}_hhi"].value == pytest.approx(expected.hhi, abs=1e-12)
    assert kpis[f"{prefix}_effective_number"].value == pytest.approx(1 / expected.hhi)
    kpi = kpis[f"{prefix}_single_point_share"]
    assert (kpi.numerator, kpi.denominator) == (expected.single_point, truth.critical_endpoints)


def test_the_index_by_hand(results):
    """Of 1,400: 840, 210, 168, 70, 42, 28, and 42 that stand for themselves; of 14 on accounts, 8 and 6."""
    kpis = results["dependencies"].kpis
    squares = 840**2 + 210**2 + 168**2 + 70**2 + 42**2 + 28**2 + 42
    assert kpis["ca_owner_hhi"].value == pytest.approx(squares / 1400**2)
    assert kpis["acme_account_hhi"].value == pytest.approx((8**2 + 6**2) / 14**2)


@pytest.mark.parametrize("by", ["recorded", "by_policy"])
def test_a_second_ca(results, truth, by):
    result, expected = results[by], getattr(truth, by)
    frame = result.frame
    second = frame["second_ca"]
    assert set(frame.loc[second.eq(other=False).fillna(value=False), "certificate"]) == set(expected.no_second)
    assert (second.sum(), second.isna().sum()) == (expected.second, expected.second_not_told)
    kpi = result.kpis["second_ca"]
    assert (kpi.numerator, kpi.denominator) == (expected.second, expected.second + len(expected.no_second))
    assert tuple(result.tables["approved"]["ca_owner"]) == expected.approved


@pytest.mark.parametrize("by", ["recorded", "by_policy"])
def test_what_could_be_replaced_at_once(results, truth, by):
    result, expected = results[by], getattr(truth, by)
    for figure, ready, not_ready in (
        ("substitutable", expected.ready, expected.not_ready),
        ("critical_substitutable", expected.critical_ready, expected.critical_not_ready),
    ):
        frame = result.frame if figure == "substitutable" else result.frame[result.frame["critical"]]
        refused = frame["substitutable"].eq(other=False).fillna(value=False) & frame["caa_told"].astype(bool)
        assert set(frame.loc[refused, "certificate"]) == set(not_ready), figure
        kpi = result.kpis[figure]
        assert (kpi.numerator, kpi.denominator) == (ready, ready + len(not_ready)), figure


def test_names_closed_to_every_ca(results, company):
    frame = results["recorded"].frame
    closed = set(frame.loc[frame["caa_closed"].fillna(value=False).astype(bool), "certificate"])
    assert closed == set(company.truth.transparency.renewals_blocked)
    assert not frame.loc[frame["certificate"].isin(closed), "substitutable"].fillna(value=False).any()


def test_the_planted_cases(results, truth):
    """One CA alone; a second that is not approved; a critical name closed by mistake."""
    for by in ("recorded", "by_policy"):
        frame = results[by].frame
        rows = {label: frame[frame["subject_cn"].str.contains(f".{label}.")] for label in ("dispatch", "collect")}
        assert rows["dispatch"]["critical"].all()
        assert rows["dispatch"]["substitutable"].eq(other=False).tolist() == [True] * faults.ONE_CA["acme"]
        collect = rows["collect"].set_index("ca_owner")["second_ca"]
        assert collect["Ostrava CA"]  # to an approved one there is a way
        if by == "recorded":
            assert collect["Larkspur Trust"].isna().all()
        else:
            assert collect["Larkspur Trust"].eq(other=False).all()
        assert len(collect) == sum(faults.SECOND_NOT_APPROVED.values())
    assert len(truth.recorded.no_second) == faults.ONE_CA["acme"]


def test_the_share_of_approved_cas(results, truth):
    assert results["recorded"].kpis["approved_rate"].value is None  # no list says which others are
    kpi = results["by_policy"].kpis["approved_rate"]
    assert (kpi.numerator, kpi.denominator) == (truth.by_policy.approved_certificates, 840 + 168 + 70 + 42 + 28)


def test_no_root_programme_says_anything_of_invented_cas(results):
    """Rules are about real roots, and lists of CAs are those of real programmes: the demo has neither."""
    distrust = results["distrust"]
    assert distrust.frame.empty
    assert distrust.tables["programmes"].empty
    for kpi in distrust.kpis.values():
        assert (kpi.value, kpi.denominator) == (0, 840 + 168 + 70 + 42 + 28), kpi.id
