"""Chains as they are sent, the names they are sent for, and CA certificates that end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.tls.chains import NO_CAS, NO_CHAINS, NO_NAMES, served

DAY = timedelta(days=1)
WHOLE = {"source": "zgrab2-json"}
"""A tool that shows the whole chain."""


def values(result):
    return {kpi.id: kpi.value for kpi in result.kpis.values()}


def told(kpi):
    return kpi.value, kpi.denominator, kpi.excluded


@pytest.fixture
def pki(rows):
    """A root and an issuing CA, both known from a file."""
    root, issuing = rows.authority("Example Root"), rows.authority("Example Issuing 1", under="Example Root")
    for authority in (root, issuing):
        rows.seen(authority, None, kind="file", path="ca.pem", port=None)
    return root, issuing


def test_each_fault_of_a_chain(rows, pki):
    root, issuing = pki
    old = rows.authority("Example Issuing 0", under="Example Root", days=-5)
    other = rows.authority("Example Issuing 2", under="Example Root")
    made = {name: rows.certificate(f"{name}.example.com") for name in ("good", "rooted", "missing", "mixed", "spare")}
    made["ended"] = rows.certificate("ended.example.com", issuer_cn="Example Issuing 0")
    rows.seen([made["good"], issuing], "good.example.com", **WHOLE)
    rows.seen([made["rooted"], issuing, root], "rooted.example.com", **WHOLE)
    rows.seen([made["missing"]], "missing.example.com", **WHOLE)
    rows.seen([made["mixed"], root, issuing], "mixed.example.com", **WHOLE)
    rows.seen([made["spare"], issuing, other], "spare.example.com", **WHOLE)
    rows.seen([made["ended"], old], "ended.example.com", **WHOLE)
    rows.served("own.example.com", is_self_issued=True, issuer_dn="CN=own.example.com", **WHOLE)
    found = served(rows.estate(), as_of=AS_OF)
    assert dict(zip(found.tables["faults"]["endpoint"], found.tables["faults"]["fault"], strict=True)) == {
        "missing.example.com:443": "CA certificate missing: CN=Example Issuing 1,O=Example Trust",
        "ended.example.com:443": "sends a CA certificate that has ended: Example Issuing 0",
        "mixed.example.com:443": "not in order; sends the root",
        "spare.example.com:443": "not in order",
        "rooted.example.com:443": "sends the root",
    }
    assert found.tables["faults"]["missing_authority"].dropna().tolist() == [issuing]
    assert told(found.kpis["incomplete_chains"]) == (1, 6, None)
    # The one that sends a single certificate has nothing to put in order.
    assert told(found.kpis["chains_out_of_order"]) == (
        2,
        5,
        "1 endpoint that send one certificate or whose chain is not known in full",
    )
    assert told(found.kpis["ended_ca_sent"]) == (1, 6, None)
    assert told(found.kpis["roots_sent"]) == (2, 6, None)


def test_a_certificate_alone_says_nothing_of_the_chain(rows, pki):
    rows.served("a.example.com")  # Nmap shows the server's certificate only
    found = served(rows.estate(), as_of=AS_OF)
    assert found.kpis["incomplete_chains"].value is None
    assert found.kpis["incomplete_chains"].sentence == NO_CHAINS
    assert found.kpis["roots_sent"].value is None


def test_an_issuer_nobody_knows_may_be_a_root(rows):
    rows.seen([rows.certificate("a.example.com")], "a.example.com", **WHOLE)
    found = served(rows.estate(), as_of=AS_OF)
    assert found.kpis["incomplete_chains"].value is None
    assert found.kpis["ended_ca_sent"].value == 0
    assert found.kpis["ca_ends_soon"].sentence == NO_CAS


def test_a_root_need_not_be_sent_and_may_be_known_from_a_list(rows):
    root = rows.authority("Example Root")
    rows.add(
        "ca_listing", load=rows.load("ccadb-csv"), locator="1", system="ccadb", programme="mozilla", certificate=root,
        observed_at=AS_OF + DAY,
    )  # fmt: skip
    issuing = rows.authority("Example Issuing 1", under="Example Root")
    rows.seen([rows.certificate("a.example.com"), issuing], "a.example.com", **WHOLE)
    assert told(served(rows.estate(), as_of=AS_OF).kpis["incomplete_chains"]) == (0, 1, None)


def test_what_another_root_says_of_a_known_root_opens_no_gap(rows, pki):
    """A cross-sign sent along, as servers did for clients from before a root was known to browsers."""
    crossed = rows.authority("Example Root", under="Older Root", organisation="Example Trust")
    rows.seen([rows.certificate("a.example.com"), pki[1], crossed], "a.example.com", **WHOLE)
    estate = rows.estate()
    assert told(served(estate, as_of=AS_OF).kpis["incomplete_chains"]) == (0, 1, None)
    assert served(estate, as_of=AS_OF).tables["faults"].empty


def test_the_key_identifier_tells_two_cas_of_one_name_apart(rows):
    rows.seen(rows.authority("Example Root"), None, kind="file", path="ca.pem", port=None)
    wrong = rows.authority("Example Issuing 1", under="Example Root", subject_key_id="bb")
    leaf = rows.certificate("a.example.com", authority_key_id="aa")
    rows.seen([leaf, wrong], "a.example.com", **WHOLE)
    found = served(rows.estate(), as_of=AS_OF)
    assert found.tables["faults"]["fault"].tolist() == ["not in order"]
    assert found.kpis["incomplete_chains"].value is None  # whose key `aa` is nobody knows


def test_one_node_of_two_may_send_less(rows, pki):
    leaf = rows.certificate("a.example.com")
    rows.seen([leaf, pki[1]], "a.example.com", ip="192.0.2.1", **WHOLE)
    rows.seen([leaf], "a.example.com", ip="192.0.2.2", **WHOLE)
    found = served(rows.estate(), as_of=AS_OF)
    assert told(found.kpis["incomplete_chains"])[:2] == (1, 1)
    assert found.tables["faults"]["ip"].tolist() == ["192.0.2.2"]


@pytest.mark.parametrize(
    ("names", "host", "fits"),
    [
        (["a.example.com"], "a.example.com", True),
        (["A.Example.com"], "a.example.COM", True),
        (["*.example.com"], "a.example.com", True),
        (["*.example.com"], "example.com", False),
        (["*.example.com"], "a.b.example.com", False),
        (["a*.example.com"], "ab.example.com", False),
        (["b.example.com"], "a.example.com", False),
        (["xn--mnchen-3ya.example"], "XN--mnchen-3ya.example", True),
        (["münchen.example"], "m\u00fcnchen.example", True),
        (["b.example.com"], "m\u00fcnchen.example", None),
    ],
)
def test_names_fit_as_rfc_9525_has_it(rows, names, host, fits):
    rows.served(names, host, sni=host)
    found = served(rows.estate(), as_of=AS_OF)
    kpi = found.kpis["name_mismatches"]
    assert (kpi.value, kpi.denominator) == {True: (0, 1), False: (1, 1), None: (None, None)}[fits]
    if fits is False:
        assert found.tables["names"]["reason"].tolist() == ["not among the names in the certificate"]


def test_a_common_name_is_no_name(rows):
    rows.served("a.example.com", sni="a.example.com", san_dns=[])
    found = served(rows.estate(), as_of=AS_OF)
    assert found.tables["names"]["reason"].tolist() == ["no subject alternative name"]


def test_names_that_cannot_be_told(rows):
    rows.served("a.example.com", "192.0.2.1")
    rows.served("b.example.com", "reverse.example.net")  # a host, but nobody says it was asked for
    rows.served("c.example.com", "d.example.com", sni="d.example.com", san_dns=[], evidence="parsed")
    found = served(rows.estate(), as_of=AS_OF)
    assert found.kpis["name_mismatches"].sentence == NO_NAMES
    checks = found.tables["name_checks"]
    assert checks["answer"].unique().tolist() == ["cannot tell"]
    assert sorted(checks["why"]) == [
        "looked at by address: the name clients use is not known",
        "the names in the certificate are not known",
        "the tool does not say which name it asked for",
    ]


def test_an_address_fits_an_address(rows):
    rows.served("a.example.com", "192.0.2.1", san_ip=["192.0.2.1"])
    rows.served("b.example.com", "b.example.com")  # whoever asked, the name is in it
    assert told(served(rows.estate(), as_of=AS_OF).kpis["name_mismatches"]) == (0, 2, None)


def test_horizons_of_ca_certificates(rows):
    root = rows.authority("Example Root", days=3000)
    rows.seen(root, None, kind="file", path="ca.pem", port=None)
    ends = {"A": -1, "B": 100, "C": 300, "D": 500, "E": 700, "F": 900, "G": 1000}
    for name, days in ends.items():
        authority = rows.authority(f"Issuing {name}", under="Example Root", days=days)
        for number in range(2 if name == "C" else 1):
            leaf = rows.certificate(f"{name}{number}.example.com", issuer_cn=f"Issuing {name}", days=40)
            rows.seen([leaf, authority], f"{name}{number}.example.com")
    rows.seen(rows.authority("Unused", under="Example Root", days=1), None, kind="file", path="b.pem", port=None)
    found = served(rows.estate(), as_of=AS_OF)
    frame = found.frame.set_index("ca")
    assert frame["months"].dropna().to_dict() == {
        "Issuing A": 6, "Issuing B": 6, "Issuing C": 12, "Issuing D": 18, "Issuing E": 24, "Issuing F": 30,
    }  # fmt: skip
    assert frame["leaves"].to_dict() == {
        **{f"Issuing {name}": 2 if name == "C" else 1 for name in ends},
        "Example Root": 8,
    }
    assert frame.loc["Issuing A", ["ended", "outliving"]].tolist() == [True, 1]
    assert found.kpis["ca_ends_soon"].sentence == (
        "3 CA certificates above certificates in service end within 12 months, 1 of them ended already; the most "
        "certificates below one of them are 2."
    )
    assert found.tables["outliving"]["subject_cn"].tolist() == ["A0.example.com"]
    assert found.tables["outliving"][["days_beyond", "path_ended"]].to_numpy().tolist() == [[41, True]]
    assert told(found.kpis["outlive_issuer"]) == (1, 8, None)


def test_a_certificate_outlives_its_issuer_only_if_every_path_ends_before(rows):
    rows.seen(rows.authority("Example Root"), None, kind="file", path="ca.pem", port=None)
    short = rows.authority("Example Issuing 1", under="Example Root", days=20)
    rows.seen([rows.certificate("a.example.com", days=60), short], "a.example.com")
    assert values(served(rows.estate(), as_of=AS_OF))["outlive_issuer"] == 1
    again = rows.authority("Example Issuing 1", under="Example Root", days=900)
    rows.seen(again, None, kind="file", path="renewed.pem", port=None)
    found = served(rows.estate(), as_of=AS_OF)
    assert values(found)["outlive_issuer"] == 0
    assert found.frame.set_index("authority")["outliving"].to_dict()[short] == 1  # of this path it is still said


def test_a_path_ends_with_the_first_of_its_cas(rows):
    root = rows.authority("Example Root", days=30)
    issuing = rows.authority("Example Issuing 1", under="Example Root", days=900)
    rows.seen([rows.certificate("a.example.com", days=60), issuing, root], "a.example.com")
    found = served(rows.estate(), as_of=AS_OF)
    assert found.tables["outliving"]["days_beyond"].tolist() == [30]


def test_a_scope_and_what_came_later(rows, pki):
    rows.seen([rows.certificate("a.example.com")], "a.example.com", **WHOLE)
    rows.seen([rows.certificate("b.example.com"), pki[1]], "b.example.com", **WHOLE)
    rows.seen([rows.certificate("b.example.com", days=50)], "b.example.com", at=AS_OF + DAY, **WHOLE)
    estate = rows.estate()
    assert values(served(estate, as_of=AS_OF))["incomplete_chains"] == 1
    assert values(served(estate, as_of=AS_OF, scope="subject_cn = 'b.example.com'"))["incomplete_chains"] == 0


def test_without_a_scan_nothing_is_said(rows, pki):
    rows.logged(rows.certificate("a.example.com"))
    found = served(rows.estate(), as_of=AS_OF)
    assert set(values(found).values()) == {None}
