"""Which certificates nobody expected, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.transparency.issuance import unexpected

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def reasons(result):
    return dict(zip(result.frame["subject_cn"], result.frame["reasons"], strict=True))


@pytest.fixture
def known(rows):
    """Two certificates of one CA that were expected: recorded, served and logged."""
    for name in ("a.example.com", "b.example.com"):
        rows.recorded(rows.logged(rows.served(name, issuer_o="Able")))
    return rows


def test_what_is_recorded_and_of_a_ca_in_use_is_expected(known):
    found = unexpected(known.estate(), as_of=AS_OF)
    assert found.frame.empty
    assert values(found) == {
        "logged": 2,
        "unexpected": 0,
        "ca_unexpected": 0,
        "unrecorded": 0,
        "odd_names": 0,
        "bursts": 0,
    }
    assert found.headline == "No certificates for own domains are unexpected in some way."


def test_each_reason_is_said(known):
    known.logged(known.served("c.example.com", issuer_o="Able"))
    known.logged(known.certificate("d.example.com", issuer_o="Baker"))
    known.recorded(known.logged(known.certificate(["e.example.com", "x.example.org", "db.internal"], issuer_o="Able")))
    found = unexpected(known.estate(), as_of=AS_OF, own_domains=["example.com"])
    assert reasons(found) == {
        "c.example.com": ["no manager or inventory has it"],
        "d.example.com": ["no other certificate of Baker is held"],
        "e.example.com": ["internal names: db.internal", "names of other domains: example.org"],
    }
    assert values(found) == {
        "logged": 5,
        "unexpected": 3,
        "ca_unexpected": 1,
        "unrecorded": 1,
        "odd_names": 1,
        "bursts": 0,
    }
    assert found.headline == ("3 certificates for own domains are unexpected in some way.")
    assert "fraud" not in found.explain().markdown()


def test_the_only_certificate_of_a_ca_does_not_vouch_for_it(known):
    known.recorded(known.logged(known.served("c.example.com", issuer_o="Baker")))
    assert reasons(unexpected(known.estate(), as_of=AS_OF)) == {
        "c.example.com": ["no other certificate of Baker is held"]
    }


def test_with_a_list_of_approved_cas(known):
    known.recorded(known.logged(known.served("c.example.com", issuer_o="Baker")))
    found = unexpected(known.estate(), as_of=AS_OF, approved=["baker"])
    assert reasons(found) == {
        "a.example.com": ["Able is not approved"],
        "b.example.com": ["Able is not approved"],
    }


def test_a_ca_nobody_tells_is_not_judged(known):
    known.recorded(known.logged(known.certificate("c.example.com", issuer_o=None, issuer_cn=None, issuer_dn=None)))
    kpi = unexpected(known.estate(), as_of=AS_OF, approved=["Able"]).kpis["ca_unexpected"]
    assert (kpi.value, kpi.excluded) == (0, "1 certificate whose CA is not known")


def test_foreign_domains_and_ended_certificates_are_not_asked_about(known):
    known.logged(known.certificate("www.example.org", issuer_o="Baker"))
    known.logged(known.certificate("c.example.com", issuer_o="Baker", days=-1))
    assert values(unexpected(known.estate(), as_of=AS_OF))["logged"] == 2


def test_without_records_nobody_is_said_to_have_recorded_nothing(rows):
    rows.logged(rows.served("a.example.com", issuer_o="Able"))
    rows.logged(rows.served("b.example.com", issuer_o="Able"))
    found = unexpected(rows.estate(), as_of=AS_OF)
    assert found.frame.empty
    assert found.kpis["unrecorded"].sentence == (
        "What nobody recorded cannot be told: no record of a manager is loaded."
    )


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (lambda rows: rows.served("a.example.com"), "no Certificate Transparency entries are loaded"),
        (lambda rows: rows.logged(rows.certificate("a.example.com")), "no domain is known to be the organisation's"),
    ],
)
def test_what_cannot_be_told(rows, made, why):
    made(rows)
    found = unexpected(rows.estate(), as_of=AS_OF)
    assert set(values(found).values()) == {None}
    assert why in found.headline


def test_what_managers_of_another_ca_did_not_record_is_not_told(known):
    known.logged(known.served("c.example.com", issuer_o="Baker"))
    kpi = unexpected(known.estate(), as_of=AS_OF).kpis["unrecorded"]
    assert (kpi.value, kpi.excluded) == (0, "1 certificate of CAs of which managers and inventories have few or none")


@pytest.mark.parametrize(("others", "unrecorded"), [(2, 2), (3, 0)], ids=["half is recorded", "less than half is"])
def test_what_records_that_hold_few_of_a_ca_lack_is_not_told(known, others, unrecorded):
    """The storage of one ACME client among hundreds does not make the certificates of all others unexpected."""
    for number in range(others):
        known.logged(known.served(f"c{number}.example.com", issuer_o="Able"))
    found = unexpected(known.estate(), as_of=AS_OF)
    assert values(found)["unrecorded"] == (unrecorded or None)
    assert len(found.frame) == unrecorded


def issue(rows, number, weeks_ago, *, lifetime=120):
    begins = AS_OF - weeks_ago * WEEK
    for count in range(number):
        name = f"h{count}.w{weeks_ago}.example.com"
        rows.recorded(rows.logged(rows.certificate(name, begins=begins, ends=begins + lifetime * DAY, issuer_o="Able")))


@pytest.mark.parametrize(("last", "bursts"), [(10, 10), (9, 0)], ids=["ten", "nine"])
def test_a_burst_is_many_and_many_more_than_usual(rows, last, bursts):
    issue(rows, 3, 8)  # 6 in 8 weeks
    issue(rows, 3, 6)
    issue(rows, last, 0)
    assert values(unexpected(rows.estate(), as_of=AS_OF))["bursts"] == bursts


def test_a_week_as_busy_as_usual_is_no_burst(rows):
    for weeks_ago in range(1, 10):
        issue(rows, 4, weeks_ago)
    issue(rows, 12, 0)  # three times the mean, not more
    assert values(unexpected(rows.estate(), as_of=AS_OF))["bursts"] == 0


def test_without_weeks_before_there_is_nothing_to_compare_with(rows):
    issue(rows, 1, 7)
    issue(rows, 30, 0)
    assert values(unexpected(rows.estate(), as_of=AS_OF))["bursts"] == 0


def test_what_an_export_without_ended_certificates_lacks_makes_no_burst(rows):
    """Certificates of 30 days from weeks ago are gone from it: those of this week only seem to be many."""
    issue(rows, 1, 9)
    issue(rows, 12, 0, lifetime=30)
    assert values(unexpected(rows.estate(), as_of=AS_OF))["bursts"] == 0


def test_weeks_by_ca(known):
    weeks = unexpected(known.estate(), as_of=AS_OF).tables["weeks"]
    assert weeks[["ca_owner", "certificates"]].to_numpy().tolist() == [["Able", 2]]
    assert weeks["week"][0].weekday() == 0


def test_a_scope_bounds_what_is_judged_and_not_what_is_own(known):
    known.logged(known.certificate("c.example.com", issuer_o="Baker"))
    found = unexpected(known.estate(), as_of=AS_OF, scope="subject_cn = 'c.example.com'")
    assert (values(found)["logged"], values(found)["unexpected"]) == (1, 1)
    assert values(unexpected(known.estate(), as_of=AS_OF, scope="false"))["logged"] == 0
