"""How ready public certificates are for short lives, worked out again from the exports by an independent reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from independent_ownership import THERE
from independent_reading import begins, dns_names, ends, organisation, sha1, sha256

SHARES = {
    "closed_loop": 0.4,
    "dcv_automatable": 0.2,
    "deployment_evidence": 0.15,
    "owner_verified": 0.15,
    "second_ca": 0.1,
}


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.readiness


@pytest.fixture(scope="module")
def public(built, live):
    """Certificates in service of CAs whose certificates are in the logs."""
    logging = {organisation(built.exports.certificates[each].issuer) for each in built.exports.logged}
    return {sha: one for sha, one in live.items() if one.issuer != one.subject and organisation(one.issuer) in logging}


def answers(truth, component):
    told = truth.components[component]
    return {True: told.met, False: told.missed, None: told.not_told}


def counted(found):
    return {**dict.fromkeys((True, False, None), 0), **Counter(found)}


@pytest.fixture(scope="module")
def caddy(built):
    return {sha256(der) for der in built.exports.caddy}


def test_what_renews_and_installs_by_itself(built, truth, public, caddy):
    types = {each["CertificateDetails"]["Thumbprint"].lower(): each["ManagementType"] for each in built.exports.venafi}
    found = [
        True if sha in caddy else types[sha1(one)] == "Provisioning" if sha1(one) in types else None
        for sha, one in public.items()
    ]
    assert counted(found) == answers(truth, "closed_loop")


def test_validation_without_a_person(built, truth, public, caddy):
    methods = {int(row["serial_number"], 16): row["dcv_method"] for row in built.exports.report}
    assert set(methods.values()) == {"dns-txt-token"}
    found = [True if sha in caddy or one.serial_number in methods else None for sha, one in public.items()]
    assert counted(found) == answers(truth, "dcv_automatable")


def test_owners_in_the_directory(truth, public, sources, said):
    found = [sources.there(sources.owner(said[sha])) == THERE for sha in public]
    assert counted(found) == answers(truth, "owner_verified")


def test_renewals_that_arrived(built, truth, public, in_service):
    lines = defaultdict(list)
    for sha, one in built.exports.certificates.items():
        lines[dns_names(one)].append((begins(one), ends(one), sha))
    before = {}
    for line in lines.values():
        for start, end, sha in line:
            after = [(later, new) for later, _, new in line if start < later <= end + timedelta(days=30)]
            if after:
                before[min(after)[1]] = sha
    waiting = {sha for new, sha in before.items() if sha in in_service}
    late = {new for new, sha in before.items() if sha in in_service}
    found = [False if sha in waiting | late else True if sha in before else None for sha in public]
    assert counted(found) == answers(truth, "deployment_evidence")


def test_a_second_ca(built, truth):
    stand_ins = built.truth.issuers.recorded
    assert answers(truth, "second_ca") == {
        True: stand_ins.second,
        False: len(stand_ins.no_second),
        None: stand_ins.second_not_told,
    }


def test_bounds(truth, public):
    """The mean over certificates is the sum over components."""
    met = sum(share * truth.components[name].met for name, share in SHARES.items())
    untold = sum(share * truth.components[name].not_told for name, share in SHARES.items())
    assert truth.least == pytest.approx(met / len(public))
    assert truth.most == pytest.approx((met + untold) / len(public))


def test_renewals_a_year(truth, public):
    """What lives 90 days is renewed every 60, at 47 every 31 and a third; what lives six, every three."""
    lives = Counter(round((ends(one) - begins(one)) / timedelta(days=1)) for one in public.values())
    assert set(lives) == {6, 47, 90, 199, 397}
    for limit, found in [(10**6, truth.renewals), *truth.renewals_at.items()]:
        by_hand = sum(
            number * 365.25 / (3 if days == 6 else min(days, limit) * 2 / 3) for days, number in lives.items()
        )
        assert found == pytest.approx(by_hand), limit
