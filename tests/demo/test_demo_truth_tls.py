"""What endpoints take in handshakes, worked out again from what the scanners wrote."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from certanalytics import demo
from certanalytics.demo.faults import tls as faults

VERSIONS = ("SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
COMMANDS = dict(zip(("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3"), VERSIONS, strict=True))
CHECKS = dict(zip(("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3"), VERSIONS, strict=True))


def by_sslyze(exports):
    for document in exports.sslyze:
        time = datetime.fromisoformat(document["date_scans_started"]).replace(tzinfo=None)
        for result in document["server_scan_results"]:
            if scan := result["scan_result"]:
                place = f"{result['server_location']['hostname']}:{result['server_location']['port']}"
                told = {
                    version: [suite["cipher_suite"]["name"] for suite in answer["result"]["accepted_cipher_suites"]]
                    for command, version in COMMANDS.items()
                    if (answer := scan[f"{command}_cipher_suites"])["status"] == "COMPLETED"
                }
                yield "sslyze", place, time, told, set()


def by_nmap(exports):
    for document in exports.nmap:
        for host in document.iter("host"):
            name, address = host.find("hostnames/hostname"), host.find("address")
            place = f"{name.attrib['name'] if name is not None else address.attrib['addr']}:443"
            script = host.find(".//script[@id='ssl-enum-ciphers']")
            if script is not None:
                told = dict.fromkeys(VERSIONS[1:], ())  # SSL 2.0 it does not know
                for table in script.findall("table"):
                    names = [each.text for each in table.findall(".//elem[@key='name']")]
                    told[table.attrib["key"]] = [each.replace("TLS_AKE_WITH_", "TLS_") for each in names]
                time = datetime.fromtimestamp(int(host.attrib["endtime"]), UTC).replace(tzinfo=None)
                yield "nmap", place, time, told, set()


def by_testssl(exports):
    (path, *_) = (exports.folder / "scans" / "testssl").iterdir()
    time = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None)
    blocks = {}
    for row in exports.testssl:
        blocks.setdefault(f"{row['ip'].partition('/')[0]}:{row['port']}", []).append((row["id"], row["finding"]))
    for place, findings in blocks.items():
        said = dict(findings)
        told = {version: [] if said[check].startswith("not offered") else [""] for check, version in CHECKS.items()}
        for check, text in findings:
            if check.startswith("cipher-"):
                version = CHECKS[check.removeprefix("cipher-").rpartition("_")[0].upper()]
                told[version] = [*filter(None, told[version]), text.split()[-1]]
        yield "testssl", place, time, told, set(said.get("FS_KEMs", "").split())


@pytest.fixture(scope="module")
def looks(built):
    """Of each endpoint in service what each tool saw last, if no tool looked more than a day later."""
    newest = {}
    for read in (by_sslyze, by_nmap, by_testssl):
        for tool, place, time, told, kems in read(built.exports):
            known = newest.setdefault(place, {}).get(tool)
            if known is None or known[0] < time:
                newest[place][tool] = (time, told, kems)
    found = {}
    for place in built.truth.endpoints:
        last = max(time for time, *_ in newest[place].values())
        found[place] = [look for look in newest[place].values() if look[0] >= last - timedelta(days=1)]
    return found


@pytest.fixture(scope="module")
def offered(looks):
    """Which versions each endpoint was asked for, which it offers, its suites, and whether all of them are known."""
    found = {}
    for place, seen in looks.items():
        asked = {version for _, told, _ in seen for version in told}
        versions = {version for _, told, _ in seen for version, suites in told.items() if suites}
        suites = {suite for _, told, _ in seen for names in told.values() for suite in names if suite}
        whole = any(set(told) >= set(VERSIONS[1:]) and any(filter(None, told["TLSv1.2"])) for _, told, _ in seen)
        found[place] = (asked, versions, suites, whole)
    return found


def places(offered, holds):
    return tuple(sorted(place for place, seen in offered.items() if holds(*seen)))


def test_versions(built, offered):
    truth = built.truth.tls
    for version in VERSIONS:
        asked = [version in each[1] for each in offered.values() if version in each[0]]
        count = truth.versions[version]
        assert (count.offered, count.not_offered) == (sum(asked), len(asked) - sum(asked)), version
        assert count.not_asked == len(offered) - len(asked)
    ended = set(VERSIONS[:4])
    assert truth.obsolete == places(offered, lambda asked, versions, suites, whole: versions & ended)
    assert truth.without_tls13 == places(offered, lambda asked, versions, suites, whole: "TLSv1.3" in asked - versions)
    old = sum(built.truth.in_service.count(each) for each in {*built.truth.sha1_signature, *built.truth.rsa_below_2048})
    assert len(truth.obsolete) == sum(faults.OLD_VERSIONS.values()) + old
    assert len(truth.without_tls13) == faults.NO_TLS_1_3 + faults.ONLY_KEY_TRANSPORT + old


def test_what_was_planted_where_nobody_asks_is_not_in_the_exports(built):
    """In no scan of any month: else the truth would have to know of it."""
    for tool, place, _, told, _ in by_sslyze(built.exports):
        assert tool == "sslyze"
        of_cards = ("checkout", "gateway", "acquiring", "merchants", "terminal")  # terminals are of the gateway
        if not any(service in place for service in of_cards):
            assert set(told) == {"TLSv1.2", "TLSv1.3"}


def test_suites(built, offered):
    truth = built.truth.tls
    weak = {place: {s for s in seen[2] if s.startswith("TLS_RSA_")} for place, seen in offered.items()}
    assert truth.suites_to_end == tuple(sorted(place for place, suites in weak.items() if suites))
    assert truth.suites_told == sum(seen[3] for seen in offered.values())
    assert truth.transition_alone == faults.ONLY_KEY_TRANSPORT
    assert len(truth.suites_to_end) == faults.ONLY_KEY_TRANSPORT + faults.TRIPLE_DES
    shares = Counter(share(suites, weak[place], whole) for place, (_, _, suites, whole) in offered.items())
    assert shares == truth.decryptable
    assert (shares["all"], shares["some"]) == (faults.ONLY_KEY_TRANSPORT, faults.TRIPLE_DES)


def share(suites, weak, whole):
    """How much of what an endpoint offers a copied key would lay open."""
    if weak and weak != suites:
        return "some"
    if not whole:
        return "unknown"
    return "all" if weak else "none"


def test_hybrid_groups(built, looks):
    hybrid = tuple(sorted(place for place, seen in looks.items() if any(kems for *_, kems in seen)))
    assert hybrid == built.truth.tls.hybrid
    assert len(hybrid) == faults.WITH_HYBRID_GROUP
    assert demo.AS_OF - min(time for seen in looks.values() for time, *_ in seen) < timedelta(days=45)
