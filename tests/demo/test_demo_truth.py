"""The truth table, worked out again from the exports alone by an independent reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from independent_reading import begins, dns_names, ends, sha256

from certanalytics import demo
from certanalytics.demo.deployments import SPRAWL
from certanalytics.demo.faults import contents as content_faults
from certanalytics.demo.faults import coverage, lives, renewal, transparency
from certanalytics.demo.faults import keys as key_faults


def test_in_service(built, in_service):
    assert tuple(sorted(in_service)) == built.truth.in_service
    served = {endpoint: each for each, endpoints in in_service.items() for endpoint in endpoints}
    assert served == built.truth.endpoints


def test_what_was_switched_off_is_not_in_service(built, in_service):
    gone = set(built.exports.latest) - set(built.truth.endpoints)
    # the scanner is kept out of the depot: nobody can tell those servers from ones that were switched off
    assert len(gone) == sum(lives.RETIRED.values()) + coverage.DEPOT_SERVERS
    valid = [each for _, each in (built.exports.latest[place] for place in gone)]
    assert any(ends(x509.load_der_x509_certificate(each)) > demo.AS_OF for each in valid)


def test_ct_and_scans_show_the_certificates_the_truth_counts(built, known):
    assert len(known) == built.truth.certificates


def test_expired_in_service(built, live, in_service):
    ended = {
        each: tuple(sorted(in_service[each])) for each, certificate in live.items() if ends(certificate) < demo.AS_OF
    }
    assert ended == built.truth.expired_in_service
    assert len(ended) == sum(lives.EXPIRED.values()) == 15
    assert max(ends(live[each]) for each in ended) == demo.AS_OF - timedelta(hours=3)


def test_expiring(built, known, live):
    for row in built.truth.expiring:
        last = demo.AS_OF + timedelta(days=row.days)
        assert row.known == sum(demo.AS_OF <= ends(each) <= last for each in known.values())
        assert row.in_service == sum(demo.AS_OF <= ends(each) <= last for each in live.values())
        assert row.known > row.in_service > 0


def test_no_end_lies_near_a_horizon(known):
    """Whole days, days begun and exact seconds then give the same counts, and so does the end of the day."""
    for each in known.values():
        distances = [abs(ends(each) - demo.AS_OF - timedelta(days=days)) for days in (0, 7, 14, 30, 60, 90)]
        assert min(distances) > timedelta(hours=26) or ends(each) == demo.AS_OF - timedelta(hours=3)


def test_weak_keys(built, live):
    short = [
        each
        for each, certificate in live.items()
        if isinstance(certificate.public_key(), rsa.RSAPublicKey) and certificate.public_key().key_size < 2048
    ]
    assert tuple(sorted(short)) == built.truth.rsa_below_2048
    assert len(short) == key_faults.WEAK_LEGACY_KEYS + key_faults.WEAK_APPLIANCE_KEYS
    weak_hash = [each for each, certificate in live.items() if certificate.signature_hash_algorithm.name == "sha1"]
    assert tuple(sorted(weak_hash)) == built.truth.sha1_signature
    assert len(weak_hash) == 20 + sum(content_faults.STILL_SHA1.values())


def test_what_outlives_the_quantum_deadlines(built, live):
    for year, truth in ((2030, built.truth.outlives_2030), (2035, built.truth.outlives_2035)):
        assert truth == tuple(sorted(each for each, certificate in live.items() if ends(certificate).year > year))
        assert truth
        # so that "by 2030" and "before 2030" mean the same certificates
        assert not [each for each in live.values() if ends(each).year == year]


def test_ca_owners(built, live):
    counts = Counter(
        "self-signed"
        if certificate.issuer == certificate.subject
        else certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
        for certificate in live.values()
    )
    assert dict(counts) == built.truth.ca_owners
    ((top, most),) = counts.most_common(1)
    assert top == built.truth.top_ca_owner
    assert most * 10 == len(live) * 6  # 60 %, exactly


def test_reused_keys(built, live):
    keys = defaultdict(list)
    for each, certificate in live.items():
        spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        keys[sha256(spki)].append(each)
    shared = {key: tuple(sorted(group)) for key, group in keys.items() if len(group) > 1}
    assert shared == built.truth.reused_keys
    assert sorted(map(len, shared.values())) == sorted(sum(each.values()) for each in key_faults.SHARED_KEYS.values())


def test_wildcard_sprawl(built, live, in_service):
    wildcards = {
        each: len(in_service[each])
        for each, certificate in live.items()
        if any(name.startswith("*.") for name in dns_names(certificate))
    }
    assert wildcards == built.truth.wildcard_endpoints
    assert sorted(wildcards.values())[-2:] == [4, SPRAWL]


def test_shadow_certificates(built, known):
    scanned = {sha256(each) for _, _, each in built.exports.served}
    recorded = {int(row["serial_number"], 16) for row in built.exports.report}
    logged = {sha256(entry.certificate) for entry in built.exports.entries if not entry.is_precert}
    shadow = [
        each
        for each in logged - scanned
        if begins(known[each]) <= demo.AS_OF <= ends(known[each]) and known[each].serial_number not in recorded
    ]
    assert tuple(sorted(shadow)) == built.truth.shadow
    # domains that look alike are others', but nothing in the logs says so
    others = sum(days > 0 for days in transparency.LOOK_ALIKES.values())
    more = len(transparency.BURST) + transparency.UNHEARD_OF + len([transparency.AGENCY]) + others
    assert len(shadow) == sum(lives.SHADOW.values()) + more == 25 + 20


def test_renewed_but_not_deployed(built, known, live, in_service):
    by_names = defaultdict(list)
    for each, certificate in known.items():
        by_names[dns_names(certificate)].append((begins(certificate), each))
    found = {}
    for old, certificate in live.items():
        later = [
            (time, new)
            for time, new in by_names[dns_names(certificate)]
            if begins(certificate) < time <= ends(certificate) + timedelta(days=30)
        ]
        if later:
            found[old] = min(later)[1]
    assert {each.old: each.new for each in built.truth.renewed_not_deployed} == found
    assert len(found) == lives.RENEWED_NOT_DEPLOYED + renewal.PARTLY
    recorded = {int(row["serial_number"], 16) for row in built.exports.report}
    for each in built.truth.renewed_not_deployed:
        assert each.endpoints == tuple(sorted(in_service[each.old]))
        if each.new in in_service:
            continue  # deployed in part
        assert known[each.new].serial_number in recorded
        assert timedelta(0) < ends(known[each.old]) - demo.AS_OF < timedelta(days=14)
        assert each.new not in in_service


def test_only_planted_certificates_come_into_the_last_days(built, live):
    """Renewals run before the scans, so that a log entry newer than the last scan is a fault, never an accident."""
    newest = max(begins(each) for each in live.values())
    assert newest < demo.AS_OF - timedelta(days=3)


def test_business_units_and_criticality(built, said):
    for attribute in ("unit", "criticality"):
        # what the list says of a certificate itself is the last word: servers of several owners may share it
        closest = {each: rows[:1] if rows and rows[0].distance == 1 else rows for each, rows in said.items()}
        spoken = {each: {getattr(row, attribute) for row in rows} - {""} for each, rows in closest.items()}
        assert max(map(len, spoken.values())) == 1  # the sources never contradict each other
        if attribute == "unit":
            units = {each: next(iter(words), None) for each, words in spoken.items()}
            assert units == built.truth.business_units
            assert None in units.values()
        else:
            critical = sorted(each for each, words in spoken.items() if "critical" in words)
            assert tuple(critical) == built.truth.critical


def test_critical_ca_owners(built, live):
    counts = Counter(
        live[each].issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value for each in built.truth.critical
    )
    assert dict(counts) == built.truth.critical_ca_owners
