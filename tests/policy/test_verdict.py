"""What is concluded from counts, and of requirements from verdicts: every combination, by hand."""

from __future__ import annotations

from itertools import product

import pytest

from certanalytics.policy.pack import load_pack
from certanalytics.policy.verdict import Counts, Evidence, State, Verdict, combine, conclude

PACK = load_pack("sp1800-16")


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ({}, State.NOTHING),
        ({"fine": 1}, State.MET),
        ({"fine": 9, "exempted": 1}, State.EXCEPTED),
        ({"exempted": 1}, State.EXCEPTED),
        ({"fine": 9, "untold": 1}, State.NOT_ASSESSABLE),
        ({"untold": 1}, State.NOT_ASSESSABLE),
        ({"exempted": 1, "untold": 1}, State.NOT_ASSESSABLE),
        ({"fine": 9, "violating": 1}, State.NOT_MET),
        ({"violating": 1, "untold": 9, "exempted": 9}, State.NOT_MET),
    ],
)
def test_the_lattice(counts, state):
    assert conclude(Counts(**counts)) is state


def test_met_is_said_only_where_every_row_is_fine():
    for fine, violating, exempted, untold in product((0, 1, 5), repeat=4):
        counts = Counts(fine=fine, violating=violating, exempted=exempted, untold=untold)
        assert (conclude(counts) is State.MET) == (fine > 0 and not violating and not exempted and not untold)
        assert counts.in_scope == fine + violating + exempted + untold


def verdict(state, *, unstated=False):
    return Verdict(
        pack=PACK, control=PACK.controls[0], state=state, counts=Counts(), reason="So it is.", unstated=unstated
    )


@pytest.mark.parametrize(
    ("states", "whole", "part"),
    [
        ([], Evidence.NOT_ASSESSABLE, Evidence.NOT_ASSESSABLE),
        ([State.NOTHING], Evidence.NOT_ASSESSABLE, Evidence.NOT_ASSESSABLE),
        ([State.MET], Evidence.MET, Evidence.PARTLY),
        ([State.MET, State.NOTHING], Evidence.MET, Evidence.PARTLY),
        ([State.MET, State.EXCEPTED], Evidence.PARTLY, Evidence.PARTLY),
        ([State.EXCEPTED], Evidence.PARTLY, Evidence.PARTLY),
        ([State.MET, State.NOT_ASSESSABLE], Evidence.NOT_ASSESSABLE, Evidence.NOT_ASSESSABLE),
        ([State.MET, State.NOT_ASSESSABLE, State.NOT_MET], Evidence.NOT_MET, Evidence.NOT_MET),
        ([State.ATTESTED], Evidence.ATTESTED, Evidence.ATTESTED),
        ([State.ATTESTED, State.MET], Evidence.PARTLY, Evidence.PARTLY),
    ],
)
def test_what_controls_say_of_a_requirement(states, whole, part):
    assert combine(map(verdict, states), whole=True) is whole
    assert combine(map(verdict, states), whole=False) is part


def test_what_the_organisation_does_not_state_leaves_the_word_to_the_others():
    unstated = verdict(State.NOT_ASSESSABLE, unstated=True)
    assert combine([unstated, verdict(State.MET)], whole=True) is Evidence.MET
    assert combine([unstated], whole=True) is Evidence.NOT_ASSESSABLE
