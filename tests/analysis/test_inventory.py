"""Which certificates there are, in which class and state, and how fresh what we know of them is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.inventory.states import holdings

DAY = timedelta(days=1)
PRIVATE = {"sct_count": 0, "issuer_o": "Example Corp"}


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


@pytest.fixture
def estate(rows):
    """Five certificates and a client's: two live at three endpoints, one ended, one stale, one from a log."""
    wide = rows.served("a.example.com", days=40)
    rows.seen(wide, "b.example.com")
    rows.served("c.example.com", days=40, at=AS_OF - 3 * DAY, **PRIVATE)
    rows.served("ended.example.com", days=-3, is_self_issued=True)
    rows.served("stale.example.com", days=40, at=AS_OF - 50 * DAY)
    rows.logged(rows.certificate("logged.example.com"))
    rows.logged(rows.certificate("client.example.com", extended_key_usage=["clientAuth"]))
    rows.logged(rows.certificate("code.example.com", extended_key_usage=["codeSigning"]))
    rows.seen(rows.certificate("ghost.example.com"), None, kind="config", source="f5-config", resource="/Common/g")
    return rows.estate()


def test_figures(estate):
    found = holdings(estate, as_of=AS_OF)
    assert values(found) == {
        "certificates": 6,
        "trust_unknown": 0,
        "live": 2,  # the ended one is served, and not live
        "endpoint_ratio": 4 / 3,
        "endpoints_p95": 2,
        "endpoints_most": 2,
        "ghosts": 1,
        "stale": 1,
        "median_age": 3,  # of 1, 3 and 50 days
        "p95_age": pytest.approx(45.3),
        "older_than_window": pytest.approx(1 / 3),
        "revoked_in_service": None,
        "client_only": 1,
    }
    assert found.headline == "6 TLS server certificates are known; 2 are valid and presented by endpoints."
    assert found.kpis["certificates"].sentence == (
        "6 TLS server certificates are known; 4 public, 1 private, 1 self-signed."
    )
    assert found.kpis["ghosts"].sentence == (
        "1 valid certificate is set up to be served and presented by no endpoint; nobody looked there."
    )
    assert found.kpis["client_only"].sentence == (
        "1 certificate for clients only is known and not counted in the inventory; 1 more is for other purposes."
    )
    assert found.kpis["stale"].sentence.endswith("1 of them is valid and has no successor.")
    states = found.tables["states"].set_index("state")["certificates"]
    assert states[states > 0].to_dict() == {"live": 3, "stale": 1, "ghost": 1, "valid": 5, "expired": 1}


def test_what_is_for_clients_is_counted_whatever_the_scope(estate):
    found = holdings(estate, as_of=AS_OF, scope="trust = 'private'")
    assert (found.kpis["certificates"].value, found.kpis["client_only"].value) == (1, 1)
    assert found.tables["out_of_scope"]["purpose"].tolist() == ["client", "other"]


def test_without_a_scan_nothing_is_said_of_endpoints(rows):
    rows.logged(rows.certificate("a.example.com"))
    rows.seen(rows.certificate("g.example.com"), None, kind="config", source="f5-config", resource="/Common/g")
    found = holdings(rows.estate(), as_of=AS_OF)
    told = {name for name, value in values(found).items() if value is not None}
    assert told == {"certificates", "trust_unknown", "client_only"}
    assert found.headline == "2 TLS server certificates are known; which of them endpoints present cannot be told."
    assert (
        found.kpis["ghosts"].sentence == "What endpoints present is not known: no scan of the last 45 days is loaded."
    )


def test_a_ghost_where_somebody_looked_is_a_warning(rows):
    place = {"kind": "config", "source": "f5-config", "resource": "/Common/vs"}
    rows.seen(rows.certificate("a.example.com"), None, **place)
    rows.probe("a.example.com")
    kpi = holdings(rows.estate(), as_of=AS_OF).kpis["ghosts"]
    assert (kpi.value, kpi.tone) == (1, "warning")
    assert "at 1 of them somebody looked" in kpi.sentence


def test_no_ghosts_are_counted_where_nothing_says_what_is_set_up(rows):
    rows.served("a.example.com")
    assert holdings(rows.estate(), as_of=AS_OF).kpis["ghosts"].value is None


@pytest.mark.parametrize(("status", "revoked", "tone"), [("revoked", 1, "critical"), ("good", 0, "neutral")])
def test_revoked_in_service(rows, status, revoked, tone):
    rows.served("a.example.com", serial_hex="01")
    rows.served("b.example.com")
    row = {"load": rows.load("crl"), "locator": "1", "system": "crl", "serial_hex": "01", "status": status}
    row |= {"issuer_dn": "CN=Example Issuing 1,O=Example Trust", "next_update": AS_OF + DAY}
    rows.add("revocation", **row, observed_at=AS_OF - DAY)
    kpi = holdings(rows.estate(), as_of=AS_OF).kpis["revoked_in_service"]
    assert (kpi.value, kpi.denominator, kpi.tone) == (revoked, 1, tone)
    assert kpi.excluded == "1 certificate whose status nothing loaded tells"


def test_an_empty_scope(estate):
    found = holdings(estate, as_of=AS_OF, scope="false")
    assert found.headline == "No TLS server certificate in this scope is known."
    assert found.kpis["live"].value is None
    assert found.frame.empty
