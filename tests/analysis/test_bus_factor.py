"""How few people and teams have to be lost: by hand, and against trying every set."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from estate_rows import AS_OF

from certanalytics.analysis.ownership.bus_factor import NO_CRITICALITY, dependence, fewest
from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE


def certificates(**groups):
    """Contacts of certificates: ``ab=3`` are three whose contacts are a and b."""
    return [set(parties) - {"_"} for parties, number in groups.items() for _ in range(number)]


@pytest.mark.parametrize(
    ("groups", "answer", "lost"),
    [
        ({"a": 6, "b": 4}, 1, {"a"}),
        ({"a": 5, "b": 5}, 2, {"a", "b"}),  # half is not more than half
        ({"a": 5, "b": 3, "c": 2}, 2, {"a", "b"}),
        ({"ab": 4}, 2, {"a", "b"}),  # one of two contacts is left
        ({"x": 2, "ab": 4}, 2, {"a", "b"}),  # the greedy choice begins with x and needs three
        ({"_": 6, "a": 4}, 0, set()),  # more than half have nobody already
        ({"_": 5, "a": 5}, 1, {"a"}),
        ({"abc": 3, "a": 1, "b": 1}, 3, {"a", "b", "c"}),
    ],
)
def test_by_hand(groups, answer, lost):
    found = fewest(certificates(**groups))
    assert (found.least, found.most, set(found.parties)) == (answer, answer, lost)
    assert found.stranded * 2 > found.certificates == sum(groups.values())


def brute_force(contacts):
    parties = sorted(set().union(*contacts))
    for size in range(len(parties) + 1):
        for lost in combinations(parties, size):
            if 2 * sum(each <= set(lost) for each in contacts) > len(contacts):
                return size
    raise AssertionError


@pytest.mark.parametrize("seed", range(60))
def test_against_trying_every_set(seed):
    rng = random.Random(seed)  # noqa: S311 - any mixture will do, always the same
    contacts = [set(rng.sample("abcdefg", rng.choice((0, 1, 1, 2, 2, 3)))) for _ in range(rng.randrange(1, 25))]
    found = fewest(contacts)
    assert found.least == found.most == len(found.parties) == brute_force(contacts)
    bounded = fewest(contacts, searched=0)
    assert bounded.least <= found.most <= bounded.most == len(bounded.parties)


def test_where_the_search_is_given_up_bounds_are_told():
    found = fewest(certificates(x=2, ab=4), searched=0)
    assert (found.least, found.most) == (2, 3)


def test_of_no_certificates_there_is_none():
    with pytest.raises(ValueError, match="certificates"):
        fewest([])


def critical(rows, name, owner, team=None):
    rows.served(name)
    rows.asset(name, owner=owner, team=team, criticality="critical")


def test_figures(rows):
    for name in ("ann", "bob"):
        rows.person(name)
    rows.person("gone", active=False)
    rows.team("web")
    critical(rows, "a.example.com", "ann")
    critical(rows, "b.example.com", "ann")
    critical(rows, "c.example.com", "bob", "web")
    critical(rows, "d.example.com", "gone")
    rows.served("e.example.com")
    rows.asset("e.example.com", owner="bob")  # not critical
    found = dependence(rows.estate(), as_of=AS_OF)
    assert {name: kpi.value for name, kpi in found.kpis.items()} == {
        "bus_factor": 1,  # d has nobody; with ann a and b have nobody: three of four
        "critical_without_contact": 1,
        "critical_on_one": 2,
    }
    assert found.headline == (
        "The loss of 1 contact (ann) would leave more than half of 4 certificates of critical services without a "
        "verified one."
    )
    assert found.frame[["name", "certificates", "alone", "lost"]].to_numpy().tolist() == [
        ["ann", 2, 2, True],
        ["bob", 1, 0, False],
        ["web", 1, 0, False],
    ]


def test_what_cannot_be_told(rows):
    rows.served("a.example.com")
    rows.asset("a.example.com", owner="ann")
    assert dependence(rows.estate(), as_of=AS_OF).headline == NO_CRITICALITY
    rows.asset("b.example.com", criticality="critical")
    assert dependence(rows.estate(), as_of=AS_OF).headline == (
        "No certificate in service is known to belong to a critical service."
    )
    rows.served("b.example.com")
    assert dependence(rows.estate(), as_of=AS_OF).headline == NO_DIRECTORY
    rows.tables["asset"] = rows.tables["asset"][1:]
    found = dependence(rows.estate(), as_of=AS_OF)
    assert (found.headline, found.kpis["bus_factor"].value) == (NOT_ASSESSABLE, None)
