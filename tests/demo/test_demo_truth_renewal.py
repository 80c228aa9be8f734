"""How certificates follow one another, worked out again from the exports by an independent reader."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from independent_reading import begins, contents, dns_names, ends, organisation, sha1, sha256

from certanalytics import demo
from certanalytics.demo.faults import renewal as faults
from certanalytics.demo.faults import transparency

YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.renewal


@pytest.fixture(scope="module")
def followed(built):
    """The successor of each certificate: the same names, begun later and at most 30 days after its end."""
    by_names = defaultdict(list)
    for each, one in built.exports.certificates.items():
        by_names[dns_names(one)].append((begins(one), each))
    found = {}
    for each, one in built.exports.certificates.items():
        later = [
            (time, new)
            for time, new in by_names[dns_names(one)]
            if begins(one) < time <= ends(one) + timedelta(days=30)
        ]
        if later:
            found[each] = min(later)[1]
    return found


def test_renewals(truth, followed):
    assert len(followed) == truth.renewals


def test_deployed_in_part(built, truth, followed):
    live = built.exports.in_service
    partly = {each: tuple(places) for each, places in live.items() if followed.get(each) in live}
    assert partly == truth.partly_deployed
    assert len(partly) == faults.PARTLY
    for old, places in partly.items():
        assert len(places) == 1
        assert not set(places) & set(live[followed[old]])


def test_what_systems_say(built, truth):
    """The certificate manager by its ManagementType; what lies in Caddy's storage, Caddy serves."""
    levels = {
        "Unassigned": "manual",
        "Monitoring": "monitored",
        "Enrollment": "enrolled",
        "Provisioning": "provisioned",
    }
    thumbprints = {sha1(one): each for each, one in built.exports.certificates.items()}
    said = {
        thumbprints[each["CertificateDetails"]["Thumbprint"].lower()]: levels[each["ManagementType"]]
        for each in built.exports.venafi
    }
    said |= {sha256(each): "provisioned" for each in built.exports.caddy}
    assert said == truth.stated
    assert set(said) <= set(built.exports.in_service)
    by_people = [level for level in said.values() if level in {"manual", "monitored"}]
    # ten of either kind are needed to hold evidence against statements
    assert len(by_people) == 20
    assert len(said) - len(by_people) == 22


def test_what_certificates_with_a_statement_followed(built, truth, followed):
    preceded = {new: old for old, new in followed.items()}
    for each, line in truth.lines.items():
        for validity in line:
            one = built.exports.certificates[each]
            assert validity == (begins(one), ends(one))
            each = preceded.get(each)  # noqa: PLW2901 - back along the line
        assert each is None


def deeply_scanned(folder):
    """The endpoints in the exports of testssl.sh."""
    for name, data in contents(folder):
        rows = json.loads(data) if name.endswith(".json") else csv.DictReader(io.StringIO(data.decode()))
        yield from {f"{(row.get('ip') or row['fqdn/ip']).partition('/')[0]}:{row['port']}" for row in rows}


def test_due(built, truth, followed):
    last = defaultdict(lambda: demo.AS_OF - 10 * YEAR)
    for time, _, der in built.exports.served:
        last[sha256(der)] = max(time, last[sha256(der)])
    for place in deeply_scanned(built.exports.folder / "scans" / "testssl"):
        last[sha256(built.exports.latest[place][1])] = demo.AS_OF  # which does not say when, and is loaded so
    ended = [each for each in last if demo.AS_OF - YEAR < ends(built.exports.certificates[each]) <= demo.AS_OF]
    after = {each: begins(built.exports.certificates[followed[each]]) for each in ended if each in followed}
    late = [each for each, time in after.items() if time > ends(built.exports.certificates[each])]
    left = [each for each in ended if each not in followed]
    lapsed = [each for each in left if last[each] > ends(built.exports.certificates[each])]
    assert truth.due.renewed == len(after) - len(late)
    assert truth.due.late == tuple(sorted(late))
    assert truth.due.lapsed == tuple(sorted(lapsed))
    assert truth.due.not_seen_since == len(left) - len(lapsed)
    assert len(late) == faults.LATE
    for each in late:  # which a scan saw after the end
        assert last[each] > ends(built.exports.certificates[each])


def test_leads(built, truth, followed):
    """By the first endpoint that had served the old certificate and was looked at before it served the new one."""
    looks = defaultdict(list)
    for time, place, der in sorted(built.exports.served, key=lambda look: look[0]):
        looks[place].append((time, sha256(der)))
    arrived = defaultdict(list)
    for seen in looks.values():
        times = [time for time, _ in seen]
        known = [each for _, each in seen]
        for old in set(known):
            new = followed.get(old)
            if new in known and known.index(old) < known.index(new):
                at = known.index(new)
                arrived[old].append((times[at], times[at - 1]))
    late, in_time = [], 0
    for old, moments in arrived.items():
        there, not_there = min(moments)
        one = built.exports.certificates[old]
        latest = ends(one) - min(timedelta(days=7), (ends(one) - begins(one)) / 3)
        in_time += there <= latest
        if not_there > latest or begins(built.exports.certificates[followed[old]]) > latest:
            late.append(old)
    assert (len(arrived), in_time) == (truth.leads.measured, truth.leads.in_time)
    assert tuple(sorted(late)) == truth.leads.late


def kind(der):
    key = x509.load_der_x509_certificate(der).public_key()
    return "RSA" if isinstance(key, rsa.RSAPublicKey) else key.curve.name, key.key_size


def test_changes(built, truth):
    looks = defaultdict(list)
    for _, place, der in sorted(built.exports.served, key=lambda look: look[0]):
        if not looks[place] or looks[place][-1] != der:
            looks[place].append(der)
    changes = [(place, old, new) for place, ders in looks.items() for old, new in pairwise(ders)]
    owners = {der: organisation(x509.load_der_x509_certificate(der).issuer) for ders in looks.values() for der in ders}
    issuer = [(place, new) for place, old, new in changes if owners[old] != owners[new]]
    key_type = {
        place: sha256(new) for place, old, new in changes if owners[old] == owners[new] and kind(old) != kind(new)
    }
    unrecorded = {
        place: sha256(new)
        for place, new in issuer
        if owners[new] == "Northgate Certification" and sha256(new) not in built.exports.recorded
    }
    found = truth.changes
    assert (len(changes), len(issuer)) == (found.all, found.issuer)
    assert key_type == found.key_type_only
    assert len(key_type) == faults.NEW_KEY_TYPE
    assert unrecorded == found.unrecorded
    assert len(unrecorded) == 1 <= transparency.ELSEWHERE
