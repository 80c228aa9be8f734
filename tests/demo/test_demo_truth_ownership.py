"""The truth about owners, worked out again from the exports alone by an independent reader."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from independent_ownership import LEFT, THERE, UNKNOWN
from independent_reading import begins, dns_names, ends, sha256

from certanalytics import demo
from certanalytics.demo.faults import ownership as faults

WEIGHTS = {
    "key": {"key": 5.0},
    "names": {"same": 5.0, "name": 4.0, "sibling": 3.0, "domain": 2.0},
    "service": {"service": 4.5},
    "place": {"host": 4.0, "subnet": 1.5},
    "request": {"requester": 3.0, "account": 2.5},
}
"""Log-odds by family and kind, as docs/kpis.md prints them; one candidate in twenty is right before any evidence."""


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.ownership


@pytest.fixture(scope="module")
def owners(sources, said):
    return {each: sources.owner(rows) for each, rows in said.items()}


@pytest.fixture(scope="module")
def contacts(sources, said):
    found = {}
    for each, rows in said.items():
        by_role = sources.contacts_of(rows)
        found[each] = set().union(*by_role.values()) if by_role else set()
    return found


@pytest.fixture(scope="module")
def keys(known):
    """The public key of each certificate known."""
    return {
        each: sha256(one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
        for each, one in known.items()
    }


def test_owners(built, truth, sources, owners):
    states = {each: sources.there(owner) if owner else None for each, owner in owners.items()}
    assert built.truth.no_owner == tuple(sorted(each for each in states if states[each] is None))
    assert built.truth.owner_inactive == tuple(sorted(each for each in states if states[each] == LEFT))
    assert truth.unconfirmed == tuple(sorted(each for each in states if states[each] == UNKNOWN))
    assert len(truth.unconfirmed) == faults.AGENCY_SERVERS
    gone = [owner for owner in owners.values() if owner in sources.teams and sources.there(owner) == LEFT]
    assert len(gone) == faults.TEAM_DISSOLVED


def test_every_load(truth, sources, owners, said):
    addresses = {owner for owner in owners.values() if owner and sources.there(owner) != LEFT}
    loads = {address: [each for each, owner in owners.items() if owner == address] for address in addresses}
    names = {address: address.partition("@")[0].replace(".", " ").title() for address in addresses}
    names[faults.AGENCY] = faults.AGENCY
    counts = {
        names[address]: (len(held), sum(any(row.criticality == "critical" for row in said[each]) for each in held))
        for address, held in loads.items()
    }
    assert counts == {name: (load.certificates, load.critical) for name, load in truth.loads.items()}
    first, second, *_ = truth.loads.values()
    assert first.certificates > 2 * second.certificates


def test_sources_that_contradict_each_other(truth, sources, said):
    found = set()
    for each, rows in said.items():
        by_role = sources.contacts_of(rows)
        for (role, a), (other, b) in combinations(by_role, 2):
            first, second = by_role[role, a], by_role[other, b]
            kinds = [{party in sources.teams for party in parties} for parties in (first, second)]
            is_known = UNKNOWN not in {sources.there(party) for party in first | second}
            if role == other and not first & second and kinds[0] == kinds[1] and is_known:
                found.add(each)
    assert truth.conflicts == tuple(sorted(found))
    assert len(found) == faults.TWO_OWNERS + faults.HANDED_OVER


def test_contacts(truth, sources, contacts, said):
    states = {each: [sources.there(party) for party in parties] for each, parties in contacts.items()}
    reachable = {each: [one for one in parties if sources.there(one) != LEFT] for each, parties in contacts.items()}
    assert truth.some_left == tuple(sorted(each for each, held in states.items() if LEFT in held))
    assert truth.all_left == tuple(sorted(each for each, held in states.items() if set(held) == {LEFT}))
    alone = [each for each, held in reachable.items() if len(held) == 1 and held[0] in sources.state]
    assert truth.one_person == tuple(sorted(each for each in alone if reachable[each][0] not in sources.teams))
    assert len(truth.one_person) == faults.HANDED_OVER
    critical = [each for each, rows in said.items() if any(row.criticality == "critical" for row in rows)]
    stranded = tuple(sorted(each for each in critical if THERE not in states[each]))
    assert truth.critical_without_contact == stranded
    assert len(stranded) == faults.TERMINALS
    lost = {name.lower().replace(" ", ".") + "@meridian.example" for name in truth.bus_factor_of}
    lost |= set(truth.bus_factor_of)
    there = {each: {one for one in contacts[each] if sources.there(one) == THERE} for each in critical}
    assert 2 * sum(held <= lost for held in there.values()) > len(critical)
    everybody = set().union(*there.values())
    for fewer in combinations(everybody, truth.bus_factor - 1):
        assert 2 * sum(held <= set(fewer) for held in there.values()) <= len(critical)


def test_escalation(truth, sources, contacts):
    escalates, answered, unclear = 0, 0, 0
    for named in contacts.values():
        managers = {sources.managers[one] for one in named if one in sources.managers}
        above = {sources.managers[one] for one in managers if one in sources.managers}
        states = {sources.there(one) for one in named | managers | above}
        escalates += any(sources.there(one) == THERE for one in (managers | above) - named)
        answered += THERE in states
        unclear += THERE not in states and UNKNOWN in states
    assert (truth.escalates, truth.unclear_paths) == (escalates, unclear)
    assert truth.dead_ends == len(contacts) - answered - unclear


def test_keys_of_people_who_left(truth, sources, contacts, keys, known):
    since = {}
    for each, key in keys.items():
        since[key] = min(begins(known[each]), since.get(key, begins(known[each])))
    found = set()
    for each, named in contacts.items():
        for person in named - sources.teams:
            if sources.there(person) != LEFT:
                continue
            closed = [time for time, accounts in sources.directory.items() if not accounts[person].is_open]
            opened = [time for time, accounts in sources.directory.items() if accounts[person].is_open]
            logons = [accounts[person].last_logon for accounts in sources.directory.values()]
            last_there, left_by = max([*opened, *logons]), min([*closed, demo.AS_OF])
            begun = since[keys[each]]
            verdict = "not changed" if begun <= last_there else "changed" if begun > left_by else "cannot tell"
            found.add((each, person.partition("@")[0].replace(".", " ").title(), verdict, (demo.AS_OF - left_by).days))
    assert {(key.certificate, key.name, key.verdict, key.days_since) for key in truth.leaver_keys} == found
    assert {verdict for *_, verdict, _ in found} == {"not changed", "changed", "cannot tell"}
    names = Counter(name for _, name, *_ in found)
    assert faults.ENGINEERED in names.values()


def test_orders(truth, sources, known, said):
    serials = {each: certificate.serial_number for each, certificate in known.items()}
    own = [
        each
        for each, serial in serials.items()
        if serial in sources.orders and sources.orders[serial][0] == sources.orders[serial][2]
    ]
    open_ = tuple(sorted(each for each in own if ends(known[each]) >= demo.AS_OF))
    assert truth.self_approved == open_
    assert len(open_) == faults.SELF_APPROVED
    # the report and the requests name the same people, and whoever ordered owns the service
    assert sources.requesters == {serial: user for serial, (user, *_) in sources.orders.items()}
    assert sources.contacts == {serial: contact for serial, (_, contact, _) in sources.orders.items()}
    strangers = 0
    for each, rows in said.items():
        if serials[each] in sources.orders:
            user, contact, _ = sources.orders[serials[each]]
            assert {row.owner for row in rows if row.system != "order"} == {user}
            strangers += contact != user
    assert strangers == faults.ENGINEERED


def test_proposals_and_how_good_they_are(truth, sources, known, in_service, said, owners, keys, built):
    ips = _addresses(built.exports)
    hosts = {each: {place.rpartition(":")[0] for place in places} for each, places in in_service.items()}
    every = {each: said.get(each) or sources.of(each, certificate) for each, certificate in known.items()}
    owner = {each: sources.owner(rows) for each, rows in every.items()}
    owner = {each: "" if sources.there(party) == LEFT else party for each, party in owner.items()}
    shares = {}
    for each, certificate in known.items():
        names = dns_names(certificate)
        has = {("key", "key", keys[each]), ("names", "same", " ".join(names))}
        has |= {("names", "name", name) for name in names}
        has |= {("names", "domain", ".".join(name.split(".")[-2:])) for name in names}
        has |= {("names", "sibling", name.split(".", 1)[1]) for name in names if name.count(".") > 2}
        has |= {("service", "service", row.service) for row in [row for row in every[each] if row.service][:1]}
        has |= {("place", "host", host) for host in hosts.get(each, ())}
        addresses = {ips.get(host, host) for host in hosts.get(each, ())}
        has |= {("place", "host", ip) for ip in addresses} | {
            ("place", "subnet", ip.rpartition(".")[0]) for ip in addresses
        }
        if certificate.serial_number in sources.requesters:
            has.add(("request", "account", sources.requesters[certificate.serial_number]))
        shares[each] = has
    hidden = {
        each: "" if hashlib.md5(" ".join(dns_names(one)).encode()).hexdigest()[0] < "4" else owner[each]  # noqa: S324
        for each, one in known.items()
    }

    def candidates(each, held):
        odds = defaultdict(dict)
        for family, kind, common in shares[each]:
            party = held.get((kind, common))
            if party:
                odds[party][family] = max(odds[party].get(family, 0), WEIGHTS[family][kind])
        requester = sources.requesters.get(known[each].serial_number)
        if requester and sources.there(requester) == THERE:
            odds[requester]["request"] = WEIGHTS["request"]["requester"]
        likely = {party: math.exp(-2.944 + sum(weights.values())) for party, weights in odds.items()}
        return sorted(((one / (1 + sum(likely.values())), party) for party, one in likely.items()), reverse=True)[:1]

    speaking = _speaking(shares, owner)
    proposed = {each: found for each in in_service if not owner[each] for found in candidates(each, speaking)}
    proposed = {each: found for each, found in proposed.items() if found[0] >= 0.8}
    assert {each.certificate: pytest.approx(each.probability) for each in truth.proposals} == {
        each: probability for each, (probability, _) in proposed.items()
    }
    for each in truth.proposals:
        assert proposed[each.certificate][1].partition("@")[0].replace(".", " ").title() == each.proposed
    assert sum(not each.is_right for each in truth.proposals) == faults.COPIED_ROW

    speaking = _speaking(shares, hidden)
    tested = [each for each in in_service if owner[each] and not hidden[each]]
    told = [(p, party == owner[each]) for each in tested for p, party in candidates(each, speaking)]
    expected = truth.calibration
    assert expected.hidden == len(tested)
    assert (expected.proposed, expected.right) == (
        sum(p >= 0.8 for p, _ in told),
        sum(is_right for p, is_right in told if p >= 0.8),
    )
    assert math.isclose(expected.brier, sum((p - is_right) ** 2 for p, is_right in told) / len(told))
    for band in expected.bands:
        within = [is_right for p, is_right in told if band.low <= p < band.high]
        assert (band.proposals, band.right) == (len(within), sum(within))
    assert 0 < expected.right < expected.proposed


def _speaking(shares, owner):
    """Whom each shared thing speaks for: the owner of more than half, where no more than five own any."""
    groups = defaultdict(Counter)
    for each, party in owner.items():
        if party:
            groups_of = {(kind, common) for _, kind, common in shares[each]}
            for shared in groups_of:
                groups[shared][party] += 1
    most = {shared: counts.most_common(1)[0] for shared, counts in groups.items() if len(counts) <= 5}
    return {shared: party for shared, (party, number) in most.items() if 2 * number > groups[shared].total()}


def _addresses(exports):
    """The address of each host name, by the scans."""
    found = {}
    for document in exports.sslyze:
        for result in document["server_scan_results"]:
            found[result["server_location"]["hostname"]] = result["server_location"]["ip_address"]
    for document in exports.nmap:
        for host in document.iter("host"):
            for name in host.iter("hostname"):
                found[name.attrib["name"]] = host.find("address").attrib["addr"]
    return found
