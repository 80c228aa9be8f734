"""What was looked at, worked out again from the exports by an independent reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from independent_reading import dns_names, ends, organisation, sha256

from certanalytics import demo
from certanalytics.demo.faults import coverage as faults

WINDOW = demo.AS_OF - timedelta(days=45)


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.coverage


@pytest.fixture(scope="module")
def looks(built):
    """Every attempt on an endpoint: when, its name or address, its address, its port; and whether it was reached."""
    found = []
    for document in built.exports.sslyze:
        time = datetime.fromisoformat(document["date_scans_started"]).replace(tzinfo=None)
        for result in document["server_scan_results"]:
            place = result["server_location"]
            found.append((time, place["hostname"], place["ip_address"], place["port"], True))
        for each in document["invalid_server_strings"]:
            host, _, port = each["server_string"].partition(":")
            found.append((time, host, None, int(port), False))
    for document in built.exports.nmap:
        time = datetime.fromtimestamp(int(document.attrib["start"]), UTC).replace(tzinfo=None)
        for host in document.iter("host"):
            name, address = host.find("hostnames/hostname"), host.find("address").attrib["addr"]
            found.append((time, address if name is None else name.attrib["name"], address, 443, True))
    return sorted(found, key=lambda look: look[0])


def test_networks(built, truth, looks):
    """What the database knows and no scan tried, and what scans no longer try."""
    last = {}
    for time, _, address, _, _ in looks:
        if address:
            last[address.rpartition(".")[0]] = time
    servers = {row["ip_address"]["value"] for row in built.exports.table("cmdb_ci_server")}
    networks = {address.rpartition(".")[0] for address in servers} | set(last)
    assert truth.looked_at == {network: last.get(network) for network in networks}
    late = {network for network, time in truth.looked_at.items() if time is None or time < WINDOW}
    assert late == {faults.RECOVERY_NETWORK, faults.PLANT_NETWORK, faults.DEPOT_NETWORK}
    never = [address for address in servers if address.startswith(f"{faults.PLANT_NETWORK}.")]
    assert len(never) == faults.PLANT_SERVERS


def test_stale_endpoints(truth, looks):
    last = {(host, port): time for time, host, _, port, _ in looks}
    assert len(last) == truth.endpoints
    assert sum(time < WINDOW for time in last.values()) == truth.stale_endpoints


def test_ghosts(built, truth, looks):
    reached = {f"{address}:{port}" for time, _, address, port, _ in looks if address and time >= WINDOW}
    ghosts = {}
    for fingerprint, place in built.exports.balanced:
        assert ends(built.exports.certificates[fingerprint]) > demo.AS_OF
        if fingerprint not in built.exports.in_service:
            ghosts[fingerprint] = place in reached
    assert ghosts == truth.ghosts
    assert sorted(ghosts.values()) == [False] * faults.RECOVERY_SERVERS + [True] * faults.GHOST
    assert len(built.exports.balanced) - len(ghosts) == faults.BALANCED


def test_at_the_place_of_a_ghost_another_is_served(built, truth, looks):
    hosts = {f"{address}:{port}": f"{host}:{port}" for _, host, address, port, _ in looks}
    for fingerprint, place in built.exports.balanced:
        if truth.ghosts.get(fingerprint):
            served = [each for each, places in built.exports.in_service.items() if hosts[place] in places]
            assert served
            assert fingerprint not in served


@pytest.fixture(scope="module")
def inventoried(built):
    """What has a record, or a row of its own in the ownership list."""
    return built.exports.recorded | {row["name"] for row in built.exports.owners}


def test_from_where_certificates_are_known(built, truth, looks, inventoried):
    """The population of `never_seen`: public, valid, of a domain all cover, and not known to be out of service."""
    exports = built.exports
    reached = {host for time, host, _, _, is_reached in looks if is_reached and time >= WINDOW}
    presented = {dns_names(exports.certificates[each]) for each in exports.in_service}
    covered = defaultdict(set)
    for each, one in exports.certificates.items():
        for domain in {".".join(name.split(".")[-2:]) for name in dns_names(one)}:
            for kind, known in (("i", inventoried), ("s", exports.in_service), ("l", exports.logged)):
                covered[domain] |= {kind} if each in known else set()
    counts = Counter()
    for each, one in exports.certificates.items():
        names, is_live = dns_names(one), each in exports.in_service
        is_public = one.issuer != one.subject and organisation(one.issuer) != "Meridian Group"
        is_out = not is_live and (names in presented or set(names) <= reached)
        is_covered = any(covered[".".join(name.split(".")[-2:])] == set("isl") for name in names)
        if is_public and ends(one) >= demo.AS_OF and not is_out and is_covered:
            places = {"inventory": each in inventoried, "scan": is_live, "log": each in exports.logged}
            counts["+".join(place for place, there in places.items() if there)] += 1
    assert dict(counts) == truth.histories
    assert counts["scan"] == 1  # the one that was left out of the logs; without it nothing could be estimated of three


def test_from_where_critical_services_are_known(built, truth, inventoried):
    """Services by their patterns in the ownership list; of one the scans alone know anything."""
    exports = built.exports
    scanned = {sha256(der) for _, _, der in exports.served}
    critical = {row["name"][1:]: row["service"] for row in exports.owners if row["criticality"] == "critical"}
    kinds = {title: set() for title in critical.values()}
    for each, one in exports.certificates.items():
        if ends(one) >= demo.AS_OF:
            titles = {critical[end] for end in critical for name in dns_names(one) if name.endswith(end)}
            for kind, known in (("inventory", inventoried), ("scan", scanned), ("log", exports.logged)):
                for title in titles:
                    kinds[title] |= {kind} if each in known else set()
    assert {title: tuple(sorted(known)) for title, known in kinds.items()} == truth.critical
    assert [title for title, known in kinds.items() if known == {"scan"}] == ["Settlement"]
