"""On which days it all ends, worked out again from the exports by an independent reader."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from fractions import Fraction

import pytest
from independent_reading import begins, dns_names, ends, organisation

from certanalytics import demo
from certanalytics.demo.faults import expiry as faults

MIDNIGHT = demo.AS_OF.replace(hour=0)
LAST = MIDNIGHT + timedelta(days=364)


@pytest.fixture(scope="module")
def truth(built):
    return built.truth.expiry


@pytest.fixture(scope="module")
def running(live):
    return {sha: one for sha, one in live.items() if ends(one) >= demo.AS_OF}


def weeks(certificates):
    counts = Counter((ends(one).date() - MIDNIGHT.date()).days // 7 for one in certificates)
    return tuple(counts[week] for week in range(52))


def test_days_and_weeks(truth, running):
    days = Counter(ends(one).date().isoformat() for one in running.values() if ends(one) < LAST)
    assert dict(days) == truth.days
    assert weeks(running.values()) == truth.weeks
    own = [one for one in running.values() if organisation(one.issuer) == "Meridian Group"]
    assert weeks(own) == truth.internal_weeks


def test_one_evening(truth, running):
    """A year before they end, within five hours of one Saturday."""
    (number,) = faults.ONE_EVENING.values()
    made = [one for one in running.values() if ends(one).date().isoformat() == "2027-06-13"]
    assert len(made) == number
    assert max(map(begins, made)) - min(map(begins, made)) < timedelta(hours=5)
    assert {begins(one).isoweekday() for one in made} == {6}
    assert {ends(one).isoweekday() for one in made} == {7}
    assert {organisation(one.issuer) for one in made} == {"Meridian Group"}


def test_windows(built, truth, running):
    later = defaultdict(list)
    for one in built.exports.certificates.values():
        later[dns_names(one)].append(begins(one))
    found = defaultdict(Counter)
    for one in running.values():
        life = ends(one) - begins(one)
        days = -(-(life + timedelta(seconds=1)) // timedelta(days=1))
        bands = [(10, "up to 10"), (47, "11–47"), (100, "48–100"), (200, "101–200"), (398, "201–398")]
        band = next((name for most, name in bands if days <= most), "over 398")
        left = Fraction((ends(one) - demo.AS_OF) // timedelta(seconds=1), life // timedelta(seconds=1))
        latest = ends(one) + timedelta(days=30)
        followed = any(begins(one) < other <= latest for other in later[dns_names(one)])
        is_due = left < Fraction(1, 2 if days <= 10 else 3)
        found[f"{band} days"]["before" if not is_due else "renewed" if followed else "waiting"] += 1
    assert {band: (count["before"], count["renewed"], count["waiting"]) for band, count in found.items()} == {
        band: (window.before, window.renewed, window.waiting) for band, window in truth.windows.items()
    }
