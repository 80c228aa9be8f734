"""What endpoints offer, and what cannot be told because nobody asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.tls.offered import NOT_LOOKED_AT, offers

DAY = timedelta(days=1)
GCM, CBC, CHACHA = (
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_CHACHA20_POLY1305_SHA256",
)
MODERN = "TLS_AES_128_GCM_SHA256"


def told(kpi):
    return kpi.value, kpi.numerator, kpi.denominator, kpi.excluded


def endpoints(estate, **asked):
    frame = offers(estate, as_of=AS_OF, **asked).tables["endpoints"]
    return {row["endpoint"].removesuffix(":443"): row for row in frame.to_dict("records")}


@pytest.fixture
def estate(rows):
    """Five endpoints: up to date, old, known from one handshake, not looked at, and old by its own saying only."""
    for name in ("new", "old", "glimpsed", "unseen"):
        rows.served(f"{name}.example.com")
    rows.offered("new.example.com", "TLSv1.2", "TLSv1.3", suites=[MODERN, GCM], source="ssllabs-json")
    rows.offered("old.example.com", "TLSv1.0", "TLSv1.2", suites=[GCM, CBC], source="ssllabs-json")
    rows.offered("glimpsed.example.com", "TLSv1.2", suites=[GCM], source="zgrab2-json")
    rows.offered("elsewhere.example.com", "SSLv3", source="ssllabs-json")  # presents nothing we know
    return rows.estate()


def test_versions_are_offered_not_offered_or_not_asked(estate):
    found = offers(estate, as_of=AS_OF)
    counts = found.frame.set_index("label")[["offered", "not_offered", "not_asked"]]
    assert {label: row.tolist() for label, row in counts.iterrows()} == {
        "SSL 2.0": [0, 2, 1],
        "SSL 3.0": [0, 2, 1],
        "TLS 1.0": [1, 1, 1],
        "TLS 1.1": [0, 2, 1],
        "TLS 1.2": [3, 0, 0],
        "TLS 1.3": [1, 1, 1],
    }
    rules = found.frame.set_index("label")
    assert rules.loc["TLS 1.0", ["government_only", "business_facing"]].tolist() == ["shall not", "discouraged"]
    assert rules.loc["TLS 1.3", ["government_only", "business_facing"]].tolist() == ["shall", "shall"]
    assert rules.loc["SSL 3.0", "business_facing"] == "shall not"


def test_figures(estate):
    kpis = offers(estate, as_of=AS_OF).kpis
    assert told(kpis["obsolete_versions"]) == (
        1,
        1,
        2,
        "2 endpoints not known to offer one and not asked for all of them",
    )
    assert told(kpis["without_tls13"]) == (1, 1, 2, "2 endpoints not asked for TLS 1.3")
    assert told(kpis["suites_to_end"]) == (1, 1, 2, "2 endpoints not asked for their suites")
    assert told(kpis["conforming"])[:3] == (1, 1, 2)
    assert told(kpis["decryptable"])[:3] == (1, 1, 2)
    assert told(kpis["hybrid_key_exchange"])[:3] == (0, 0, 1)  # the old one cannot: it has no TLS 1.3
    assert kpis["obsolete_versions"].tone == "critical"


def test_each_endpoint(estate):
    found = endpoints(estate)
    assert set(found) == {"new.example.com", "old.example.com", "glimpsed.example.com"}
    new, old, glimpsed = (found[f"{name}.example.com"] for name in ("new", "old", "glimpsed"))
    assert (new["conforms"], new["decryptable"], new["key_exchange"]) == (True, "none", "unknown")
    assert (old["conforms"], old["decryptable"], old["key_exchange"]) == (False, "some", "classical")
    assert (old["obsolete_versions"].tolist(), old["suites_to_end"].tolist()) == (["TLS 1.0"], [CBC])
    assert (old["transition_only"], old["not_listed"]) == (1, 0)
    assert glimpsed["conforms"] is None or glimpsed["conforms"] != glimpsed["conforms"]
    assert (glimpsed["decryptable"], glimpsed["key_exchange"]) == ("unknown", "unknown")
    assert glimpsed["not_asked"].tolist() == ["SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.3"]


def test_a_scope_bounds_the_endpoints(estate):
    found = offers(estate, as_of=AS_OF, scope="subject_cn = 'old.example.com'")
    assert found.kpis["obsolete_versions"].denominator == 1
    assert found.tables["suites"]["endpoints"].tolist() == [1, 1]
    assert found.frame["offered"].sum() == 2


def test_nothing_but_certificates_was_collected(rows):
    rows.served("a.example.com")
    found = offers(rows.estate(), as_of=AS_OF)
    assert found.headline == NOT_LOOKED_AT
    assert {kpi.id for kpi in found.kpis.values() if kpi.value is None} == set(found.kpis) - {"unanswered"}
    assert found.frame[["offered", "not_offered", "not_asked"]].sum().sum() == 0


def test_an_older_tool_cannot_have_asked_for_tls_13(rows):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.2", suites=[GCM])
    assert endpoints(rows.estate())["a.example.com"]["not_asked"].tolist() == ["SSL 2.0", "TLS 1.3"]
    rows.tables["load"][0]["tool_version"] = "7.80"
    assert "TLS 1.3" in endpoints(rows.estate())["a.example.com"]["not_asked"]
    rows.tables["load"][0]["tool_version"] = "7.92"
    found = endpoints(rows.estate())["a.example.com"]
    assert (found["not_asked"].tolist(), found["tls13"], found["key_exchange"]) == (["SSL 2.0"], False, "classical")
    rows.tables["load"][0]["tool_version"] = "7.991"
    assert endpoints(rows.estate())["a.example.com"]["tls13"] is False


def test_what_a_tool_named_elsewhere_in_a_file_it_can_ask_for(rows):
    for name in ("a", "b"):
        rows.served(f"{name}.example.com")
    rows.offered("a.example.com", "TLSv1.2")
    rows.offered("b.example.com", "TLSv1.2", "TLSv1.3")
    assert endpoints(rows.estate())["a.example.com"]["tls13"] is False


def test_a_tool_told_to_ask_for_one_version_says_nothing_of_others(rows):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.2", suites=[GCM], source="sslyze-json")
    found = offers(rows.estate(), as_of=AS_OF)
    assert found.kpis["obsolete_versions"].value is None
    assert found.kpis["without_tls13"].value is None
    assert found.kpis["suites_to_end"].value is None


def test_a_scan_of_two_versions_does_not_say_that_older_ones_are_refused(rows):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", suites=[GCM, MODERN], source="sslyze-json")
    found = endpoints(rows.estate())["a.example.com"]
    assert {"TLS 1.0", "TLS 1.1"} <= set(found["not_asked"])
    assert found["decryptable"] == "unknown"
    every = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1")
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", refused=every, suites=[GCM, MODERN], source="sslyze-json")
    found = endpoints(rows.estate())["a.example.com"]
    assert not len(found["not_asked"])
    assert found["decryptable"] == "none"


def test_a_handshake_after_a_scan_of_everything_does_not_make_it_forgotten(rows):
    rows.served("a.example.com")
    every = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.3")
    scanned = AS_OF - timedelta(days=20)
    rows.offered("a.example.com", "TLSv1.2", refused=every, suites=[GCM], source="testssl-json", at=scanned)
    rows.offered("a.example.com", "TLSv1.2", suites=[GCM], source="zgrab2-json")
    assert not len(endpoints(rows.estate())["a.example.com"]["not_asked"])


def test_an_address_that_was_not_asked_leaves_the_endpoint_open(rows):
    for ip in ("192.0.2.1", "192.0.2.2"):
        rows.served("a.example.com", ip=ip)
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", suites=[GCM, MODERN], source="ssllabs-json", ip="192.0.2.1")
    rows.offered("a.example.com", "TLSv1.3", suites=[MODERN], source="zgrab2-json", ip="192.0.2.2")
    found = endpoints(rows.estate())["a.example.com"]
    assert "TLS 1.0" in found["not_asked"]
    assert found["decryptable"] == "unknown"
    rows.offered("a.example.com", "TLSv1.0", "TLSv1.3", source="ssllabs-json", ip="192.0.2.2")
    assert endpoints(rows.estate())["a.example.com"]["obsolete_versions"].tolist() == ["TLS 1.0"]


def test_the_newest_look_of_a_tool_counts_and_no_later_one(rows):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.0", "TLSv1.2", source="ssllabs-json", at=AS_OF - 9 * DAY)
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", source="ssllabs-json", at=AS_OF - DAY)
    rows.offered("a.example.com", "SSLv3", "TLSv1.2", source="ssllabs-json", at=AS_OF + DAY)
    assert endpoints(rows.estate())["a.example.com"]["versions"].tolist() == ["TLS 1.2", "TLS 1.3"]


def test_tools_write_names_in_their_own_way(rows):
    rows.served("a.example.com")
    written = ["ECDHE-RSA-AES128-GCM-SHA256", "AES128-SHA", "tls_aes_128_gcm_sha256", "SOMETHING-NEW"]
    rows.offered("a.example.com", "TLS 1.2", "tls13", "ssl_3_0", suites=written, source="ssllabs-json")
    found = offers(rows.estate(), as_of=AS_OF)
    suites = found.tables["suites"].set_index("suite")["sp800_52r2"].to_dict()
    assert suites == {GCM: "listed", CBC: "transition only", MODERN: "listed", "SOMETHING-NEW": "not known"}
    row = endpoints(rows.estate())["a.example.com"]
    assert row["versions"].tolist() == ["SSL 3.0", "TLS 1.2", "TLS 1.3"]
    assert row["unnamed_suites"] == 1
    assert any("names that are not known" in caveat for caveat in found.caveats)


def test_an_unknown_suite_is_not_taken_for_a_listed_one(rows):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", suites=[GCM, "SOMETHING-NEW"], source="ssllabs-json")
    found = offers(rows.estate(), as_of=AS_OF)
    assert found.kpis["conforming"].value is None
    assert found.kpis["suites_to_end"].value is None


@pytest.mark.parametrize(
    ("suites", "share"),
    [([CBC], "all"), ([CBC, GCM], "some"), ([GCM], "none"), ([GCM, MODERN], "none"), ([], "unknown")],
)
def test_how_much_a_copied_key_decrypts(rows, suites, share):
    rows.served("a.example.com")
    rows.offered("a.example.com", "TLSv1.2", "TLSv1.3", suites=suites, source="ssllabs-json")
    found = offers(rows.estate(), as_of=AS_OF)
    assert found.tables["decryptable"].to_numpy().tolist() == [[share, 1]]


def test_parts_of_the_cryptography_are_judged_apart(rows):
    root = rows.authority("Example Root")
    issuing = rows.authority("Example Issuing 1", under="Example Root", key_algorithm="ML-DSA-65")
    pq = {"key_algorithm": "ML-DSA-44", "key_curve": None, "key_bits": None, "signature_algorithm": "ML-DSA-65"}
    leaf = rows.certificate("a.example.com", **pq)
    rows.seen([leaf, issuing, root], "a.example.com")
    classical = rows.certificate("b.example.com", signature_algorithm="sha256WithRSAEncryption", issuer_cn="Other")
    rows.seen(classical, "b.example.com")
    rows.served(
        "c.example.com", key_algorithm=None, signature_algorithm="id-MLDSA44-ECDSA-P256-SHA256", issuer_cn="Other"
    )
    rows.offered("a.example.com", "TLSv1.3", groups=["x25519", "X25519MLKEM768"], source="zgrab2-json")
    rows.offered("b.example.com", "TLSv1.3", groups=["x25519"], source="zgrab2-json")
    found = offers(rows.estate(), as_of=AS_OF)
    states = found.tables["post_quantum"].set_index("part")
    assert {part: row.tolist() for part, row in states.iterrows()} == {
        "key": [1, 0, 1, 1],
        "signature": [1, 1, 1, 0],
        "chain": [0, 0, 1, 2],  # the root's own key is classical
        "key exchange": [0, 1, 0, 2],  # that no hybrid group was seen does not say that there is none
    }
    assert told(found.kpis["hybrid_key_exchange"])[:3] == (1, 1, 1)


def test_rules_are_those_of_the_day(rows):
    early = AS_OF.replace(year=2020)
    rows.served("a.example.com", at=early - DAY, ends=early + 30 * DAY)
    rows.offered("a.example.com", "TLSv1.0", "TLSv1.2", suites=[GCM], source="ssllabs-json", at=early - DAY)
    found = offers(rows.estate(), as_of=early)
    rules = found.frame.set_index("label")
    assert rules.loc["TLS 1.3", "government_only"] == "should"  # shall from 2024-01-01
    assert rules.loc["TLS 1.2", "government_only"] == "shall"
    assert found.kpis["obsolete_versions"].value == 0  # RFC 8996 is of March 2021
    assert endpoints_as_of(rows.estate(), early)["a.example.com"]["conforms"] is False  # yet SP 800-52r2 is of 2019


def endpoints_as_of(estate, moment):
    frame = offers(estate, as_of=moment).tables["endpoints"]
    return {row["endpoint"].removesuffix(":443"): row for row in frame.to_dict("records")}


def test_endpoints_that_gave_no_certificate_are_unknown_and_counted(rows):
    rows.served("a.example.com")
    rows.probe("a.example.com", at=AS_OF - 3 * DAY, outcome="timeout")  # answered since
    rows.probe("b.example.com", outcome="handshake failed")
    rows.probe("c.example.com", outcome="handshake failed", at=AS_OF - 2 * DAY)
    rows.probe("c.example.com", outcome="timeout")
    rows.probe("d.example.com", outcome="refused", at=AS_OF - 60 * DAY)
    rows.probe("e.example.com", outcome="no certificate", kind="passive")
    found = offers(rows.estate(), as_of=AS_OF)
    assert found.kpis["unanswered"].value == 2
    assert found.kpis["unanswered"].sentence == (
        "2 endpoints gave no certificate when last tried (handshake failed 1, timeout 1)."
    )
    assert {kpi.counts for kpi in found.kpis.values()} == {"endpoints"}
    everywhere = offers(rows.estate(), as_of=AS_OF, scope="false").kpis["unanswered"]
    assert everywhere.value == 2
    assert everywhere.sentence.endswith("; that is of the whole estate, for no scope bounds them.")


def test_an_empty_estate_of_logs_says_that_nothing_is_known(rows):
    rows.logged(rows.certificate("a.example.com"))
    found = offers(rows.estate(), as_of=AS_OF)
    assert {kpi.value for kpi in found.kpis.values()} == {None}
