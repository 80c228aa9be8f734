"""What logs and DNS zones show, worked out again from the exports by an independent reader."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from cryptography import x509
from independent_reading import begins, dns_names, ends, organisation
from independent_zones import permitted, zone

from certanalytics import demo
from certanalytics.demo.faults import issuers
from certanalytics.demo.faults import transparency as faults


def registered(name):
    return ".".join(name.split(".")[-2:])


def domains(certificate):
    return {registered(name) for name in dns_names(certificate)}


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.transparency


@pytest.fixture(scope="module")
def own(built):
    known = built.exports.certificates
    held = {each for each in known if each not in built.exports.logged}
    scanned = {x509.load_der_x509_certificate(der) for _, _, der in built.exports.served}
    return {
        domain for each in scanned | {known[each] for each in held | built.exports.recorded} for domain in domains(each)
    }


@pytest.fixture(scope="module")
def ours(built, own):
    """Valid logged certificates for own domains."""
    logged = {each: built.exports.certificates[each] for each in built.exports.logged}
    return {each: one for each, one in logged.items() if ends(one) >= demo.AS_OF and domains(one) & own}


def test_own_domains_and_what_was_logged_for_them(truth, own, ours):
    assert truth.own_domains == tuple(sorted(own))
    assert truth.logged == len(ours)


def test_a_ca_nobody_buys_from(built, truth, ours):
    seen = {sha for sha in built.exports.certificates if sha not in built.exports.logged} | built.exports.recorded
    used = {organisation(x509.load_der_x509_certificate(der).issuer) for _, _, der in built.exports.served}
    used |= {organisation(built.exports.certificates[each].issuer) for each in seen}
    assert truth.unheard_of == tuple(sorted(each for each, one in ours.items() if organisation(one.issuer) not in used))
    assert len(truth.unheard_of) == faults.UNHEARD_OF


def test_what_nobody_ordered(built, truth, ours):
    """Of Northgate most is ordered at the portal; of the other CAs managers have next to nothing."""
    valid = {each for each in built.exports.logged if ends(built.exports.certificates[each]) >= demo.AS_OF}
    issuers = {each: organisation(built.exports.certificates[each].issuer) for each in valid}
    known = Counter(issuers[each] for each in valid & built.exports.recorded)
    shares = {owner: known[owner] / number for owner, number in Counter(issuers.values()).items()}
    assert {owner for owner, share in shares.items() if share >= 0.5} == {"Northgate Certification"}
    assert sorted(shares.values())[-2] < 0.2
    missing = [
        each for each in ours if issuers[each] == "Northgate Certification" and each not in built.exports.recorded
    ]
    assert truth.unrecorded == tuple(sorted(missing))
    assert len(missing) >= faults.ELSEWHERE  # one before may be valid still


def test_odd_names(built, truth, own, ours):
    (address,) = [each["ResourceRecords"][0]["Value"] for each in zone(built.exports, 2).sets if each["Type"] == "A"]
    (internal,) = [each["Name"].rstrip(".") for each in zone(built.exports, 2).sets if each["Type"] == "A"]
    assert address.startswith("10.")  # RFC 1918
    odd = {}
    for each, one in ours.items():
        names = [name for name in dns_names(one) if name == internal]
        names += sorted(domains(one) - own)
        if names:
            odd[each] = tuple(names)
    assert odd == truth.odd_names
    assert truth.internal_names == (internal,) == (faults.INTERNAL_NAME,)


def test_a_burst(built, truth, ours):
    """Fourteen certificates in one week for a domain that had three or fewer in any week before."""
    weeks = defaultdict(set)
    for each in built.exports.logged:
        one = built.exports.certificates[each]
        if faults.FESTIVAL in domains(one):
            weeks[begins(one).isocalendar()[:2]].add(each)
    busiest = max(weeks, key=lambda week: len(weeks[week]))
    assert busiest == (2026, 46)
    assert len(weeks.pop(busiest)) == len(faults.BURST)
    assert max(len(each) for each in weeks.values()) <= 3
    assert min(weeks) <= (2026, 38)  # eight weeks before and more
    festival = [each for each, one in ours.items() if begins(one).isocalendar()[:2] == busiest]
    assert truth.burst == tuple(sorted(each for each in festival if faults.FESTIVAL in domains(ours[each])))


def test_domains_known_from_logs_alone(built, truth, own):
    alone = Counter()
    for each in built.exports.logged:
        one = built.exports.certificates[each]
        for domain in domains(one) - own:
            alone[domain] += ends(one) >= demo.AS_OF
    assert dict(alone) == truth.log_domains
    assert set(truth.log_domains) == {*faults.LOOK_ALIKES, faults.AGENCY, "meridian-labs.example"}


def edits(one, other):
    """Letters more, less, other or swapped with their neighbour, by the textbook recursion."""
    if not one or not other:
        return len(one) + len(other)
    steps = [edits(one[1:], other) + 1, edits(one, other[1:]) + 1] if one[0] != other[0] else []
    steps.append(edits(one[1:], other[1:]) + (one[0] != other[0]))
    if one[:2] == other[1::-1] and len(one) > 1:
        steps.append(edits(one[2:], other[2:]) + 1)
    return min(steps)


def test_look_alikes(truth):
    for domain, likeness in truth.look_alikes.items():
        label, own = domain.partition(".")[0], likeness.looks_like.partition(".")[0]
        if likeness.kind == "homoglyph":
            shown = label.removeprefix("xn--").encode().decode("punycode")  # RFC 3492
            assert shown != own
            assert shown.replace("\N{CYRILLIC SMALL LETTER A}", "a") == own
        elif likeness.kind == "edit distance":
            assert edits(label[-6:], own[-6:]) == likeness.distance  # which are where they differ
            assert label[:-6] == own[: len(label) - 6]
        else:
            assert (likeness.kind, likeness.distance) == ("added word", 0)
            assert own in label.split("-")
    assert len(truth.look_alikes) == len(faults.LOOK_ALIKES) + 1


@pytest.fixture(scope="module")
def judged(built):
    """What the zones said for each public certificate with a name in the first: before, after and now.

    The second names CAs of which nobody can tell that they are these.
    """
    looks = [zone(built.exports, number) for number in (1, 2)]
    found = {}
    for each, one in built.exports.certificates.items():
        names = [name for name in dns_names(one) if registered(name) == faults.ZONE]
        elsewhere = [None for name in dns_names(one) if registered(name) == faults.PAYMENTS_ZONE]
        if organisation(one.issuer) == "Meridian Group" or one.issuer == one.subject or not names:
            continue
        before = [look for look in looks if look.time <= begins(one) - timedelta(hours=8)]
        after = [look for look in looks if look.time >= begins(one)]
        moments = {"before": before[-1:], "after": after[:1], "now": looks[-1:]}
        found[each] = {
            moment: [permitted(look.records, name, faults.ZONE) for look in chosen for name in names] + elsewhere
            for moment, chosen in moments.items()
        }
    return found


def test_caa_violations(truth, judged):
    closed = [each for each, said in judged.items() if set() in said["before"] and set() in said["after"]]
    assert truth.caa_violations == tuple(sorted(closed))
    assert len(closed) == faults.CLOSED_BEFORE
    told = [each for each, said in judged.items() if said["before"] and None not in said["before"]]
    assert truth.judged_at_issue == len(told)


def test_blocked_renewals(built, truth, judged):
    live = {each for each in built.exports.in_service if each in judged}
    blocked = [each for each in live if set() in judged[each]["now"]]
    assert truth.renewals_blocked == tuple(sorted(blocked))
    since = sum(number for by, (_, number) in faults.CLOSED_SINCE.items() if by != "away")
    assert len(blocked) == faults.CLOSED_BEFORE + since + issuers.SHUT
    unclear = [each for each in live if None in judged[each]["now"]]
    assert truth.judged_now == len(live) - len(unclear)
    # an alias leads away, and one certificate that owners share has a name in the other zone
    shared = [each for each in unclear if faults.PAYMENTS_ZONE in domains(built.exports.certificates[each])]
    assert (len(unclear), len(shared)) == (faults.CLOSED_SINCE["away"][1] + 1, 1)


def test_the_zones(built, truth):
    """One says nothing of CAA at its apex, the other names two CAs."""
    for number, look in enumerate(faults.ZONE_LOOKS, 1):
        assert zone(built.exports, number).time == look
        assert "CAA" not in zone(built.exports, number).records[faults.ZONE]
    text = (built.exports.folder / "dns" / f"{faults.PAYMENTS_ZONE}.zone").read_text()
    assert re.findall(r'CAA 0 issue "(.*)"', text) == ["larkspur.example", "northgate.example"]
    assert truth.caa_coverage == {faults.ZONE: False, faults.PAYMENTS_ZONE: True}
    assert set(truth.own_domains) - set(truth.caa_coverage) == {faults.FESTIVAL}


def test_a_public_certificate_in_no_log(built, truth):
    public = {organisation(one.issuer) for one in map(built.exports.certificates.get, built.exports.logged)}
    unlogged = []
    for each in built.exports.in_service:
        one = built.exports.certificates[each]
        extensions = {extension.oid for extension in one.extensions}
        is_timestamped = x509.PrecertificateSignedCertificateTimestamps.oid in extensions
        if organisation(one.issuer) in public and not is_timestamped:
            assert each not in built.exports.logged
            unlogged.append(each)
    assert truth.unlogged == tuple(unlogged)
    assert len(unlogged) == faults.UNLOGGED
