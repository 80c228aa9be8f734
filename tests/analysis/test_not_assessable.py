"""What was not measured is not judged: no figure, no tone, and the reason in one sentence."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis import (
    ANALYSES,
    coverage,
    expiry,
    inventory,
    issuers,
    keys,
    ownership,
    renewal,
    transparency,
)
from certanalytics.errors import DataError

DAY = timedelta(days=1)
NO_OWNERS = "Who owns the certificates in service cannot be told: no loaded export names an owner."


NOT_OF_SERVICE = {
    *(coverage.three_ways, coverage.sources, coverage.freshness, coverage.never_seen),
    *(transparency.unexpected, transparency.look_alikes, transparency.conformity),
    *(inventory.holdings, inventory.attributes, renewal.lead_times, inventory.at_endpoints),
}
"""Analyses that do not rest on what is in service; what they cannot tell is shown beside each of them."""


def all_of(estate, **asked):
    return [analysis(estate, as_of=AS_OF, **asked) for analysis in ANALYSES if analysis not in NOT_OF_SERVICE]


def served_partially(rows, host, **unknown):
    """A certificate in service of which a scanner told no more than its name, but for what is given."""
    rows.served(host)
    nothing = dict.fromkeys(
        ["not_before", "not_after", "key_algorithm", "key_bits", "key_curve", "signature_hash", "issuer_cn", "issuer_o"]
    )
    rows.tables["certificate"][-1].update({**nothing, "issuer_dn": None, "evidence": "parsed", **unknown})


def withheld(result):
    return {kpi.id for kpi in result.kpis.values() if kpi.value is None}


@pytest.mark.parametrize(
    "loaded",
    [
        lambda rows: rows.logged(rows.certificate("a.example.com")),
        lambda rows: rows.seen(rows.certificate("a.example.com"), None, kind="file", path="a.pem"),
        lambda rows: rows.asset("a.example.com", owner="ann"),
        lambda rows: rows.served("a.example.com", at=AS_OF - 46 * DAY),
    ],
    ids=["a log", "a file", "a system of record", "a scan too long ago"],
)
def test_without_a_scan_nothing_is_said_of_what_is_in_service(rows, loaded):
    loaded(rows)
    for result in all_of(rows.estate()):
        assert result.headline == "What is in service is not known: no scan of the last 45 days is loaded."
        assert withheld(result) == set(result.kpis)
        assert {kpi.tone for kpi in result.kpis.values()} == {"neutral"}


def test_lists_of_what_is_revoked_tell_no_moment_and_answer_for_one_that_is_given(rows):
    rows.revoked(rows.certificate("a.example.com"))
    with pytest.raises(DataError, match="nothing in it says as of when"):
        expiry.expiring(rows.estate())
    assert expiry.expiring(rows.estate(), as_of=AS_OF).headline.startswith("What is in service is not known")


def test_a_scan_that_met_no_certificate_is_a_scan(rows):
    rows.probe("a.example.com")
    results = all_of(rows.estate())
    assert {result.headline for result in results} == {"No certificate in service is known."}
    assert results[0].kpis["in_service"].value == 0


def test_a_scope_that_holds_nothing(rows):
    rows.served("a.example.com")
    for result in all_of(rows.estate(), scope="business_unit = 'Nowhere'"):
        assert result.headline == "No certificate in this scope is in service."
        assert withheld(result) == set(result.kpis) - {"in_service", "unanswered"}


def test_without_ownership_data_nobody_is_missing(rows):
    rows.served("a.example.com", days=3)
    rows.served("b.example.com", days=-3)
    estate = rows.estate()
    found = ownership.gaps(estate, as_of=AS_OF)
    assert found.headline == NO_OWNERS
    assert {kpi.sentence for kpi in found.kpis.values() if kpi.id != "shadow"} == {NO_OWNERS}
    assert withheld(found) == set(found.kpis)
    assert found.frame.empty
    assert found.tables["units"]["owned"].isna().all()
    assert "that does not say that certificates have none" in found.caveats[-1]
    ending = expiry.expiring(estate, as_of=AS_OF)
    assert ending.tables["weeks"]["owned"].isna().all()
    assert "owner" not in ending.headline + "".join(kpi.sentence for kpi in ending.kpis.values())


@pytest.mark.parametrize(
    "named",
    [
        lambda rows: rows.asset("elsewhere.example.net", owner="ann"),
        lambda rows: rows.asset("elsewhere.example.net", team="web"),
        lambda rows: rows.recorded(rows.certificate("elsewhere.example.net"), owner_email="ann@example.com"),
    ],
    ids=["an owner", "a team", "a contact"],
)
def test_one_export_that_names_anybody_makes_owners_assessable(rows, named):
    rows.served("a.example.com")
    named(rows)
    found = ownership.gaps(rows.estate(), as_of=AS_OF)
    assert found.headline == "1 of 1 certificate in service (100.0 %) has no active owner."
    assert found.kpis["without_owner"].sentence == (
        "1 certificate in service has no active owner; for 1 nobody is named."
    )


def test_a_contact_named_later_is_not_known_yet(rows):
    rows.served("a.example.com")
    rows.recorded(rows.certificate("b.example.com"), owner_email="ann@example.com", at=AS_OF + DAY)
    assert ownership.gaps(rows.estate(), as_of=AS_OF).headline == NO_OWNERS


def test_everyone_has_an_owner(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    found = ownership.gaps(rows.estate(), as_of=AS_OF)
    assert found.headline == found.kpis["without_owner"].sentence == "Every certificate in service has an active owner."


def test_critical_services_are_not_judged_where_nobody_says_what_is_critical(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    kpi = ownership.gaps(rows.estate(), as_of=AS_OF).kpis["critical_without_owner"]
    assert (kpi.value, kpi.tone) == (None, "neutral")
    assert kpi.sentence == "Which services are critical cannot be told: no loaded export says so."
    rows.asset("elsewhere.example.net", criticality="critical")
    kpi = ownership.gaps(rows.estate(), as_of=AS_OF).kpis["critical_without_owner"]
    assert (kpi.value, kpi.sentence) == (None, "No certificate in service is known to belong to a critical service.")


def test_shadows_need_logs_and_something_to_compare_them_with(rows):
    rows.served("a.example.com")
    assert ownership.gaps(rows.estate(), as_of=AS_OF).kpis["shadow"].value is None
    rows.logged(rows.certificate("b.example.com"))
    assert ownership.gaps(rows.estate(), as_of=AS_OF).kpis["shadow"].value == 1


def test_where_only_logs_are_loaded_no_certificate_is_listed_as_claimed_by_nobody(rows):
    rows.logged(rows.certificate("a.example.com"))
    for found in (ownership.gaps(rows.estate(), as_of=AS_OF), coverage.three_ways(rows.estate(), as_of=AS_OF)):
        assert found.kpis["shadow"].value is None
        assert found.tables["shadow"].empty


def test_partial_descriptions_are_not_judged(rows):
    served_partially(rows, "a.example.com")
    estate = rows.estate()
    expiring = expiry.expiring(estate, as_of=AS_OF)
    strength = keys.strength(estate, as_of=AS_OF)
    shares = issuers.concentration(estate, as_of=AS_OF)
    assert expiring.headline == "Of no certificate in service the end is known."
    assert withheld(expiring) == set(expiring.kpis) - {"in_service", "renewed_not_deployed"}
    assert strength.headline == "Of no certificate in service the key is known."
    assert withheld(strength) == set(strength.kpis) - {"reused_keys", "wildcard_reach"}
    assert shares.headline == "The issuer of no certificate in service is known."
    assert {"top_share", "hhi", "normalised_hhi", "effective_number"} <= withheld(shares)


def test_a_key_without_a_size_is_not_called_strong(rows):
    served_partially(rows, "a.example.com", key_algorithm="RSA")
    rows.served("b.example.com")
    kpi = keys.strength(rows.estate(), as_of=AS_OF).kpis["weak_keys"]
    assert (kpi.value, kpi.denominator, kpi.excluded) == (0, 1, "1 certificate whose key is not known")


def test_a_self_signed_certificate_without_a_signature_is_left_out_once(rows):
    rows.served("a.example.com")
    served_partially(rows, "b.example.com", is_self_issued=True)
    kpi = keys.strength(rows.estate(), as_of=AS_OF).kpis["weak_signatures"]
    assert kpi.denominator == 1


def test_an_unknown_issuer_is_no_ca(rows):
    rows.served("a.example.com")
    served_partially(rows, "b.example.com")
    served_partially(rows, "c.example.com")
    found = issuers.concentration(rows.estate(), as_of=AS_OF)
    assert found.headline == "Example Trust issued 33.3 % of the certificates in service."
    assert (found.kpis["hhi"].value, found.kpis["hhi"].excluded) == (1, "2 certificates whose issuer is not known")


@pytest.mark.parametrize(
    ("ends", "ended", "in_30"),
    [
        (AS_OF - timedelta(microseconds=1), 1, 0),
        (AS_OF, 0, 1),
        (AS_OF + timedelta(microseconds=1), 0, 1),
        (AS_OF + 30 * DAY, 0, 1),
        (AS_OF + 30 * DAY + timedelta(seconds=1), 0, 0),
        (datetime(9999, 12, 31, 23, 59, 59), 0, 0),
    ],
)
def test_the_instant_of_the_end(rows, ends, ended, in_30):
    rows.served("a.example.com", ends=ends, begins=AS_OF - 9 * DAY)
    found = expiry.expiring(rows.estate(), as_of=AS_OF)
    assert (found.kpis["expired_in_service"].value, found.kpis["ends_in_30"].value) == (ended, in_30)


@pytest.mark.parametrize(
    ("as_of", "days"), [("2028-02-29T12:00", 1), ("2028-02-28T12:00", 2), ("2027-02-28T12:00", 367)]
)
def test_days_count_the_29th_of_february(rows, as_of, days):
    moment = datetime.fromisoformat(as_of)
    rows.served("a.example.com", ends=datetime(2028, 3, 1, 12), at=moment - DAY)
    frame = expiry.expiring(rows.estate(), as_of=moment, days=400).frame
    assert frame["days_left"].tolist() == [days]


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ([5], "No certificates have ended and are still served; 1 certificate ends within 30 days."),
        ([-1], "1 certificate has ended and is still served; no other ends within 30 days."),
        ([90], "No certificates have ended and are still served; no certificates end within 30 days."),
        (
            [-1, -2, 3, 4],
            (
                "2 certificates have ended and are still served; 2 more end within 30 days, all of them without an "
                "active owner."
            ),
        ),
    ],
)
def test_the_headline_at_none_one_and_many(rows, ends, said):
    for days in ends:
        rows.served(f"{days}.example.com", days=days)
        if len(ends) == 1:
            rows.asset(f"{days}.example.com", owner="ann")
    rows.asset("elsewhere.example.net", owner="ann")
    assert expiry.expiring(rows.estate(), as_of=AS_OF).headline == said


def test_no_text_shows_a_missing_value(rows):
    served_partially(rows, "a.example.com")
    rows.served("b.example.com", days=-1)
    estate = rows.estate()
    more = (inventory.holdings, inventory.attributes, renewal.lead_times, inventory.at_endpoints)
    others = [analysis(estate, as_of=AS_OF, scope=scope) for analysis in more for scope in (None, "false")]
    for result in all_of(estate) + all_of(estate, scope="false") + others:
        shown = f"{result!r}{result._repr_html_()}{result.explain().markdown().partition('```')[0]}"
        assert not re.search(r"\b(nan|None|NaT)\b|<NA>", shown)
