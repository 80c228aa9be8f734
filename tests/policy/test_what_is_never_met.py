"""Rows that look fine and of which nothing is known: where absence of evidence would read as *met*, it is NULL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from case_rows import DAY, domain_of, zoned
from estate_rows import AS_OF, Rows

from certanalytics.policy import check


def told(row, column):
    """Yes, no or nothing."""
    found = row[column]
    return None if found is None or str(found) in {"<NA>", "nan", "None"} else bool(found)


@pytest.fixture(scope="module")
def estate():
    """Every trap below in one estate, each under a name of its own."""
    rows = Rows()
    rows.recorded(rows.served("recorded.example.com"), at=AS_OF - 30 * DAY)

    root, issuing = rows.authority("Far Root", days=3000), rows.authority("Near CA", under="Far Root", days=900)
    rows.seen([rows.certificate("rooted.example.com", issuer_cn="Near CA"), issuing, root], "rooted.example.com")
    lone = rows.authority("Lone CA", under="Root nobody loaded", days=900)
    rows.seen([rows.certificate("lone.example.com", issuer_cn="Lone CA"), lone], "lone.example.com")
    top = rows.authority("Dated Root", days=3000)
    undated = rows.authority("Undated CA", under="Dated Root")
    rows.tables["certificate"][-1]["not_after"] = None
    rows.seen([rows.certificate("undated.example.com", issuer_cn="Undated CA"), undated, top], "undated.example.com")
    direct = rows.certificate("direct.example.com", issuer_cn="Far Root")
    rows.seen(direct, "direct.example.com", source="zgrab2-json")

    rows.revoked(rows.served("lookedbefore.example.com"), at=AS_OF - timedelta(hours=2))
    rows.revoked(rows.served("undatedrevocation.example.com"), revoked_at=None)
    stale = rows.served("staleanswer.example.com")
    rows.revoked(stale, status="good", system="ocsp", revoked_at=None, next_update=AS_OF - DAY)

    rows.logged(rows.certificate("fresh.example.com"), at=AS_OF - 3 * DAY)
    rows.logged(rows.certificate("recorded-examp1e.example"))

    zoned("digicert.com")(rows, "bothtold.example.com")
    zoned("digicert.com", san_dns=["beyond.example.com", domain_of("onetold.example.com")])(rows, "onetold.example.com")
    zoned("digicert.com", "ca.example")(rows, "unknownca.example.com")

    rows.served("named.example.com", spki_sha256="k")
    rows.served("nameless.example.net", "nameless.example.com", spki_sha256="k", san_dns=[], subject_cn=None)
    rows.tables["certificate"][-1].update(evidence="parsed")

    rows.person("leaver", at=AS_OF - 200 * DAY)
    rows.person("leaver", active=False, at=AS_OF - 100 * DAY)
    for host in ("firstkey.example.com", "samekey.example.com", "newkey.example.com"):
        rows.served(host, spki_sha256=f"new {host}")
        rows.asset(host, owner="leaver")
    rows.logged(rows.certificate("newkey.example.com", days=-50, lifetime=250))
    rows.logged(rows.certificate("samekey.example.com", days=-50, lifetime=250, spki_sha256="new samekey.example.com"))
    return rows.estate()


@pytest.fixture(scope="module")
def judged(estate):
    """A row of a question by the host it was made for."""
    frames = {}

    def row(question, host, column="display_name"):
        if question not in frames:
            frames[question] = estate.ask(question, as_of=AS_OF)
        return frames[question].set_index(column).loc[host]

    return row


@pytest.mark.parametrize(
    ("host", "outlives"),
    [
        ("rooted", False),
        ("lone", None),  # what stands above the last CA known may end tomorrow
        ("undated", None),  # so may a CA of which nobody says when it ends
        ("recorded", None),
        ("direct", False),
    ],
)
def test_a_path_lasts_only_where_it_is_known_to_a_root(judged, host, outlives):
    assert told(judged("judged_issuances", f"{host}.example.com"), "outlives_path") is outlives


def test_a_certificate_sent_alone_is_in_order_and_complete_under_a_known_root(judged):
    row = judged("judged_presentations", "direct.example.com", "host")
    assert (told(row, "in_order"), told(row, "complete"), list(row["ended_cas"])) == (True, True, [])


def test_an_end_that_is_not_known_has_not_passed_for_sure(judged):
    assert list(judged("judged_presentations", "rooted.example.com", "host")["ended_cas"]) == []
    assert told(judged("judged_presentations", "undated.example.com", "host"), "ended_cas") is None


@pytest.mark.parametrize("host", ["lookedbefore", "undatedrevocation", "staleanswer"])
def test_what_nobody_has_looked_at_since_is_not_known_to_be_served_revoked(estate, host):
    scope = f"list_contains(hosts, '{host}.example.com')"
    found = check(estate, "sp1800-16", as_of=AS_OF, scope=scope).frame.set_index("control").loc["SP-REV-3"]
    assert (found["state"], found["untold"], found["in_scope"]) == ("not assessable", 1, 1)


def test_a_record_older_than_the_log_entry_says_nothing(judged):
    assert told(judged("judged_issuances", "recorded.example.com"), "recorded") is True
    assert told(judged("judged_issuances", "fresh.example.com"), "recorded") is None


def test_a_certificate_for_a_look_alike_is_not_ones_own(judged):
    assert told(judged("judged_issuances", "fresh.example.com"), "is_own") is True
    assert told(judged("judged_issuances", "recorded-examp1e.example"), "is_own") is False


@pytest.mark.parametrize(
    ("host", "forbids", "other"),
    [("bothtold", False, False), ("onetold", None, None), ("unknownca", False, None), ("recorded", None, None)],
)
def test_caa_is_known_where_every_name_is_in_a_loaded_zone(judged, host, forbids, other):
    name = domain_of(f"{host}.example.com") if host != "recorded" else "recorded.example.com"
    row = judged("judged_issuances", name)
    assert (told(row, "caa_forbids"), told(row, "other_ca_may_issue")) == (forbids, other)
    assert told(row, "caa_forbade") is forbids


def test_a_key_with_names_nobody_knows_may_serve_any(judged):
    assert told(judged("judged_certificates", "named.example.com"), "key_name_sets") is None
    assert judged("judged_certificates", "recorded.example.com")["key_name_sets"] == 1


@pytest.mark.parametrize(("host", "changed"), [("newkey", True), ("firstkey", None), ("samekey", False)])
def test_a_key_was_changed_if_another_stood_there_before(judged, host, changed):
    """That nothing older is known of a key says nothing of its age: nobody may have loaded its first certificate."""
    assert told(judged("judged_contacts", f"{host}.example.com"), "key_changed") is changed


def test_attributes_are_missing_where_an_export_tells_them_of_others(estate):
    supply = estate.ask("attribute_supply", as_of=AS_OF).set_index("id")["supplied"].dropna().astype(bool)
    frame = estate.ask("judged_certificates", as_of=AS_OF).set_index("display_name")
    row = frame.loc["recorded.example.com"]
    assert (
        set(row["attributes_not_told"])
        == set(supply[~supply].index)
        == {"A13", "A15", "A16", "A17", "A19", "A20", "A21"}
    )
    assert set(row["attributes_missing"]) == {"A11", "A12", "A23", "A24"}


def test_a_compromised_key_outside_the_scope_is_compromised_all_the_same():
    rows = Rows()
    lost = rows.recorded(rows.certificate("lost.example.net", spki_sha256="k"))
    rows.revoked(lost, reason="keyCompromise")
    rows.served("kept.example.com", spki_sha256="k")
    rows.revoked(rows.tables["certificate"][-1]["identity"], status="good", system="ocsp", next_update=AS_OF + DAY)
    scope = "subject_cn = 'kept.example.com'"
    found = check(rows.estate(), "sp1800-16", as_of=AS_OF, scope=scope).frame.set_index("control").loc["SP-REV-1"]
    assert (found["state"], found["violating"]) == ("not met", 1)


def test_attributes_no_export_tells_are_not_assessable():
    rows = Rows()
    rows.served("a.example.com")
    found = check(rows.estate(), "sp1800-16", as_of=AS_OF).frame.set_index("control").loc["SP-INV-2"]
    assert (found["state"], found["untold"]) == ("not assessable", 1)
