"""How renewals are done: as records say, and as evidence makes likely."""

from __future__ import annotations

import json
import math
from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF
from hypothesis import given
from hypothesis import strategies as st

from certanalytics.analysis._log_odds import calibration, logistic
from certanalytics.analysis.renewal.automation import levels

DAY = timedelta(days=1)
WEDNESDAY = datetime(2026, 11, 4, 9)
PRIOR, ACME_ALONE, LONG, STEADY, UNSTEADY, TWO_THIRDS, END_OF_LIFE = -0.5, 2.5, -0.7, 2, -1.5, 0.7, -0.7
WEEKEND, NO_WEEKEND = 1, -1.3


def test_logistic_by_hand():
    assert logistic(0) == 0.5
    assert logistic(math.log(3)) == pytest.approx(0.75)
    assert logistic(-math.log(3)) == pytest.approx(0.25)
    assert logistic(1000) == 1
    assert logistic(-1000) == 0


def test_the_brier_score_and_the_table_by_hand():
    found = calibration([0.9, 0.2, 0.6, 0.4], [True, False, False, True])
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.36 + 0.36) / 4)
    assert found.brier_of_rate == pytest.approx(0.25)
    assert [(band.low, band.predictions, band.mean, band.observed) for band in found.bands] == [
        (0.2, 1, 0.2, 0),
        (0.4, 1, 0.4, 1),
        (0.6, 1, 0.6, 0),
        (0.8, 1, 0.9, 1),
    ]


def test_what_is_certain_and_true_has_a_score_of_zero():
    assert calibration([1, 0], [True, False]).brier == 0
    assert calibration([1, 0], [False, True]).brier == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=50))
def test_bands_hold_every_prediction_once(pairs):
    found = calibration([p for p, _ in pairs], [o for _, o in pairs])
    assert sum(band.predictions for band in found.bands) == len(pairs)
    assert 0 <= found.brier <= 1
    assert sum(band.observed * band.predictions for band in found.bands) == pytest.approx(sum(o for _, o in pairs))


@pytest.mark.parametrize(("probabilities", "outcomes"), [([], []), ([0.5], []), ([1.5], [True])])
def test_what_are_no_predictions_is_refused(probabilities, outcomes):
    with pytest.raises(ValueError, match="probabilit"):
        calibration(probabilities, outcomes)


def answer(rows, name="a.example.com", **asked):
    result = levels(rows.estate(), as_of=AS_OF, **asked)
    return result, result.frame.set_index("subject_cn").loc[name]


def history(rows, name, leads, *, lifetime=90, last=WEDNESDAY, **columns):
    """Certificates that follow one another, each renewed so many days before the end of the one before."""
    begins = [last]
    for lead in reversed(leads):
        begins.insert(0, begins[0] - (lifetime - lead) * DAY)
    for begin in begins:
        certificate = rows.certificate(
            name, begins=begin, ends=begin + lifetime * DAY - timedelta(seconds=1), **columns
        )
        rows.seen(certificate, name, at=begin + DAY)
    return begins


def test_one_piece_of_evidence_is_the_logistic_of_prior_and_weight(rows):
    rows.served("a.example.com", begins=WEDNESDAY, lifetime=150, days=132, issuer_o="Let's Encrypt")
    _, row = answer(rows)
    assert row["evidence"].tolist() == ["the CA issues through ACME alone"]
    assert row["score"] == PRIOR + ACME_ALONE
    assert row["probability"] == pytest.approx(logistic(PRIOR + ACME_ALONE))
    assert row["probability"] == pytest.approx(0.880797, abs=1e-6)
    assert row["automated"]
    assert row["level"] is None


@pytest.mark.parametrize(
    ("days", "weight"), [(10, 2.5), (11, 1.5), (47, 1.5), (48, 1.0), (100, 1.0), (101, None), (200, None), (201, -0.7)]
)
def test_the_lifetime(rows, days, weight):
    begins = WEDNESDAY if days > 19 else datetime(2026, 11, 18, 9)
    rows.served("a.example.com", begins=begins, ends=begins + days * DAY - timedelta(seconds=1))
    _, row = answer(rows)
    assert row["lifetime_days"] == days
    if weight is None:
        assert math.isnan(row["probability"])
    else:
        assert row["probability"] == pytest.approx(logistic(PRIOR + weight))


def test_an_even_cadence(rows):
    history(rows, "a.example.com", [30, 30, 30], lifetime=90)
    _, row = answer(rows)
    assert row["renewals"] == 3
    assert row["score"] == pytest.approx(PRIOR + 1.0 + STEADY + TWO_THIRDS)
    assert "renewed each time as long before the end, to a day" in row["evidence"]


def test_an_uneven_cadence_on_weekdays_alone(rows):
    """Leads of 8, 29, 11 and 26 days: sample standard deviation 10.4 days; every start is a weekday."""
    begins = history(rows, "a.example.com", [8, 29, 11, 26], lifetime=397)
    assert {begin.isoweekday() for begin in begins} <= {1, 2, 3, 4, 5}
    _, row = answer(rows)
    assert row["evidence"].tolist() == [
        "renewed now earlier, now later",
        "never issued on a weekend",
        "a lifetime over 200 days",
        "renewed in the last tenth of its life",
    ]
    assert row["score"] == pytest.approx(PRIOR + LONG + UNSTEADY + NO_WEEKEND + END_OF_LIFE)
    assert not row["automated"]


def test_no_weekend_gap(rows):
    """Steps of 60 days move by four weekdays: of five starts one is on a weekend."""
    begins = history(rows, "a.example.com", [30, 30, 30, 30], last=WEDNESDAY - 4 * DAY)
    assert sum(begin.isoweekday() > 5 for begin in begins) == 1
    _, row = answer(rows)
    assert row["score"] == pytest.approx(PRIOR + 1.0 + STEADY + TWO_THIRDS + WEEKEND)


def test_two_renewals_are_no_cadence(rows):
    history(rows, "a.example.com", [30, 30])
    _, row = answer(rows)
    assert not [each for each in row["evidence"] if "before the end" in each]


def test_nothing_known_is_no_probability(rows):
    nothing = dict.fromkeys(["not_before", "not_after", "issuer_cn", "issuer_o"])
    rows.served("a.example.com")
    rows.tables["certificate"][-1].update({**nothing, "issuer_dn": None, "evidence": "parsed"})
    result, row = answer(rows)
    assert math.isnan(row["probability"])
    assert result.kpis["not_told"].value == 1
    assert result.kpis["expected_automated"].value is None


@pytest.mark.parametrize(
    ("system", "told", "level"),
    [
        ("certbot", {}, "enrolled"),
        ("certbot", {"installer": "None"}, "enrolled"),
        ("certbot", {"installer": "nginx"}, "provisioned"),
        ("certbot", {"installer": "nginx", "autorenew": "False"}, "manual"),
        ("caddy", {"ca": "acme"}, "provisioned"),
        ("cert-manager", {}, "provisioned"),
        ("venafi-tpp", {"ManagementType": "Unassigned"}, "manual"),
        ("venafi-tpp", {"ManagementType": "Monitoring"}, "monitored"),
        ("venafi-tpp", {"ManagementType": "Enrollment"}, "enrolled"),
        ("venafi-tpp", {"ManagementType": "Provisioning"}, "provisioned"),
        ("venafi-tpp", {}, None),
        ("digicert-certcentral", {"auto_renew": 1}, "enrolled"),
        ("digicert-certcentral", {"auto_renew": "1"}, "enrolled"),
        ("digicert-certcentral", {"auto_renew": 0}, None),  # somebody may renew it by other means
        ("aws-acm", {"RenewalEligibility": "ELIGIBLE"}, "provisioned"),
        ("aws-acm", {"RenewalEligibility": "ELIGIBLE", "Exported": True}, "enrolled"),
        (
            "aws-acm",
            {"RenewalEligibility": "ELIGIBLE", "DomainValidationOptions": [{"ValidationMethod": "EMAIL"}]},
            "monitored",
        ),
        ("aws-acm", {"RenewalEligibility": "INELIGIBLE"}, None),
        ("sectigo-scm", {"autoRenewDetails": {"state": "Scheduled"}}, "enrolled"),
        ("sectigo-scm", {"autoRenewDetails": {"state": "Not scheduled"}, "requestedVia": "Enrollment Form"}, None),
        ("sectigo-scm", {"requestedVia": "ACME"}, "enrolled"),
        ("gcp-compute", {"managed": {"domains": ["a.example.com"]}}, "provisioned"),
        ("gcp-compute", {"type": "SELF_MANAGED"}, None),
        ("lemur", {"rotation": True}, None),
    ],
)
def test_what_records_state(rows, system, told, level):
    rows.recorded(rows.served("a.example.com"), system=system, attributes=json.dumps(told) if told else None)
    _, row = answer(rows)
    assert row["level"] == level


def test_of_two_systems_the_higher_level_counts_and_both_are_named(rows):
    certificate = rows.served("a.example.com")
    rows.recorded(certificate, system="venafi-tpp", attributes='{"ManagementType": "Monitoring"}')
    rows.recorded(certificate, system="certbot", attributes='{"installer": "apache"}')
    _, row = answer(rows)
    assert row["level"] == "provisioned"
    assert row["said_by"].tolist() == ["Venafi monitors it (venafi-tpp)", "certbot renews and installs it (certbot)"]


def test_the_latest_word_of_a_record_counts(rows):
    certificate = rows.served("a.example.com")
    for days, kind in ((20, "Provisioning"), (2, "Monitoring")):
        row = {"system": "venafi-tpp", "record_id": "one", "attributes": json.dumps({"ManagementType": kind})}
        rows.recorded(certificate, at=AS_OF - days * DAY, **row)
    assert answer(rows)[1]["level"] == "monitored"


def test_a_stated_level_is_never_overwritten(rows):
    """By evidence Let's Encrypt is automated; who says that it is not is believed."""
    certificate = rows.served("a.example.com", begins=WEDNESDAY, issuer_o="Let's Encrypt")
    rows.recorded(certificate, system="venafi-tpp", attributes='{"ManagementType": "Unassigned"}')
    result, row = answer(rows)
    assert row["probability"] > 0.9
    assert not row["automated"]
    assert result.kpis["stated_automated"].value == 0
    assert result.kpis["expected_automated"].value == 0


def test_coverage_by_hand(rows):
    """Two stated (one automated), one by evidence, one of a critical service."""
    for name, kind in (("a", "Enrollment"), ("b", "Monitoring")):
        certificate = rows.served(f"{name}.example.com")
        rows.recorded(certificate, system="venafi-tpp", attributes=json.dumps({"ManagementType": kind}))
    rows.served("c.example.com", begins=WEDNESDAY, lifetime=150, days=132, issuer_o="Let's Encrypt")
    rows.asset("b.example.com", criticality="critical")
    result, _ = answer(rows)
    found = {kpi.id: kpi.value for kpi in result.kpis.values()}
    assert found["stated_automated"] == 0.5
    assert found["expected_automated"] == pytest.approx((1 + logistic(2)) / 3)
    assert found["critical_automated"] == 0
    assert found["installs"] == 0
    assert result.kpis["stated_automated"].excluded == "1 certificate of which no record states a level"
    assert result.headline == (
        "Records state how 2 of 3 certificates in service are renewed, 1 of them without a person; "
        "by evidence 1 more is likely renewed without a person, 0 by people."
    )
    levels_of = result.tables["levels"].set_index(["level", "basis"])["certificates"]
    assert levels_of["enrolled", "stated"] == levels_of["monitored", "stated"] == 1
    assert levels_of["likely automated", "evidence"] == 1
    assert levels_of.sum() == 3


def test_without_records_no_level_is_stated(rows):
    rows.served("a.example.com")
    result, _ = answer(rows)
    assert result.kpis["stated_automated"].sentence == "How certificates are renewed no loaded record says."


@pytest.mark.parametrize(("manual", "measured"), [(10, True), (9, False)])
def test_calibration_needs_both_kinds(rows, manual, measured):
    """Ten automated by Let's Encrypt (0.88), ten manual with a life over 200 days (logistic −1.2 = 0.23)."""
    for number in range(10):
        certificate = rows.served(
            f"a{number}.example.com", begins=WEDNESDAY, lifetime=150, days=132, issuer_o="Let's Encrypt"
        )
        rows.recorded(certificate, system="cert-manager")
    for number in range(manual):
        certificate = rows.served(f"b{number}.example.com", begins=WEDNESDAY, days=300)
        rows.recorded(certificate, system="venafi-tpp", attributes='{"ManagementType": "Unassigned"}')
    result, _ = answer(rows, "a0.example.com")
    if measured:
        expected = ((1 - logistic(2)) ** 2 + logistic(-1.2) ** 2) / 2
        assert result.kpis["brier"].value == pytest.approx(expected)
        assert result.tables["calibration"]["observed"].tolist() == [0, 1]
        assert result.tables["calibration"]["predictions"].tolist() == [10, 10]
    else:
        assert result.kpis["brier"].value is None
        assert "10 automated certificates and 9 manual ones" in result.kpis["brier"].sentence
        assert result.tables["calibration"].empty


def test_a_history_does_not_end_at_the_scope(rows):
    history(rows, "a.example.com", [30, 30, 30])
    assert answer(rows, scope="in_service")[1]["renewals"] == 3


def test_channels(rows):
    """Of two records the client's counts before the CA's; of one certificate none tells."""
    both = rows.served("a.example.com")
    rows.recorded(both, system="digicert-certcentral")
    rows.recorded(both, system="certbot")
    rows.recorded(rows.served("b.example.com"), system="digicert-certcentral")
    rows.recorded(rows.served("c.example.com"), system="sectigo-scm", attributes='{"requestedVia": "ACME"}')
    rows.served("d.example.com")
    result, _ = answer(rows)
    channels = result.tables["channels"]
    assert channels["channel"].fillna("none").tolist() == ["ACME client", "order at the CA", "none"]
    assert channels["certificates"].tolist() == [2, 1, 1]
    assert result.kpis["channel_known"].value == 0.75


def test_without_records_no_channel_is_known(rows):
    rows.served("a.example.com")
    kpi = answer(rows)[0].kpis["channel_known"]
    assert kpi.value is None
    assert kpi.sentence == "No record of a client, manager or CA names a certificate in service."
