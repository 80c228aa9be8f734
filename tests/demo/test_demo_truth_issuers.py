"""What rests on one thing, and where a second CA could stand in, worked out again by an independent reader."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from independent_ownership import LEFT
from independent_reading import contents, dns_names, ends, organisation, sha256
from independent_zones import permitted, zone

from certanalytics import demo
from certanalytics.demo.faults import issuers as faults
from certanalytics.demo.faults.transparency import PAYMENTS_ZONE, ZONE

APPROVED = {"Larkspur Trust", "Northgate Certification", "Halden Secure", "Corvine Digital", "Quillon PKI"}


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.issuers


@pytest.fixture(scope="module")
def authorities(built):
    """CA certificates of the company's bundles by subject."""
    found = {}
    for path in sorted((built.exports.folder / "files" / "trust").glob("*.pem")):
        for one in x509.load_pem_x509_certificates(path.read_bytes()):
            found[one.subject] = one
    return found


@pytest.fixture(scope="module")
def addresses(built):
    """The address of each endpoint, by its newest scan."""
    found = {}
    for document in built.exports.sslyze:
        for result in document["server_scan_results"]:
            location = result["server_location"]
            found[f"{location['hostname']}:{location['port']}"] = location["ip_address"]
    for document in built.exports.nmap:
        for host in document.iter("host"):
            name, address = host.find("hostnames/hostname"), host.find("address").attrib["addr"]
            for port in host.iter("port"):
                found[f"{address if name is None else name.attrib['name']}:{port.attrib['portid']}"] = address
    return found


@pytest.fixture(scope="module")
def accounts(built):
    """The number of the account Caddy got each certificate with."""
    files = dict(contents(built.exports.folder / "files" / "caddy"))
    numbers = {name: json.loads(data)["issuer_data"]["account"] for name, data in files.items() if ".json" in name}
    leaves = {name: x509.load_pem_x509_certificates(data)[0] for name, data in files.items() if ".crt" in name}
    return {
        sha256(leaves[name.replace(".json", ".crt")].public_bytes(Encoding.DER)): number.rpartition("/")[2]
        for name, number in numbers.items()
    }


@pytest.fixture(scope="module")
def critical(said):
    """By the closest row that says anything of it."""
    return {
        each for each, rows in said.items() if next((r.criticality for r in rows if r.criticality), "") == "critical"
    }


def things(kind, sha, certificate, authorities, places):
    """What a certificate rests on by its own contents, once for every place."""
    if kind == "hosting network":
        return [f"{address.rpartition('.')[0]}.0/24" for address in places]
    above = authorities.get(certificate.issuer)
    if above is None:
        assert certificate.issuer == certificate.subject
        return [sha] * len(places)
    key_id = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    named_key = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert key_id == named_key
    if kind == "issuing key":
        spki = above.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return [hashlib.sha256(spki).hexdigest()] * len(places)
    root = authorities[above.issuer]
    assert root.issuer == root.subject
    return [organisation(above.subject) if kind == "CA owner" else root.subject.rfc4514_string()] * len(places)


@pytest.mark.parametrize("kind", ["CA owner", "root", "issuing key", "hosting network", "ACME account"])
def test_what_rests_on_what(truth, live, in_service, authorities, addresses, accounts, critical, kind):
    found = defaultdict(list)
    unknown = 0
    for sha, certificate in live.items():
        places = [addresses[place] for place in in_service[sha]]
        if kind == "ACME account":
            named = [accounts[sha]] * len(places) if sha in accounts else []
        else:
            named = things(kind, sha, certificate, authorities, places)
        unknown += not named
        for name in named:
            found[name].append(sha)
    expected = truth.rests[kind]
    assert {name: (len(set(each)), len(each)) for name, each in found.items()} == {
        name: (thing.certificates, thing.endpoints) for name, thing in expected.things.items()
    }
    for name, thing in expected.things.items():
        weighty = [sha for sha in found[name] if sha in critical]
        assert (thing.critical, thing.critical_endpoints) == (len(set(weighty)), len(weighty)), name
    assert unknown == expected.not_known
    whole = sum(len(set(each)) for each in found.values())
    assert expected.hhi == pytest.approx(sum((len(set(each)) / whole) ** 2 for each in found.values()))
    assert expected.single_point == max(sum(sha in critical for sha in each) for each in found.values())


def test_accounts(accounts, truth):
    assert set(accounts.values()) == set(truth.rests["ACME account"].things) == {"1816", str(faults.OTHER_ACCOUNT)}


@pytest.fixture(scope="module")
def logging(built):
    """CA owners whose certificates are in the logs."""
    return {organisation(built.exports.certificates[each].issuer) for each in built.exports.logged}


@pytest.fixture(scope="module")
def public(live, logging):
    """Certificates in service of public CAs."""
    return {sha: one for sha, one in live.items() if one.issuer != one.subject and organisation(one.issuer) in logging}


@pytest.fixture(scope="module")
def held(built, sources, in_service, logging):
    """CA owners by who owns a valid public certificate of them, in service or not, and those managers record."""
    found, recorded = defaultdict(set), set()
    for sha, one in built.exports.certificates.items():
        if one.issuer == one.subject or organisation(one.issuer) not in logging or ends(one) < demo.AS_OF:
            continue
        hosts = [place.rpartition(":")[0] for place in in_service.get(sha, ())]
        owner = sources.owner(sources.of(sha, one, hosts))
        if owner and sources.there(owner) != LEFT:
            found[owner].add(organisation(one.issuer))
        if sha in built.exports.recorded:
            recorded.add(organisation(one.issuer))
    return found, recorded


@pytest.mark.parametrize("by", ["recorded", "by_policy"])
def test_stand_ins(built, truth, public, held, sources, said, critical, by):
    owners, recorded = held
    approved = recorded if by == "recorded" else APPROVED
    now = zone(built.exports, 2).records
    second, ready, not_ready = {}, set(), set()
    for sha, one in public.items():
        owner = sources.owner(said[sha])
        others = owners.get(owner, set()) - {organisation(one.issuer)}
        is_told = bool(owner) and sources.there(owner) != LEFT and (by == "by_policy" or not others)
        second[sha] = bool(others & approved) or (False if is_told else None)
        # the payments zone names identifiers of which nobody can tell the CA
        inside = [permitted(now, name, ZONE) if name.endswith(ZONE) else {"?"} for name in dns_names(one)]
        known = all(name.endswith((ZONE, PAYMENTS_ZONE)) for name in dns_names(one)) and None not in inside
        if second[sha] and all(each == {"open"} for each in inside):
            ready.add(sha)
        elif known and (second[sha] is False or (second[sha] and set() in inside)):
            not_ready.add(sha)
    expected = getattr(truth, by)
    assert set(expected.approved) == approved
    assert expected.approved_certificates == sum(organisation(one.issuer) in approved for one in public.values())
    values = list(second.values())
    assert (expected.second, expected.second_not_told) == (values.count(True), values.count(None))
    assert set(expected.no_second) == {sha for sha, has in second.items() if has is False}
    assert (expected.ready, set(expected.not_ready)) == (len(ready), not_ready)
    assert (expected.critical_ready, set(expected.critical_not_ready)) == (len(ready & critical), not_ready & critical)


def test_a_name_of_a_critical_service_is_shut(built, live, critical):
    now = zone(built.exports, 2).records
    shut = [
        sha
        for sha, one in live.items()
        if sha in critical and any(permitted(now, name, ZONE) == set() for name in dns_names(one) if ZONE in name)
    ]
    assert len(shut) >= faults.SHUT  # some that are being wound down may be critical as well
