"""Certificates that are revoked and still served, and what tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.tls.revocation import NO_LISTS, NOT_TOLD, revoked

DAY = timedelta(days=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def told(kpi):
    return kpi.value, kpi.denominator, kpi.excluded


def test_revoked_in_service_and_when_it_was_last_seen(rows):
    rows.revoked(rows.served("after.example.com"), reason="keyCompromise")
    rows.revoked(rows.served("before.example.com", at=AS_OF - 9 * DAY), reason="superseded")
    rows.revoked(rows.served("when.example.com"), revoked_at=None)
    rows.revoked(rows.served("hold.example.com"), status="hold")
    rows.revoked(rows.logged(rows.certificate("gone.example.com")), reason="superseded")
    rows.served("fine.example.com")
    rows.revocation_list()
    found = revoked(rows.estate(), as_of=AS_OF)
    assert dict(zip(found.frame["subject_cn"], found.frame["served"], strict=True)) == {
        "after.example.com": "after revocation",
        "hold.example.com": "after revocation",
        "when.example.com": "time not known",
        "before.example.com": "before revocation",
    }
    assert told(found.kpis["revoked_in_service"]) == (4, 5, None)
    assert told(found.kpis["served_after_revocation"]) == (
        2,
        3,
        "1 certificate whose time of revocation is not known",
    )
    reasons = found.tables["reasons"].set_index("reason")[["certificates", "in_service"]]
    assert {reason: row.tolist() for reason, row in reasons.iterrows()} == {
        "superseded": [2, 1],
        "not given": [2, 2],
        "keyCompromise": [1, 1],
    }
    assert found.kpis["revoked_in_service"].tone == "critical"


def test_nothing_tells(rows):
    rows.served("a.example.com")
    found = revoked(rows.estate(), as_of=AS_OF)
    assert found.headline == NOT_TOLD
    assert found.kpis["not_covered"].value == 1
    assert found.kpis["lists_ended"].sentence == NO_LISTS


@pytest.mark.parametrize(
    ("next_update", "state", "ended", "covered"),
    [
        (AS_OF + DAY, "current", 0, 1),
        (AS_OF, "current", 0, 1),
        (AS_OF - timedelta(seconds=1), "ended", 1, 0),
        (None, "open", 0, 1),
    ],
)
def test_a_list_that_has_ended_tells_nothing(rows, next_update, state, ended, covered):
    rows.served("a.example.com")
    rows.revocation_list(next_update=next_update)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert found.tables["lists"][["state", "in_service"]].to_numpy().tolist() == [[state, 1]]
    assert values(found)["lists_ended"] == ended
    assert values(found)["revoked_in_service"] == (0 if covered else None)
    assert values(found)["not_covered"] == 1 - covered


def test_a_revocation_stands_even_on_a_list_that_has_ended(rows):
    rows.revoked(rows.served("a.example.com"))
    rows.revocation_list(at=AS_OF - 50 * DAY)
    assert values(revoked(rows.estate(), as_of=AS_OF))["revoked_in_service"] == 1


def test_the_newest_list_of_an_issuer_counts(rows):
    rows.served("a.example.com")
    rows.revocation_list(at=AS_OF - 20 * DAY)
    rows.revocation_list(at=AS_OF - 2 * DAY)
    rows.revocation_list(at=AS_OF + DAY)
    rows.revocation_list("CN=Somebody Else", at=AS_OF - 50 * DAY)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert told(found.kpis["lists_ended"]) == (0, 1, None)
    assert len(found.tables["lists"]) == 2


def test_a_serial_number_alone_is_never_enough(rows):
    certificate = rows.served("a.example.com")
    rows.revoked(certificate, issuer_dn="CN=Somebody Else")
    rows.revoked(certificate, issuer_dn=None, issuer_key_hash="ff" * 20)
    assert values(revoked(rows.estate(), as_of=AS_OF))["revoked_in_service"] is None


def test_one_name_written_in_two_ways(rows):
    rows.revoked(rows.served("a.example.com"), issuer_dn="O = example trust, CN = Example Issuing 1")
    rows.revocation_list("O=Example Trust, CN=Example Issuing 1")
    found = revoked(rows.estate(), as_of=AS_OF)
    assert values(found)["revoked_in_service"] == 1
    assert found.tables["issuers"]["list_state"].tolist() == ["current"]


def test_two_cas_of_one_name_have_two_keys(rows):
    certificate = rows.served("a.example.com", authority_key_id="aa")
    rows.revoked(certificate, authority_key_id="bb")
    rows.revocation_list(authority_key_id="bb")
    assert values(revoked(rows.estate(), as_of=AS_OF))["revoked_in_service"] is None


def test_an_ocsp_response_names_the_issuer_by_its_key(rows):
    key = "ab" * 20
    good = rows.served("good.example.com", authority_key_id=key)
    bad = rows.served("bad.example.com", authority_key_id=key)
    stale = rows.served("stale.example.com", authority_key_id=key)
    said = {"system": "ocsp", "issuer_dn": None, "issuer_key_hash": key}
    rows.revoked(good, status="good", revoked_at=None, next_update=AS_OF + DAY, **said)
    rows.revoked(bad, **said)
    rows.revoked(stale, status="good", revoked_at=None, next_update=AS_OF - DAY, **said)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert told(found.kpis["revoked_in_service"]) == (
        1,
        2,
        "1 certificate of which no current list, valid OCSP response or record tells",
    )
    assert found.frame["said_by"][0].tolist() == ["ocsp"]


def test_a_hold_may_end_and_a_revocation_does_not(rows):
    held, back = rows.served("held.example.com"), rows.served("back.example.com")
    gone = rows.served("gone.example.com")
    rows.revoked(held, status="hold")
    rows.revoked(back, status="hold", at=AS_OF - 9 * DAY)
    rows.revoked(back, status="removed", at=AS_OF - 2 * DAY)
    rows.revoked(gone, at=AS_OF - 9 * DAY)
    rows.revoked(gone, status="removed", at=AS_OF - 2 * DAY)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert dict(zip(found.frame["subject_cn"], found.frame["status"], strict=True)) == {
        "held.example.com": "hold",
        "gone.example.com": "revoked",
    }


def test_what_a_manager_records(rows):
    rows.recorded(rows.served("a.example.com"), state="Revoked")
    rows.recorded(rows.served("b.example.com"), state="issued", revoked_at=AS_OF - 4 * DAY)
    rows.recorded(rows.served("c.example.com"), state="issued")
    rows.recorded(rows.served("d.example.com"), state="issued", revoked_at=AS_OF + DAY)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert dict(zip(found.frame["subject_cn"], found.frame["served"], strict=True)) == {
        "a.example.com": "time not known",
        "b.example.com": "after revocation",
    }
    assert told(found.kpis["revoked_in_service"])[:2] == (2, 2)  # that a record says `issued` is no proof


def test_what_is_said_later_is_not_known_yet(rows):
    rows.revoked(rows.served("a.example.com"), at=AS_OF + DAY)
    rows.revocation_list(at=AS_OF + DAY)
    assert values(revoked(rows.estate(), as_of=AS_OF))["revoked_in_service"] is None


def test_a_self_signed_certificate_cannot_be_revoked(rows):
    rows.served("own.example.com", is_self_issued=True)
    found = revoked(rows.estate(), as_of=AS_OF)
    assert found.kpis["not_covered"].value is None


def test_a_scope_and_an_estate_without_scans(rows):
    rows.revoked(rows.served("a.example.com"))
    estate = rows.estate()
    assert values(revoked(estate, as_of=AS_OF, scope="subject_cn = 'a.example.com'"))["revoked_in_service"] == 1
    assert set(values(revoked(estate, as_of=AS_OF, scope="false")).values()) == {None}


def test_not_to_be_on_a_list_is_no_good_news(rows):
    """A CA may split its list, and only one part may be loaded."""
    key = "ab" * 20
    certificate = rows.served("a.example.com", authority_key_id=key)
    rows.revocation_list()
    kpi = revoked(rows.estate(), as_of=AS_OF).kpis["revoked_in_service"]
    assert (kpi.value, kpi.tone) == (0, "neutral")
    said = {"system": "ocsp", "issuer_dn": None, "issuer_key_hash": key, "revoked_at": None}
    rows.revoked(certificate, status="good", next_update=AS_OF + DAY, **said)
    assert revoked(rows.estate(), as_of=AS_OF).kpis["revoked_in_service"].tone == "good"
