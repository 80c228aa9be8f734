"""Which attributes the exports give, and in which states it all is, worked out again by an independent reader."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from independent_reading import contents, ends, organisation, sha1, sha256, unarmoured

from certanalytics import demo
from certanalytics.demo.truth.inventory import OF_ALL, OUT_OF_REACH


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.inventory


@pytest.fixture(scope="module")
def units(said):
    return {sha: next((row.unit for row in rows if row.unit), "") for sha, rows in said.items()}


def by_unit(units, certificates):
    return dict(Counter(units[sha] for sha in certificates))


def test_units(truth, units):
    assert by_unit(units, units) == truth.units


def test_what_rows_of_people_and_servers_say(truth, sources, said, units):
    owners = {sha: sources.owner(rows) for sha, rows in said.items()}
    assert by_unit(units, (sha for sha, owner in owners.items() if owner)) == truth.present["A11"]
    reached = [sha for sha, owner in owners.items() if "@" in owner or owner in sources.teams]
    assert by_unit(units, reached) == truth.present["A12"]
    for attribute, column in (("A17", "service"), ("A19", "unit"), ("A20", "environment")):
        told = [sha for sha, rows in said.items() if any(getattr(row, column) for row in rows)]
        assert by_unit(units, told) == truth.present[attribute], attribute
    silent = [sha for sha, rows in said.items() if not any(row.criticality for row in rows)]
    assert by_unit(units, silent) == truth.without_criticality


def test_who_asked_and_who_approved(truth, sources, live, units):
    ordered = [sha for sha, one in live.items() if one.serial_number in sources.orders]
    assert all(all(sources.orders[live[sha].serial_number]) for sha in ordered)
    assert by_unit(units, ordered) == truth.present["A13"] == truth.present["A21"]


@pytest.fixture(scope="module")
def configured(built):
    """What the load balancer has, and what Caddy has."""
    return {sha for sha, _ in built.exports.balanced} | {sha256(der) for der in built.exports.caddy}


def test_where_it_lies_and_on_what(built, truth, live, units, configured):
    files = {sha256(unarmoured(data.decode())) for _, data in contents(built.exports.folder / "files" / "appliances")}
    installed = {each["CertificateDetails"]["Thumbprint"].lower() for each in built.exports.venafi if each["Consumers"]}
    placed = {sha for sha, one in live.items() if sha1(one) in installed}
    assert by_unit(units, (files | configured | placed) & live.keys()) == truth.present["A15"]
    assert by_unit(units, configured & live.keys()) == truth.present["A16"]


def test_status(built, truth, live, units):
    """By the entries of lists, and by responses that hold."""
    entries = set()
    for _, data in contents(built.exports.folder / "ca" / "crl"):
        is_pem = data.startswith(b"-----")
        revoked = x509.load_pem_x509_crl(data) if is_pem else x509.load_der_x509_crl(data)
        entries |= {(revoked.issuer, entry.serial_number) for entry in revoked}
    good = set()
    for _, data in contents(built.exports.folder / "ca" / "ocsp"):
        answer = ocsp.load_der_ocsp_response(data)
        if answer.next_update_utc.replace(tzinfo=None) > demo.AS_OF:
            assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
            good.add(answer.serial_number)
    told = [sha for sha, one in live.items() if (one.issuer, one.serial_number) in entries or one.serial_number in good]
    assert by_unit(units, told) == truth.present["A24"]


def test_what_certificates_say_of_themselves(truth, live):
    for one in live.values():
        assert one.subject.rdns
        assert one.serial_number
        one.extensions.get_extension_for_class(x509.KeyUsage)
        one.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    for attribute in OF_ALL:
        assert truth.present[attribute] == truth.units, attribute
    assert len(truth.present) + len(OUT_OF_REACH) == 31


def test_complete(truth, sources, said, live, configured):
    """Ordered, on the load balancer or in Caddy, for a service somebody owns."""
    found = [
        sha
        for sha, one in live.items()
        if sha in configured
        and one.serial_number in sources.orders
        and sources.owner(said[sha])
        and any(row.service for row in said[sha])
    ]
    assert truth.complete == tuple(sorted(found))


def test_states(built, truth, known, live, in_service):
    last = {}
    for time, _, der in built.exports.served:
        last[sha256(der)] = max(time, last.get(sha256(der), time))
    since = demo.AS_OF - timedelta(days=45)
    away = {sha: time for sha, time in last.items() if sha not in live}
    assert truth.holdings.withdrawn == tuple(sorted(sha for sha, time in away.items() if time >= since))
    assert truth.holdings.stale == tuple(sorted(sha for sha, time in away.items() if time < since))
    assert truth.holdings.expired == sum(ends(one) < demo.AS_OF for one in known.values())
    assert truth.holdings.live == sum(ends(one) >= demo.AS_OF for one in live.values())
    numbers = sorted(map(len, in_service.values()))
    assert (truth.holdings.endpoints, truth.holdings.most_endpoints) == (sum(numbers), numbers[-1])
    below = sum(number <= truth.holdings.most_of_95 for number in numbers)
    assert below >= 0.95 * len(numbers) > sum(number < truth.holdings.most_of_95 for number in numbers)


def test_trust_classes(built, truth, known):
    logging = {organisation(built.exports.certificates[each].issuer) for each in built.exports.logged}
    found = Counter(
        "self-signed" if one.issuer == one.subject else "public" if organisation(one.issuer) in logging else "private"
        for one in known.values()
    )
    assert dict(found) == truth.holdings.trust
