"""Checks as results: figures that add up, tables, and the formats other tools read."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from estate_rows import AS_OF, Rows

from certanalytics import policy
from certanalytics.errors import DataError, UsageError
from certanalytics.estate import connect
from certanalytics.policy.junit import junit
from certanalytics.policy.pack import FOLDER
from certanalytics.policy.sarif import SCHEMA, sarif
from certanalytics.policy.verdict import State

DAY = timedelta(days=1)
HOSTILE = 'a<b>&"\x00\x1b.example.com'
OWN = """
name = "ours"
title = "Ours"
about = "Our policy"

[parameters]
fewest_days = 10

[[control]]
id = "OUR-1"
title = "Certificates have days left"
why = "They end."
reference = "Our policy"
severity = "high"
do = "Renew."
violated_when = "days_left < $fewest_days"
shows = ["days_left"]

[[control]]
id = "OUR-2"
title = "Keys are known"
why = "They break."
reference = "Our policy"
severity = "low"
do = "Load more."
violated_when = "key_algorithm <> 'EC'"

[[control]]
id = "OUR-3"
title = "Requests are approved"
why = "They are asked for."
reference = "Our policy"
severity = "critical"
needs = ["approvals"]
subject = "request"
do = "Approve."
violated_when = "approver_missing"

[[control]]
id = "OUR-4"
title = "Wildcards are short"
why = "They reach far."
reference = "Our policy"
severity = "low"
do = "Shorten."
applies_to = "has_wildcard"
violated_when = "lifetime_days > 10"

[[control]]
id = "OUR-5"
title = "Somebody looks"
why = "Nobody looks."
reference = "Our policy"
severity = "medium"
do = "Look."
attested = true

[[control]]
id = "OUR-6"
title = "Names are ours"
why = "They are not."
reference = "Our policy"
severity = "medium"
do = "Ask."
violated_when = "NOT list_contains(registered_domains, 'example.com')"

[[exception]]
id = "EX-1"
control = "OUR-6"
applies_to = "true"
reason = "For now."
granted_by = "CISO"
granted_on = 2026-10-24
until = 2026-12-03

[[exception]]
id = "EX-2"
control = "OUR-1"
applies_to = "true"
reason = "No longer."
granted_by = "CISO"
granted_on = 2026-10-01
until = 2026-11-01
"""
REGISTER = """
[[attestation]]
requirement = "OUR-5"
statement = "Ann looks."
by = "Ann"
on = 2026-11-01
valid_until = 2026-11-30
evidence = "DOC-1"
"""


@pytest.fixture(scope="module")
def estate():
    rows = Rows()
    rows.asset("b.example.com", business_unit="Retail", owner="ann")
    rows.served(HOSTILE, "a.example.com", days=3, san_dns=["a.example.com"])
    rows.served("b.example.com", days=4)
    rows.served("c.example.com", days=30)
    rows.served("d.example.net", days=30, key_algorithm=None, key_bits=None, key_curve=None)
    return rows.estate()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packs")
    (folder / "ours.toml").write_text(OWN, "utf-8")
    (folder / "register.toml").write_text(REGISTER, "utf-8")
    return folder


@pytest.fixture(scope="module")
def result(estate, files):
    return policy.check(estate, files / "ours.toml", as_of=AS_OF, register=files / "register.toml", samples=1)


@pytest.fixture(scope="module")
def found(estate, files):
    return policy.judge(estate, [files / "ours.toml"], as_of=AS_OF, register=files / "register.toml", samples=1)


def test_states_worst_first(result):
    assert list(zip(result.frame["control"], result.frame["state"], strict=True)) == [
        ("OUR-1", "not met"),
        ("EXC-1", "not met"),
        ("OUR-3", "not assessable"),
        ("OUR-2", "not assessable"),
        ("OUR-6", "excepted"),
        ("OUR-5", "attested"),
        ("OUR-4", "nothing to judge"),
    ]


def test_figures_and_what_they_count(result):
    told = {kpi.id: (kpi.value, kpi.numerator, kpi.denominator) for kpi in result.kpis.values()}
    assert told == {
        "pass_rate": (0, 0, 3),
        "not_met": (2, 2, 3),
        "severe_not_met": (2, 2, 2),
        "not_assessable": (2, 2, 7),
        "exceptions_open": (1, 1, 2),
        "exceptions_run_out": (1, 1, 2),
        "attested": (1, 1, 7),
    }
    assert result.kpis["pass_rate"].excluded == "4 not assessable, attested or without anything to judge"
    assert result.kpis["exceptions_open"].sentence == "1 exception is open, the oldest for 30 days."
    assert result.kpis["exceptions_run_out"].sentence.startswith("1 exception is past the last day")
    assert result.kpis["attested"].sentence.startswith("1 of 7 controls is vouched for")
    assert result.kpis["pass_rate"].sentence == "0 of 3 controls that can be told are met."
    assert "(2 of 3 controls)" in result.explain().markdown()
    assert "certificates)" not in result.explain().markdown().split("```")[0]
    assert (
        result.headline == "Of 3 controls that can be told 2 are not met; 2 others are not assessable from these data."
    )


def test_tables(result):
    findings = result.tables["findings"]
    assert findings[["control", "name", "told"]].to_numpy().tolist() == [
        ["OUR-1", HOSTILE, "days_left: 3"],
        ["EXC-1", "OUR-1", "display_name: OUR-1; until: 2026-11-01"],
    ]
    units = result.tables["units"]
    assert units[["business_unit", "kept", "violating", "exempted", "untold"]].astype(object).where(
        units[["business_unit", "kept", "violating", "exempted", "untold"]].notna(), None
    ).to_numpy().tolist() == [["Retail", 2, 1, 0, 0], [None, 6, 1, 1, 1]]
    assert units["pass_rate"].tolist() == [2 / 3, 6 / 8]
    exceptions = result.tables["exceptions"]
    assert exceptions[["id", "age_days", "days_left", "state"]].to_numpy().tolist() == [
        ["EX-2", 53, -22, "run out"],
        ["EX-1", 30, 10, "open"],
    ]
    packs = result.tables["packs"].set_index("pack")
    assert packs.loc["ours", "not_met"] == 1
    assert packs.loc["exceptions", "not_met"] == 1
    severities = result.tables["severities"].set_index("severity")
    assert list(severities.index) == ["critical", "high", "medium", "low"]
    assert severities["not_met"].sum() == 2


def test_counts_add_up(result):
    frame = result.frame
    assert (frame["in_scope"] == frame[["kept", "violating", "exempted", "untold"]].sum(axis=1)).all()
    states = result.tables["packs"].drop(columns=["pack", "pass_rate"]).to_numpy().sum()
    assert states == len(frame)


def test_findings_at_or_above(found):
    assert [verdict.control.id for verdict in found.findings("high")] == ["OUR-1", "EXC-1"]
    assert found.findings("critical") == []  # what cannot be told is no finding


def test_an_empty_estate_and_an_empty_scope(estate, files):
    with pytest.raises(DataError):
        policy.check(connect(":memory:"))
    nothing = policy.check(estate, files / "ours.toml", as_of=AS_OF, scope="false", register=files / "register.toml")
    states = dict(zip(nothing.frame["control"], nothing.frame["state"], strict=True))
    assert states["OUR-1"] == "nothing to judge"
    assert "met" not in set(states.values())


def test_all_shipped_packs_over_an_estate_that_says_little(estate):
    whole = policy.check(estate, as_of=AS_OF)
    assert set(whole.frame["pack"]) == set(policy.shipped())
    assert {"pci_certificates", "pci_cryptography"} <= set(whole.tables)
    row = whole.frame.set_index("control").loc["SP-KEY-1"]
    assert (row["state"], row["untold"]) == ("not assessable", 1)
    assert row["reference"].startswith("aligned with KEY-1 of NIST SP 1800-16B, section 5.1.5")
    with pytest.raises(UsageError, match="scope"):
        policy.check(estate, as_of=AS_OF, scope="no_such_column = 1")


def test_a_pack_of_ones_own_takes_the_place_of_the_one_it_was_copied_from(estate, tmp_path):
    copied = tmp_path / "acme.toml"
    text = (FOLDER / "organisation.toml").read_text("utf-8")
    text = text.replace('name = "organisation"', 'name = "acme"').replace(
        "own_domains = []", 'own_domains = ["example.com"]'
    )
    copied.write_text(text, "utf-8")
    covered = policy.coverage(estate, copied, as_of=AS_OF)
    names = covered.frame.set_index("requirement").loc["NAM-1"]
    assert (names["state"], names["controls"]) == ("not met", "ORG-NAM-1")
    assert len(covered.frame) == 94
    assert covered.tables["practices"]["requirements"].sum() == 94
    assert len(covered.tables["attributes"]) == 31
    assert sum(kpi.value for kpi in covered.kpis.values()) == 94


def test_what_came_later_does_not_change_the_past(files):
    def verdicts(rows):
        found = policy.judge(rows.estate(), as_of=AS_OF)
        return [(each.control.id, each.state, each.counts, each.samples) for each in found.verdicts]

    def past():
        rows = Rows()
        rows.served("a.example.com", days=3)
        rows.recorded(rows.certificate("b.example.com"), requester="ann@example.com")
        return rows

    rows = past()
    rows.seen(rows.certificate("c.example.com", key_curve="secp256k1"), "c.example.com", at=AS_OF + DAY)
    rows.recorded(rows.certificate("d.example.com"), at=AS_OF + DAY, approver="ann@example.com")
    rows.logged(rows.certificate("e.example.com"), at=AS_OF + DAY)
    rows.probe("a.example.com", at=AS_OF + DAY)
    assert verdicts(rows) == verdicts(past())


SARIF_KINDS = {"pass", "open", "notApplicable", "review", "informational", "fail"}


def test_sarif(found):
    log = json.loads(sarif(found, version="1.2.3"))
    assert log["$schema"] == SCHEMA
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("certanalytics", "1.2.3")
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == 7
    for rule in rules:
        assert set(rule) == {"id", "shortDescription", "fullDescription", "help", "defaultConfiguration", "properties"}
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
    kinds = {}
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["kind"] in SARIF_KINDS
        assert (result["level"] == "none") == (result["kind"] != "fail")  # section 3.27.10
        assert result["message"]["text"]
        kinds.setdefault(result["ruleId"], []).append(result["kind"])
        for location in result.get("locations", []):
            (place,) = location["logicalLocations"]
            assert place["fullyQualifiedName"].split("/")[0] in {"certificate", "exception"}
            assert place["name"] in {HOSTILE, "OUR-1"}
    assert kinds == {
        "OUR-1": ["fail", "fail"],  # one sample, and the row beside it
        "OUR-2": ["open"],
        "OUR-3": ["open"],
        "OUR-4": ["notApplicable"],
        "OUR-5": ["informational"],
        "OUR-6": ["review"],
        "EXC-1": ["fail"],
    }
    first = next(result for result in run["results"] if result["ruleId"] == "OUR-1")
    assert len(first["partialFingerprints"]["row/v1"]) == 64


def test_junit(found):
    root = ET.fromstring(junit(found).encode())  # noqa: S314 - our own
    assert root.tag == "testsuites"
    assert {name: root.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "7",
        "failures": "2",
        "skipped": "3",
        "errors": "0",
    }
    assert [suite.get("name") for suite in root] == ["ours", "exceptions"]
    cases = {case.get("name").split()[0]: case for case in root.iter("testcase")}
    assert len(cases) == 7
    assert {name: [child.tag for child in case] for name, case in cases.items()} == {
        "OUR-1": ["failure"],
        "OUR-2": ["skipped"],
        "OUR-3": ["skipped"],
        "OUR-4": ["skipped"],
        "OUR-5": ["system-out"],
        "OUR-6": ["system-out"],
        "EXC-1": ["failure"],
    }
    assert "\N{REPLACEMENT CHARACTER}.example.com" in cases["OUR-1"].find("failure").text
    assert cases["OUR-1"].find("failure").text.endswith("and 1 more")
    assert "Data that would tell: an export of a CA or manager" in cases["OUR-3"].find("skipped").get("message")


def test_the_synthetic_enterprise_breaks_exactly_what_was_planted(company):
    """The demo knows nothing of what it tests; its truth is worked out apart from the estate."""
    with connect(company.estate) as held:
        found = policy.judge(held, as_of=company.truth.as_of, samples=1000)
    truth, of = company.truth, {verdict.control.id: verdict for verdict in found.verdicts}

    def broken(control):
        return {sample.subject for sample in of[control].samples}

    assert broken("SP-REN-5") == set(truth.expired_in_service)
    assert broken("SP-KEY-1") == {*truth.rsa_below_2048, *truth.keys.odd_size}
    assert broken("SP-SIG-1") == set(truth.sha1_signature)
    assert broken("SP-OWN-1") == set(truth.no_owner)
    assert broken("SP-OWN-3") == set(truth.owner_inactive)
    assert broken("PQC-4") == set(truth.outlives_2035)
    assert of["SP-CA-4"].counts.violating == truth.ca_owners["self-signed"]
    assert of["SP-KEY-1"].counts.in_scope == len(truth.in_service)


def test_states_have_a_word_of_their_own():
    assert len({str(state) for state in State}) == len(State)
