"""What CAA records let CAs do, at issue and now (RFC 8659)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.transparency.caa import conformity

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BEFORE, AFTER = AS_OF - 100 * DAY, AS_OF - 2 * DAY
ISSUED = AS_OF - 60 * DAY
LETS_ENCRYPT, DIGICERT = "Let's Encrypt", "DigiCert Inc"


def zone(rows, *records, apex="example.com", at=(BEFORE, AFTER), ttl=300):
    """Snapshots of a zone: its SOA record, and others as ``(name, type, value)``."""
    for moment in at:
        for name, kind, value in ((apex, "SOA", "ns hostmaster 1 1 1 1 1"), *records):
            row = {"name": name, "record_type": kind, "value": value, "zone": apex, "ttl": ttl, "observed_at": moment}
            rows.add("dns_record", load=rows.load("dns-zone"), locator="line", system="zone-file", **row)


def served(rows, name="a.example.com", issuer=LETS_ENCRYPT, begins=ISSUED):
    host = name.replace("*", "star")
    return rows.served(name, host, begins=begins, ends=AS_OF + 30 * DAY, issuer_o=issuer)


def states(rows):
    """What is judged of each name: before the issue, after it, now."""
    frame = rows.estate().query("SELECT * FROM caa_judgement($as_of)", as_of=AS_OF)
    told = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {row["name"]: (row["before_issue"], row["after_issue"], row["now"]) for row in told}


ONLY_LETS_ENCRYPT = ("example.com", "CAA", '0 issue "letsencrypt.org"')


@pytest.mark.parametrize(
    ("records", "name", "issuer", "state"),
    [
        ([ONLY_LETS_ENCRYPT], "a.example.com", LETS_ENCRYPT, "allowed"),
        ([ONLY_LETS_ENCRYPT], "a.b.example.com", LETS_ENCRYPT, "allowed"),
        ([ONLY_LETS_ENCRYPT], "a.example.com", DIGICERT, "forbidden"),
        ([ONLY_LETS_ENCRYPT], "*.example.com", DIGICERT, "forbidden"),
        (
            [("example.com", "CAA", '0 issue "LetsEncrypt.org; validationmethods=dns-01"')],
            "a.example.com",
            LETS_ENCRYPT,
            "allowed",
        ),
        ([("example.com", "CAA", '0 issue ";"')], "a.example.com", LETS_ENCRYPT, "forbidden"),
        ([("example.com", "CAA", '0 issue ";"')], "a.example.com", "Nobody Knows CA", "forbidden"),
        ([("example.com", "CAA", '0 iodef "mailto:x@example.com"')], "a.example.com", DIGICERT, "open"),
        ([], "a.example.com", DIGICERT, "open"),
        (
            [ONLY_LETS_ENCRYPT, ("example.com", "CAA", '0 issuewild "digicert.com"')],
            "*.example.com",
            DIGICERT,
            "allowed",
        ),
        (
            [ONLY_LETS_ENCRYPT, ("example.com", "CAA", '0 issuewild "digicert.com"')],
            "*.example.com",
            LETS_ENCRYPT,
            "forbidden",
        ),
        (
            [ONLY_LETS_ENCRYPT, ("example.com", "CAA", '0 issuewild "digicert.com"')],
            "a.example.com",
            DIGICERT,
            "forbidden",
        ),
        ([("example.com", "CAA", '0 issuewild "digicert.com"')], "a.example.com", LETS_ENCRYPT, "open"),
        # the nearest set counts, even if it allows more
        (
            [ONLY_LETS_ENCRYPT, ("b.example.com", "CAA", '0 issue "digicert.com"')],
            "a.b.example.com",
            DIGICERT,
            "allowed",
        ),
        (
            [ONLY_LETS_ENCRYPT, ("b.example.com", "CAA", '0 issue "digicert.com"')],
            "a.b.example.com",
            LETS_ENCRYPT,
            "forbidden",
        ),
        (
            [ONLY_LETS_ENCRYPT, ("b.example.com", "CAA", '0 issue "digicert.com"')],
            "c.example.com",
            LETS_ENCRYPT,
            "allowed",
        ),
        # what is not known does not forbid
        ([("example.com", "CAA", '0 issue "unheard.example"')], "a.example.com", LETS_ENCRYPT, "cannot tell"),
        ([ONLY_LETS_ENCRYPT], "a.example.com", "Nobody Knows CA", "cannot tell"),
        ([ONLY_LETS_ENCRYPT, ("example.com", "CAA", '128 tbs "x"')], "a.example.com", LETS_ENCRYPT, "cannot tell"),
        # aliases: the target's set counts, there is no climbing from the target
        (
            [ONLY_LETS_ENCRYPT, ("a.example.com", "CNAME", "cdn.example.net")],
            "a.example.com",
            LETS_ENCRYPT,
            "cannot tell",
        ),
        (
            [
                ONLY_LETS_ENCRYPT,
                ("a.example.com", "CNAME", "t.example.com"),
                ("t.example.com", "CAA", '0 issue "digicert.com"'),
            ],
            "a.example.com",
            DIGICERT,
            "allowed",
        ),
        (
            [
                ("x.example.com", "CAA", '0 issue "digicert.com"'),
                ONLY_LETS_ENCRYPT,
                ("a.example.com", "CNAME", "t.x.example.com"),
                ("t.x.example.com", "A", "192.0.2.1"),
            ],
            "a.example.com",
            LETS_ENCRYPT,
            "allowed",
        ),
        # another zone answers below a cut, and perhaps under a wildcard record
        ([ONLY_LETS_ENCRYPT, ("b.example.com", "NS", "ns.example.net")], "a.b.example.com", DIGICERT, "cannot tell"),
        ([ONLY_LETS_ENCRYPT, ("example.com", "NS", "ns.example.net")], "a.example.com", DIGICERT, "forbidden"),
        ([ONLY_LETS_ENCRYPT, ("*.example.com", "CNAME", "cdn.example.net")], "a.example.com", DIGICERT, "cannot tell"),
        (
            [ONLY_LETS_ENCRYPT, ("*.example.com", "CNAME", "cdn.example.net"), ("a.example.com", "A", "192.0.2.1")],
            "a.example.com",
            DIGICERT,
            "forbidden",
        ),
    ],
)
def test_the_relevant_records(rows, records, name, issuer, state):
    zone(rows, *records)
    served(rows, name, issuer)
    assert states(rows) == {name: (state, state, state)}


def test_a_zone_below_the_registered_domain_without_records_does_not_tell(rows):
    zone(rows, apex="b.example.com")
    served(rows, "a.b.example.com", DIGICERT)
    assert states(rows) == {"a.b.example.com": ("cannot tell",) * 3}


def test_names_in_no_zone_are_not_judged(rows):
    zone(rows, apex="example.org")
    served(rows)
    assert states(rows) == {}


class TestAtIssue:
    """A violation is known before, and confirmed after."""

    def figures(self, rows):
        found = conformity(rows.estate(), as_of=AS_OF)
        return found.kpis["caa_violations"], found

    def test_a_violation(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT)
        served(rows, issuer=DIGICERT)
        served(rows, "b.example.com")
        kpi, found = self.figures(rows)
        assert (kpi.value, kpi.denominator, kpi.tone) == (1, 2, "critical")
        assert found.frame[["name", "at_issue", "renewal"]].to_numpy().tolist() == [
            ["a.example.com", "violation", "blocked"]
        ]
        assert found.headline == (
            "1 certificate was issued by a CA that the zone did not let issue; 1 certificate in service cannot be "
            "renewed by its CA: CAA does not list it."
        )

    def test_issued_before_the_record_is_a_blocked_renewal_and_no_violation(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT, at=(AFTER,))
        served(rows, issuer=DIGICERT)
        kpi, found = self.figures(rows)
        assert kpi.value is None
        assert found.kpis["renewals_blocked"].value == 1
        assert found.frame["at_issue"].isna().all()

    def test_a_record_that_changed_since_is_no_proof(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT, at=(BEFORE,))
        zone(rows, ("example.com", "CAA", '0 issue "digicert.com"'), at=(AFTER,))
        served(rows, issuer=DIGICERT)
        kpi, found = self.figures(rows)
        assert (kpi.value, found.kpis["renewals_blocked"].value) == (None, 0)

    def test_without_a_look_since_it_is_a_possible_one(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT, at=(BEFORE,))
        served(rows, issuer=DIGICERT)
        kpi, found = self.figures(rows)
        assert kpi.value is None
        assert kpi.sentence == (
            "1 certificate may have been issued against CAA, but nobody looked at their zones since."
        )
        assert found.frame["at_issue"].tolist() == ["possible violation"]

    @pytest.mark.parametrize(("earlier", "value"), [(8 * HOUR, 1), (7 * HOUR, None)])
    def test_a_check_may_be_eight_hours_old(self, rows, earlier, value):
        zone(rows, ONLY_LETS_ENCRYPT, at=(ISSUED - earlier, AFTER))
        served(rows, issuer=DIGICERT)
        assert self.figures(rows)[0].value == value

    def test_or_as_old_as_the_record_lives(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT, at=(ISSUED - 10 * HOUR, AFTER), ttl=86400)
        served(rows, issuer=DIGICERT)
        assert self.figures(rows)[0].value is None

    def test_private_certificates_are_not_judged(self, rows):
        zone(rows, ONLY_LETS_ENCRYPT)
        rows.served("a.example.com", sct_count=0, begins=ISSUED)
        kpi, found = self.figures(rows)
        assert (kpi.value, len(found.frame)) == (None, 0)


def test_what_is_replaced_or_not_served_needs_no_renewal(rows):
    zone(rows, ONLY_LETS_ENCRYPT, at=(AFTER,))
    rows.logged(rows.certificate("a.example.com", issuer_o=DIGICERT))
    served(rows, "b.example.com")
    kpi = conformity(rows.estate(), as_of=AS_OF).kpis["renewals_blocked"]
    assert (kpi.value, kpi.denominator) == (0, 1)


def test_own_domains_with_caa(rows):
    zone(rows, ONLY_LETS_ENCRYPT, ("example.com", "CAA", '0 iodef "mailto:x@example.com"'))
    zone(rows, ("example.net", "CAA", '0 iodef "mailto:x@example.com"'), apex="example.net")
    for domain in ("com", "net", "org"):
        served(rows, f"a.example.{domain}")
    found = conformity(rows.estate(), as_of=AS_OF)
    kpi = found.kpis["caa_coverage"]
    assert (kpi.value, kpi.numerator, kpi.denominator) == (0.5, 1, 2)
    assert kpi.excluded == "1 own domain whose zone was not loaded"
    domains = found.tables["domains"].set_index("registered_domain")
    assert domains["has_iodef"].astype(object).where(domains["has_iodef"].notna(), None).to_dict() == {
        "example.net": True,
        "example.com": True,
        "example.org": None,
    }


def test_without_zones_nothing_is_said(rows):
    served(rows)
    found = conformity(rows.estate(), as_of=AS_OF)
    assert {kpi.value for kpi in found.kpis.values()} == {None}
    assert found.headline == "Which CAs may issue cannot be told: no DNS zone is loaded."


def test_a_scope(rows):
    zone(rows, ONLY_LETS_ENCRYPT)
    served(rows, issuer=DIGICERT)
    assert conformity(rows.estate(), as_of=AS_OF, scope="ca_owner <> 'DigiCert'").frame.empty
