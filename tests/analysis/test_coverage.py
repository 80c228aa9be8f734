"""Which sources know what, how fresh they are, and what nobody saw."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.coverage.looks import freshness, sources
from certanalytics.analysis.coverage.unseen import never_seen

DAY = timedelta(days=1)


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


class TestSources:
    """Who knows what alone."""

    def test_alone_and_in_common(self, rows):
        rows.served("scan.example.com")
        rows.logged(rows.certificate("log.example.com"))
        rows.logged(rows.served("both.example.com"))
        rows.recorded(rows.logged(rows.served("all.example.com")))
        found = sources(rows.estate(), as_of=AS_OF)
        frame = found.frame.set_index("source")
        assert frame[["certificates", "alone"]].to_numpy().tolist() == [[3, 1], [3, 1], [1, 0]]
        assert list(frame.index) == ["nmap-xml", "ct-get-entries", "digicert-orders-json"]
        sets = {tuple(row.sources): row.certificates for row in found.tables["sets"].itertuples()}
        assert sets == {
            ("nmap-xml",): 1,
            ("ct-get-entries",): 1,
            ("ct-get-entries", "nmap-xml"): 1,
            ("ct-get-entries", "digicert-orders-json", "nmap-xml"): 1,
        }
        assert values(found)["known_once"] == pytest.approx(2 / 4)
        assert found.headline == "2 of 4 certificates (50.0 %) are known to one source only."

    def test_one_certificate_is_known(self, rows):
        rows.served("a.example.com")
        found = sources(rows.estate(), as_of=AS_OF)
        assert found.headline == "1 of 1 certificate (100.0 %) is known to one source only."

    def test_a_source_that_met_no_certificate_still_looked(self, rows):
        rows.served("a.example.com")
        rows.probe("b.example.com", source="sslyze-json")
        frame = sources(rows.estate(), as_of=AS_OF).frame.set_index("source")
        assert frame.loc["sslyze-json", ["certificates", "endpoints", "answered"]].tolist() == [0, 1, 0]

    def test_critical_services(self, rows):
        rows.asset("twice.example.com", criticality="critical", service="twice")
        rows.asset("once.example.com", criticality="critical", service="once")
        rows.asset("scanned.example.com", criticality="critical", service="scanned by two")
        rows.logged(rows.served("twice.example.com"))
        rows.logged(rows.certificate("once.example.com"))
        seen = rows.served("scanned.example.com")
        rows.seen(seen, "scanned.example.com", source="sslyze-json")
        kpi = sources(rows.estate(), as_of=AS_OF).kpis["critical_multi_source"]
        assert (kpi.value, kpi.numerator, kpi.denominator) == (pytest.approx(1 / 3), 1, 3)
        assert "(1 of 3 critical services)" in sources(rows.estate(), as_of=AS_OF).explain().markdown()

    def test_critical_services_that_nobody_names(self, rows):
        rows.served("a.example.com")
        kpi = sources(rows.estate(), as_of=AS_OF).kpis["critical_multi_source"]
        assert kpi.sentence == "Which services are critical cannot be told: no loaded export says so."
        rows.asset("b.example.com", criticality="critical", service="b")
        assert sources(rows.estate(), as_of=AS_OF).kpis["critical_multi_source"].value is None


class TestFreshness:
    """When anyone last looked."""

    def test_figures(self, rows):
        rows.served("a.example.com", ip="192.0.2.1", at=AS_OF - 2 * DAY)
        rows.served("b.example.com", ip="192.0.2.9", at=AS_OF - 90 * DAY)
        rows.probe("c.example.com", ip="198.51.100.7", at=AS_OF - 4 * DAY, outcome="refused")
        rows.asset("d", ip="203.0.113.5")
        found = freshness(rows.estate(), as_of=AS_OF)
        frame = found.frame.set_index("network")
        assert list(frame.index) == ["203.0.113.0/24", "198.51.100.0/24", "192.0.2.0/24"]
        columns = ["addresses", "endpoints", "answered", "days_since_look", "median_age", "stale", "never_looked_at"]
        told = frame[columns].astype(object).where(frame[columns].notna(), None)
        assert told.to_numpy().tolist() == [
            [1, 0, 0, None, None, 0, 1],
            [1, 1, 0, 4, 4, 0, 0],
            [2, 2, 2, 2, 46, 1, 0],
        ]
        assert values(found) == {
            "median_age": 4,
            "p95_age": pytest.approx(4 + 0.9 * 86),  # between the second and third of three
            "stale_share": pytest.approx(1 / 3),
            "ranges_in_time": pytest.approx(2 / 3),
        }
        assert found.headline == (
            "1 of 3 network ranges was not looked at within 45 days; at 1 of them nobody ever looked."
        )
        scoped = freshness(rows.estate(), as_of=AS_OF, scope="false")
        assert scoped.frame.equals(found.frame)
        assert "not looks: these are of the whole estate." in scoped.caveats[-1]

    @pytest.mark.parametrize(
        ("ip", "network"),
        [
            ("2001:db8::1", "2001:db8::/48"),
            ("2001:db8:1:2::1", "2001:db8:1::/48"),
            ("2001:0db8:0001:0000:0000:0000:0000:0001", "2001:db8:1::/48"),
            ("2001::1:2:3:4:5:6", "2001:0:1::/48"),
            ("::1", "::/48"),
            ("::ffff:192.0.2.1", "192.0.2.0/24"),
            ("fe80::1%eth0", "fe80::/48"),
        ],
    )
    def test_ranges_of_ipv6(self, rows, ip, network):
        rows.probe(None, ip=ip)
        assert freshness(rows.estate(), as_of=AS_OF).frame["network"].tolist() == [network]

    def test_the_newest_look_by_anyone_counts(self, rows):
        certificate = rows.served("a.example.com", ip="192.0.2.1", at=AS_OF - 90 * DAY)
        rows.seen(certificate, "a.example.com", ip="192.0.2.1", source="sslyze-json", at=AS_OF - DAY)
        found = freshness(rows.estate(), as_of=AS_OF)
        assert (values(found)["median_age"], values(found)["stale_share"]) == (1, 0)
        assert found.tables["sources"].set_index("source")["stale"].to_dict() == {"nmap-xml": 1, "sslyze-json": 0}

    def test_a_monitor_that_saw_no_certificate_did_not_look(self, rows):
        rows.probe("a.example.com", ip="192.0.2.1", kind="passive")
        rows.logged(rows.certificate("a.example.com"))
        found = freshness(rows.estate(), as_of=AS_OF)
        assert found.headline == "How fresh looks at endpoints are cannot be told: no scan is loaded."
        assert set(values(found).values()) == {None}


def known(rows, number, *, log=False, scan=False, record=False, domain="example.com", **columns):
    for _ in range(number):
        place = f"h{len(rows.tables['certificate'])}.{domain}"
        certificate = rows.certificate(place, **columns)
        if log:
            rows.logged(certificate)
        if scan:
            rows.seen(certificate, place)
        if record:
            rows.recorded(certificate)


class TestUnseen:
    """How many nobody saw, and when that cannot be told."""

    def test_two_lists(self, rows):
        known(rows, 7, scan=True, record=True)
        known(rows, 1, record=True)
        known(rows, 3, scan=True)
        found = never_seen(rows.estate(), as_of=AS_OF)
        row = found.frame.iloc[0]
        assert (row["lists"], row["first"], row["second"], row["common"]) == ("inventories × scans", 8, 10, 7)
        assert row["total"] == pytest.approx(9 * 11 / 8 - 1)
        assert values(found)["completeness"] == pytest.approx(8 / (9 * 11 / 8 - 1))
        assert (values(found)["population"], found.kpis["unseen"].value) == (11, pytest.approx(0.375))
        assert found.frame["refused"].tolist()[1:] == ["logs know no certificate here"] * 3

    def test_three_lists(self, rows):
        for number, places in ((9, "lsr"), (8, "ls"), (8, "lr"), (8, "sr"), (10, "l"), (10, "s"), (10, "r")):
            known(rows, number, log="l" in places, scan="s" in places, record="r" in places)
        found = never_seen(rows.estate(), as_of=AS_OF)
        row = found.frame.iloc[3]
        assert (row["seen"], row["first"]) == (63, 35)
        assert found.kpis["completeness"].denominator == pytest.approx(row["total"])
        assert "by comparing inventories × scans × logs" in found.headline

    def test_what_a_third_kind_of_source_knows_is_not_called_known_to_nobody(self, rows):
        known(rows, 7, log=True, scan=True, record=True)
        known(rows, 4, log=True, record=True)
        known(rows, 4, log=True, scan=True)
        known(rows, 2, log=True)  # which inventories and scans do not know: 12 × 12 / 8 - 1 - 15 = 2
        found = never_seen(rows.estate(), as_of=AS_OF)
        assert found.frame.iloc[3]["refused"]
        assert found.kpis["unseen"].sentence.startswith(
            "Inventories and scans together miss about 2 certificates of these (95 %: "
        )
        assert found.kpis["unseen"].sentence.endswith("; logs know 2 that those do not.")

    def test_logs_against_an_internal_scan_are_no_two_samples(self, rows):
        known(rows, 20, scan=True, sct_count=0)
        known(rows, 20, log=True)
        found = never_seen(rows.estate(), as_of=AS_OF)
        assert set(values(found).values()) == {None}
        assert "scans know no certificate that is public and valid" in found.frame.iloc[2]["refused"]

    def test_sources_of_different_domains_are_no_two_samples(self, rows):
        known(rows, 8, scan=True, record=True)
        known(rows, 30, record=True, domain="example.org")
        found = never_seen(rows.estate(), as_of=AS_OF)
        assert found.frame.iloc[0]["refused"] == (
            "only 8 of the 38 public, valid certificates inventories know have a domain that all of these cover: they "
            "did not look at the same population"
        )
        assert found.headline.startswith("How many certificates nobody saw cannot be told: ")

    def test_too_few_in_common(self, rows):
        known(rows, 6, scan=True, record=True)
        known(rows, 6, record=True)
        known(rows, 6, scan=True)
        assert never_seen(rows.estate(), as_of=AS_OF).frame.iloc[0]["refused"] == (
            "inventories and scans have 6 certificates in common, and fewer than 7 say too little"
        )

    def test_what_a_scan_would_have_seen_is_not_unseen(self, rows):
        """Recorded, not served, though the scan reached the host: out of service, and in no population."""
        known(rows, 7, scan=True, record=True)
        known(rows, 2, record=True)
        rows.recorded(rows.certificate("gone.example.com"))
        rows.probe("gone.example.com", outcome="refused")
        rows.recorded(rows.certificate("renewed.example.com", days=5))
        rows.served("renewed.example.com", days=80)
        found = never_seen(rows.estate(), as_of=AS_OF)
        assert (found.frame.iloc[0]["first"], found.frame.iloc[0]["second"]) == (9, 8)
        assert found.kpis["completeness"].excluded == "2 certificates known not to be in service"

    def test_ended_and_private_ones_are_left_out_and_counted(self, rows):
        known(rows, 8, scan=True, record=True)
        known(rows, 2, scan=True, sct_count=0)
        known(rows, 1, record=True, days=-1)
        kpi = never_seen(rows.estate(), as_of=AS_OF).kpis["completeness"]
        assert (kpi.value, kpi.excluded) == (1, "3 certificates not public and valid")

    def test_an_empty_scope(self, rows):
        known(rows, 8, scan=True, record=True)
        found = never_seen(rows.estate(), as_of=AS_OF, scope="false")
        assert set(values(found).values()) == {None}
