"""Readiness for short lives, and the work they bring."""

from __future__ import annotations

import json
from datetime import timedelta

import pandas as pd
import pytest
from estate_rows import AS_OF

from certanalytics.analysis.renewal._workload import renewals_per_year
from certanalytics.analysis.renewal.readiness import NOTHING_TOLD, score_range, short_lives
from certanalytics.errors import UsageError

DAY = timedelta(days=1)
WEIGHTS = {
    "closed_loop": 0.4,
    "dcv_automatable": 0.2,
    "owner_verified": 0.15,
    "deployment_evidence": 0.15,
    "second_ca": 0.1,
}


@pytest.mark.parametrize(
    ("limit", "in_window", "at_end"), [(398, 1.38, 0.92), (200, 2.74, 1.83), (100, 5.48, 3.65), (47, 11.66, 7.77)]
)
def test_the_steady_state_of_the_catalogue(limit, in_window, at_end):
    assert round(renewals_per_year(limit, 2 / 3), 2) == in_window
    assert round(renewals_per_year(limit, 1), 2) == at_end


def test_thirty_days_before_the_end_of_47():
    assert round(renewals_per_year(47, 17 / 47), 1) == 21.5


@pytest.mark.parametrize(("life", "used"), [(0, 1), (47, 0), (47, 1.1), (-1, 1)])
def test_what_is_no_life_is_refused(life, used):
    with pytest.raises(ValueError, match="lifetime"):
        renewals_per_year(life, used)


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ({}, (0, 1)),  # nothing told: the score could be anything
        (dict.fromkeys(WEIGHTS, True), (1, 1)),
        (dict.fromkeys(WEIGHTS, False), (0, 0)),
        ({"closed_loop": True, "dcv_automatable": False, "owner_verified": True}, (0.55, 0.8)),
    ],
)
def test_what_is_not_told_is_neither_met_nor_missed(components, expected):
    found = score_range(pd.DataFrame([{**dict.fromkeys(WEIGHTS), **components}]), WEIGHTS)
    assert found.iloc[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("weights", [{"a": 0}, {"a": 2, "b": -1}])
def test_what_are_no_weights_is_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        score_range(pd.DataFrame(columns=list(weights)), weights)


def answer(rows, name="a.example.com", **asked):
    result = short_lives(rows.estate(), as_of=AS_OF, **asked)
    return result, result.tables["certificates"].set_index("subject_cn").loc[name]


def told(value):
    """A component as true, false or not told."""
    return None if value is None or str(value) in ("<NA>", "nan", "None") else bool(value)


def test_nothing_told(rows):
    rows.served("a.example.com")
    result, row = answer(rows)
    assert (row["least"], row["most"]) == (0, 1)
    assert result.kpis["readiness_least"].value is None
    assert result.kpis["readiness_most"].sentence == NOTHING_TOLD
    assert {result.kpis[name].value for name in WEIGHTS} == {None}


def test_everything_met(rows):
    """Caddy renews and serves it, its owner is in the directory and holds one of a second CA, and it is a renewal."""
    old = rows.certificate("a.example.com", days=5, issuer_o="DigiCert Inc")
    rows.seen(old, "a.example.com", at=AS_OF - 40 * DAY)
    new = rows.certificate("a.example.com", days=80, issuer_o="DigiCert Inc")
    rows.seen(new, "a.example.com")
    rows.recorded(new, system="caddy", attributes='{"ca": "https://acme.example"}')
    rows.recorded(rows.certificate("b.example.com", issuer_o="Sectigo Limited"))
    rows.person("ann")
    for name in ("a", "b"):
        rows.asset(f"{name}.example.com", owner="ann")
    result, row = answer(rows)
    assert (row["least"], row["most"]) == (1, 1)
    assert result.kpis["readiness_least"].value == result.kpis["readiness_most"].value == 1
    assert result.frame["met"].tolist() == [1, 1, 1, 1, 1]


def test_of_an_owner_who_has_left_no_second_ca_is_told(rows):
    for name, issuer in (("a", "DigiCert Inc"), ("b", "Sectigo Limited")):
        rows.recorded(rows.served(f"{name}.example.com", issuer_o=issuer))
        rows.asset(f"{name}.example.com", owner="ann")
    result, _ = answer(rows)
    assert result.tables["certificates"]["second_ca"].all()
    rows.person("ann", active=False)
    result, _ = answer(rows)
    assert result.tables["certificates"]["second_ca"].isna().all()


def test_everything_missed(rows):
    """By hand and by mail, an owner no directory knows, one CA, and a renewal that never arrived."""
    old = rows.served("a.example.com", days=5, issuer_o="DigiCert Inc")
    rows.recorded(old, system="venafi-tpp", attributes='{"ManagementType": "Monitoring"}')
    rows.recorded(old, system="digicert-certcentral", attributes='{"dcv_method": "email"}')
    rows.logged(rows.certificate("a.example.com", days=80, issuer_o="DigiCert Inc"))
    rows.person("bob")
    rows.asset("a.example.com", owner="ann")
    result, row = answer(rows)
    assert (row["least"], row["most"]) == (0, 0)
    assert result.frame["missed"].tolist() == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("system", "attributes", "closed", "dcv"),
    [
        ("venafi-tpp", {"ManagementType": "Provisioning"}, True, None),
        ("venafi-tpp", {"ManagementType": "Enrollment"}, False, None),
        ("certbot", {"authenticator": "dns-route53", "installer": "nginx"}, True, True),
        ("certbot", {"authenticator": "manual"}, False, None),  # with a hook it may well run by itself
        ("digicert-certcentral", {"dcv_method": "dns-txt-token"}, None, True),
        ("digicert-certcentral", {"dcv_method": "email"}, None, False),
        ("aws-acm", {"DomainValidationOptions": [{"ValidationMethod": "DNS"}]}, None, True),
        ("lemur", {"rotation": True}, None, None),
    ],
)
def test_what_records_tell_of_automation(rows, system, attributes, closed, dcv):
    rows.recorded(rows.served("a.example.com"), system=system, attributes=json.dumps(attributes))
    _, row = answer(rows)
    assert told(row["closed_loop"]) is closed
    assert told(row["dcv_automatable"]) is dcv


def test_a_loop_with_a_renewal_that_did_not_arrive_is_open(rows):
    old = rows.served("a.example.com", days=5)
    rows.recorded(old, system="venafi-tpp", attributes='{"ManagementType": "Provisioning"}')
    rows.logged(rows.certificate("a.example.com", days=80))
    assert told(answer(rows)[1]["closed_loop"]) is False


@pytest.mark.parametrize(
    ("owner", "directory", "expected"),
    [("ann", True, True), ("zoe", True, False), ("ann", False, None), (None, True, False)],
)
def test_an_owner_is_verified_in_a_directory(rows, owner, directory, expected):
    rows.served("a.example.com")
    rows.asset("elsewhere.example.net", owner="ann")
    if owner:
        rows.asset("a.example.com", owner=owner)
    if directory:
        rows.person("ann")
    assert told(answer(rows)[1]["owner_verified"]) is expected


def test_a_renewal_that_reached_one_of_two_nodes_has_not_arrived(rows):
    old = rows.certificate("a.example.com", days=5)
    new = rows.certificate("a.example.com", days=80)
    rows.seen(old, "a.example.com", port=443)
    rows.seen(old, "a.example.com", port=8443)
    rows.seen(new, "a.example.com", port=443, at=AS_OF - timedelta(hours=2))
    result = short_lives(rows.estate(), as_of=AS_OF)
    assert result.tables["certificates"]["deployment_evidence"].map(told).tolist() == [False, False]


def test_of_a_first_certificate_no_arrival_is_told(rows):
    rows.served("a.example.com")
    assert told(answer(rows)[1]["deployment_evidence"]) is None


def test_weights_are_a_parameter(rows):
    rows.recorded(rows.served("a.example.com"), system="venafi-tpp", attributes='{"ManagementType": "Provisioning"}')
    result, row = answer(rows, weights={"closed_loop": 3, "second_ca": 1})
    assert (row["least"], row["most"]) == (0.75, 1)
    assert result.frame.set_index("component")["weight"]["closed_loop"] == 0.75
    for weights in ({"closed_loop": -1}, {}, {"closed_lop": 1}):
        with pytest.raises(UsageError, match="weights"):
            answer(rows, weights=weights)


def test_work_by_hand(rows):
    """One of 398 days (by hand), one of 90 by Let's Encrypt: at 47 days 2 × 11.66, now 1.38 and 6.09."""
    rows.served("a.example.com", ends=AS_OF + 200 * DAY, begins=AS_OF - 198 * DAY + timedelta(seconds=1))
    rows.served(
        "b.example.com",
        ends=AS_OF + 80 * DAY,
        begins=AS_OF - 10 * DAY + timedelta(seconds=1),
        issuer_o="Let's Encrypt",
    )
    rows.served("private.example.com", sct_count=0)
    result, _ = answer(rows)
    found = {kpi.id: kpi.value for kpi in result.kpis.values()}
    assert found["renewals_now"] == pytest.approx(365.25 * 1.5 * (1 / 398 + 1 / 90), rel=1e-6)
    assert found["renewals_shortest"] == pytest.approx(2 * 365.25 * 1.5 / 47, rel=1e-6)
    assert found["manual_renewals_shortest"] == pytest.approx(365.25 * 1.5 / 47, rel=1e-6)
    work = result.tables["workload"].set_index("limit_days")
    assert work["per_certificate"].round(2).tolist() == [1.38, 2.74, 5.48, 11.66]
    assert work["per_certificate_at_end"].round(2).tolist() == [0.92, 1.83, 3.65, 7.77]
    assert work.loc[100, "renewals"] == pytest.approx(365.25 * 1.5 * (1 / 100 + 1 / 90), rel=1e-6)
    assert work.loc[100, "renewals_at_end"] == pytest.approx(365.25 * (1 / 100 + 1 / 90), rel=1e-6)


def test_a_scope_and_private_certificates(rows):
    rows.served("a.example.com")
    rows.served("b.example.com", sct_count=0)
    assert short_lives(rows.estate(), as_of=AS_OF, scope="trust = 'private'").headline == (
        "None of the certificates in service is known to be a public one."
    )
    assert short_lives(rows.estate(), as_of=AS_OF).kpis["renewals_shortest"].denominator == 1
