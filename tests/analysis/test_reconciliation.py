"""What logs, scans and inventories know in common, and what only one of them knows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.coverage.reconciliation import three_ways

DAY = timedelta(days=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def tiers(rows):
    """By what each certificate is matched, by its name."""
    frame = rows.estate().query(
        "SELECT c.subject_cn, r.* FROM reconciliation($as_of) AS r JOIN certificate AS c ON c.identity = r.certificate",
        as_of=AS_OF,
    )
    return {row["subject_cn"]: row for row in frame.to_dict("records")}


def configured(rows, certificate, host=None, *, port=443, source="f5", **columns):
    return rows.seen(certificate, host, port=port, source=source, kind="config", **columns)


@pytest.mark.parametrize(
    ("also", "tier", "confidence"),
    [
        (lambda rows, logged: rows.seen(logged, "x.example.com"), "same certificate", 1.0),
        (lambda rows, logged: rows.recorded(logged), "same certificate", 1.0),
        (lambda rows, logged: rows.seen(logged, None, kind="file", path="a.pem"), "same certificate", 1.0),
        (lambda rows, logged: configured(rows, logged, "x.example.com"), "same certificate", 1.0),
        (lambda rows, logged: rows.asset(logged), "same certificate", 1.0),
        (lambda rows, logged: rows.served("y.example.com", spki_sha256="K"), "same key", 0.8),
        (lambda rows, logged: rows.served("a.example.com", days=5), "same names", 0.5),
        (lambda rows, logged: rows.served(["a.example.com", "b.example.com"]), None, None),
        (lambda rows, logged: rows.logged(rows.certificate("a.example.com", days=5)), None, None),
    ],
    ids=["endpoint", "record", "file", "config", "asset", "key", "names", "other names", "another entry"],
)
def test_by_what_a_logged_certificate_is_matched(rows, also, tier, confidence):
    logged = rows.logged(rows.certificate("a.example.com", spki_sha256="K", identity="a" * 64))
    also(rows, logged)
    frame = rows.estate().query("SELECT * FROM reconciliation($as_of) WHERE certificate = repeat('a', 64)", as_of=AS_OF)
    row = frame.astype(object).where(frame.notna(), None).iloc[0]
    assert (row["match_tier"], row["match_confidence"]) == (tier, confidence)
    assert row["log_tier"] == "same certificate"


def test_a_precertificate_in_the_log_is_the_certificate_served(rows):
    rows.served("a.example.com", tbs_sha256="T")
    rows.logged(rows.certificate("a.example.com", tbs_sha256="T", is_precert=True))
    row = tiers(rows)["a.example.com"]
    assert (row["log_tier"], row["scan_tier"]) == ("precertificate", "same certificate")
    assert (row["match_tier"], row["match_confidence"]) == ("precertificate", 0.99)


def test_what_a_manager_describes_by_issuer_and_serial_number(rows):
    rows.served("a.example.com", serial_hex="0102030405060708")
    described = rows.certificate(
        "a.example.com", serial_hex="0102030405060708", identity="serial:1", evidence="parsed", tbs_sha256=None
    )
    rows.tables["certificate"][-1].update(sha256=None, sha1=None)
    rows.recorded(described)
    row = tiers(rows)["a.example.com"]
    assert (row["inventory_tier"], row["match_tier"], row["match_confidence"]) == ("description", "description", 0.95)


def test_two_places_are_asked_for_and_a_twin_in_the_same_place_is_none(rows):
    rows.served("a.example.com", spki_sha256="K")
    rows.served("b.example.com", spki_sha256="K")
    assert {row["match_tier"] for row in tiers(rows).values()} == {None}


@pytest.fixture
def estate(rows):
    """Eight certificates: logs, scans and inventories know some in common."""
    rows.person("ann")
    rows.asset("all.example.com", owner="ann")
    every = rows.logged(rows.served("all.example.com"))
    rows.recorded(every)
    rows.logged(rows.served("unowned.example.com"))
    rows.logged(rows.certificate("shadow.example.com"))
    rows.logged(rows.certificate("ended.example.com", days=-1))
    rows.logged(rows.certificate("young.example.com"), at=AS_OF - timedelta(hours=47))
    rows.recorded(rows.certificate("recorded.example.com"))
    rows.served("unlogged.example.com", issuer_o="DigiCert Inc", sct_count=0)
    rows.served("private.example.com", sct_count=0)
    return rows


def test_figures(estate):
    found = three_ways(estate.estate(), as_of=AS_OF)
    assert values(found) == {
        "matched": pytest.approx(2 / 8),
        "shadow": 2,
        "shadow_rate": pytest.approx(2 / 4),
        "reconciled": pytest.approx(1 / 3),
        "ghosts": None,
        "no_sign_of_log": 1,
        "internal_names": 0,
    }
    assert found.kpis["reconciled"].excluded == "1 certificate known for a shorter time"
    assert found.kpis["no_sign_of_log"].denominator == 3
    assert found.kpis["ghosts"].sentence == (
        "Ghosts cannot be told: no loaded export says where a system is set up to serve a certificate."
    )
    assert found.tables["no_sign_of_log"]["subject_cn"].tolist() == ["unlogged.example.com"]
    assert set(found.tables["shadow"]["subject_cn"]) == {"shadow.example.com", "young.example.com"}
    assert found.headline == ("2 certificates are valid, public and known from Certificate Transparency logs alone.")


def test_frame_counts_every_certificate_once(estate):
    frame = three_ways(estate.estate(), as_of=AS_OF).frame
    places = {(row.in_log, row.in_scan, row.in_inventory): row.certificates for row in frame.itertuples()}
    assert places == {
        (True, True, True): 1,
        (True, True, False): 1,
        (True, False, False): 3,
        (False, False, True): 1,
        (False, True, False): 2,
    }


def test_a_scope_bounds_everything_but_what_it_is_matched_with(estate):
    estate.certificate("scoped.example.com", spki_sha256="K")
    logged = estate.logged(estate.tables["certificate"][-1]["identity"])
    estate.served("elsewhere.example.net", spki_sha256="K")
    found = three_ways(estate.estate(), as_of=AS_OF, scope=f"certificate = '{logged}'")
    assert (found.kpis["shadow"].value, found.kpis["shadow"].denominator) == (0, 1)
    assert found.kpis["matched"].value == 1


def test_an_embedded_sct_or_a_loaded_log_is_a_sign_and_a_partial_certificate_tells_nothing(rows):
    public = {"issuer_o": "DigiCert Inc"}
    rows.served("sct.example.com", **public, sct_count=1)
    rows.logged(rows.served("logged.example.com", **public, sct_count=0))
    rows.served("partial.example.com", **public, sct_count=None, evidence="parsed")
    kpi = three_ways(rows.estate(), as_of=AS_OF).kpis["no_sign_of_log"]
    assert (kpi.value, kpi.denominator) == (0, 2)
    assert kpi.excluded == "1 certificate not seen in full, whose SCTs are not known"


def test_where_no_certificate_is_known_to_be_public_none_is_missed_in_logs(rows):
    rows.served("a.example.com", sct_count=0)
    kpi = three_ways(rows.estate(), as_of=AS_OF).kpis["no_sign_of_log"]
    assert kpi.value is None
    assert kpi.sentence == "None of the certificates in service is known to be a public one."


def test_nothing_is_said_of_logs_that_are_not_loaded(rows):
    rows.served("a.example.com")
    found = three_ways(rows.estate(), as_of=AS_OF)
    assert {name for name, value in values(found).items() if value is None} == {
        "matched",
        "shadow",
        "shadow_rate",
        "reconciled",
        "ghosts",
        "internal_names",
    }
    assert found.headline == (
        "Certificates cannot be compared: fewer than two of logs, scans and inventories are loaded."
    )


class TestGhosts:
    """A system is set up to serve it, and no endpoint does."""

    def ghosts(self, rows):
        found = three_ways(rows.estate(), as_of=AS_OF)
        kpi = found.kpis["ghosts"]
        return kpi.value, kpi.denominator, kpi.excluded

    def test_a_place_that_shows_another_certificate(self, rows):
        configured(rows, rows.certificate("a.example.com"), "a.example.com")
        rows.served("b.example.com", "a.example.com")
        assert self.ghosts(rows) == (1, 1, None)

    def test_a_place_that_refused(self, rows):
        configured(rows, rows.certificate("a.example.com"), "a.example.com")
        rows.probe("a.example.com", outcome="refused")
        assert self.ghosts(rows) == (1, 1, None)

    @pytest.mark.parametrize("order", [list, lambda rows: rows[::-1]], ids=["as written", "reversed"])
    def test_of_two_looks_at_one_moment_the_one_that_came_through_counts(self, rows, order):
        configured(rows, rows.certificate("a.example.com"), "a.example.com")
        for outcome in ("timeout", "refused", "filtered"):
            rows.probe("a.example.com", outcome=outcome)
        found = three_ways(rows.estate(order), as_of=AS_OF).tables["ghosts"]
        assert found["reached"].tolist() == [True]

    def test_what_no_scan_reached_is_told_apart(self, rows):
        configured(rows, rows.certificate("a.example.com"), "a.example.com")
        configured(rows, rows.certificate("b.example.com"), "b.example.com")
        rows.served("c.example.com", "a.example.com")
        assert three_ways(rows.estate(), as_of=AS_OF).kpis["ghosts"].sentence == (
            "1 certificate some system is set up to serve is presented by no endpoint, though a scan reached the "
            "place; of 1 more no scan did."
        )

    def test_a_certificate_that_is_served(self, rows):
        configured(rows, rows.served("a.example.com"), "a.example.com")
        assert self.ghosts(rows) == (0, 0, None)

    @pytest.mark.parametrize(
        "look",
        [
            lambda rows: rows.served("b.example.com"),
            lambda rows: rows.served("b.example.com", "a.example.com", port=8443),
            lambda rows: rows.probe("a.example.com", outcome="timeout"),
            lambda rows: rows.seen(rows.certificate("b.example.com"), "a.example.com", at=AS_OF - 46 * DAY),
        ],
        ids=["another place", "another port", "not reached", "too long ago"],
    )
    def test_a_place_that_was_not_reached_tells_nothing(self, rows, look):
        configured(rows, rows.certificate("a.example.com"), "a.example.com")
        rows.served("elsewhere.example.com")
        look(rows)
        found = three_ways(rows.estate(), as_of=AS_OF)
        assert found.kpis["ghosts"].value is None
        assert found.kpis["ghosts"].sentence == (
            "1 certificate some system is set up to serve is presented by no endpoint, but no scan of the last 45 days "
            "reached the place."
        )
        assert found.tables["ghosts"]["reached"].tolist() == [False]

    def test_a_place_by_address_and_one_without_a_place(self, rows):
        configured(rows, rows.certificate("a.example.com"), None, ip="192.0.2.1", port=None)
        configured(rows, rows.certificate("b.example.com"), None, port=None, resource="/Common/b")
        rows.served("x.example.com", "x.example.com", ip="192.0.2.1")
        rows.served("y.example.com", "b.example.com")
        assert self.ghosts(rows) == (2, 2, None)

    def test_a_newer_setting_replaces_the_older(self, rows):
        configured(rows, rows.certificate("old.example.com"), "a.example.com", at=AS_OF - 9 * DAY)
        configured(rows, rows.served("new.example.com", "a.example.com"), "a.example.com", at=AS_OF - DAY)
        assert self.ghosts(rows) == (0, 0, None)

    def test_an_ended_certificate_is_none(self, rows):
        configured(rows, rows.certificate("a.example.com", days=-1), "a.example.com")
        rows.probe("a.example.com")
        assert self.ghosts(rows) == (0, 0, None)


class TestInternalNames:
    """Names for inside alone that a log now holds for good."""

    def names(self, rows):
        frame = three_ways(rows.estate(), as_of=AS_OF).tables["internal_names"]
        return dict(zip(frame["name"], frame["reason"], strict=True))

    def test_by_form(self, rows):
        names = [
            "intranet",
            "db.internal",
            "nas.home.arpa",
            "printer.local",
            "www.example.com",
            "local.example.com",
            "internal.example",
        ]
        rows.logged(rows.certificate(names, san_ip=["10.1.2.3", "192.0.2.1", "fd00::1", "172.32.0.1", "172.31.0.1"]))
        assert self.names(rows) == {
            "intranet": "single label",
            "db.internal": "name for private use (.internal)",
            "nas.home.arpa": "name of a home network (home.arpa)",
            "printer.local": "name of a local link (.local)",
            "10.1.2.3": "private address",
            "172.31.0.1": "private address",
            "fd00::1": "unique local address",
        }

    def test_by_the_zones_loaded(self, rows):
        load = rows.load("dns-zone")
        for name, value in (
            ("in.example.com", "10.0.0.1"),
            ("both.example.com", "10.0.0.1"),
            ("both.example.com", "192.0.2.1"),
            ("out.example.com", "192.0.2.1"),
        ):
            row = {"name": name, "record_type": "A", "value": value, "zone": "example.com", "observed_at": AS_OF}
            rows.add("dns_record", load=load, locator="line", system="zone-file", **row)
        rows.logged(rows.certificate(["in.example.com", "both.example.com", "out.example.com"]))
        assert self.names(rows) == {"in.example.com": "the zones loaded give it private addresses alone"}

    def test_what_was_not_logged_is_not_leaked(self, rows):
        rows.served("db.internal")
        rows.logged(rows.certificate("a.example.com"))
        assert self.names(rows) == {}


def test_an_empty_scope(estate):
    found = three_ways(estate.estate(), as_of=AS_OF, scope="false")
    assert found.frame.empty
    assert found.kpis["matched"].sentence == "No certificate in this scope is known."
    assert found.kpis["shadow_rate"].value is None


def test_what_is_computed_once_for_a_moment_holds_for_that_moment_alone(rows):
    """Questions about one moment share a view; another moment, asked before or after, gets its own."""
    rows.logged(rows.certificate("a.example.com"), at=AS_OF - 9 * DAY)
    rows.logged(rows.certificate("b.example.com"), at=AS_OF - DAY)
    rows.served("x.example.com", at=AS_OF - 9 * DAY)
    estate = rows.estate()
    counted = "SELECT count(*) AS n FROM reconciliation($as_of)"
    for moment, shadows in ((AS_OF, 2), (AS_OF - 5 * DAY, 1), (AS_OF, 2)):
        assert len(estate.ask("shadow_certificates", as_of=moment)) == shadows
        assert estate.query(counted, as_of=AS_OF)["n"][0] == 3
        assert estate.query(counted, as_of=AS_OF - 5 * DAY)["n"][0] == 2
