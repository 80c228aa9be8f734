"""What is concluded of a control from counts of rows, and of a requirement from its controls.

The order of the conclusions is decided in ``docs/decisions/0009-met-is-only-what-was-seen-to-be-so.md``: *met* is the
last thing that is said, never what is left where nothing else could be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from certanalytics.policy.pack import Control, Pack


class State(StrEnum):
    """What can be concluded of one control.

    ``EXCEPTED``: nothing but what live exceptions cover. ``NOTHING``: no row it applies to. ``ATTESTED``: somebody
    vouches for it; no data do.
    """

    NOT_MET = "not met"
    NOT_ASSESSABLE = "not assessable"
    EXCEPTED = "excepted"
    MET = "met"
    ATTESTED = "attested"
    NOTHING = "nothing to judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows of one control; together they are those in scope.

    Attributes:
        fine: It applies and is kept.
        violating: It applies and is broken, and no live exception covers it.
        exempted: It is broken, and a live exception covers it.
        untold: These data do not tell whether it applies and is broken.
    """

    fine: int = 0
    violating: int = 0
    exempted: int = 0
    untold: int = 0

    @property
    def in_scope(self) -> int:
        """All rows it applies to, or may apply to."""
        return self.fine + self.violating + self.exempted + self.untold


def conclude(counts: Counts) -> State:
    """The state of a control whose evidence is there.

    One broken row is enough for *not met*, whatever else is not known. Without one, a single row that cannot be told
    forbids *met*.
    """
    if counts.violating:
        return State.NOT_MET
    if counts.untold:
        return State.NOT_ASSESSABLE
    if counts.exempted:
        return State.EXCEPTED
    return State.MET if counts.fine else State.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One row that breaks a control: its key, the name people know it by, where it belongs, and why it is one."""

    subject: str
    name: str
    business_unit: str | None
    owner: str | None
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was concluded of one control, and from what.

    Attributes:
        pack: The pack it stands in.
        control: The control.
        state: The conclusion.
        counts: The rows; all zero where nothing was judged.
        reason: The conclusion in one sentence, with the numbers.
        missing: Which data would make it assessable; empty where it was assessed.
        unstated: It was not judged because its pack does not state what it needs.
        samples: Some of the violating rows, in order.
        units: Rows by business unit, for what belongs to one.
    """

    pack: Pack
    control: Control
    state: State
    counts: Counts
    reason: str
    missing: str = ""
    unstated: bool = False
    samples: tuple[Sample, ...] = ()
    units: tuple[tuple[str | None, Counts], ...] = ()


class Evidence(StrEnum):
    """What can be said of one requirement of the guide.

    ``PARTLY``: what data can show of it is met, and the rest is not for data to show. ``SHOWN``: figures show it and no
    control judges them. ``OUT_OF_REACH``: no export of any tool we know says it.
    """

    NOT_MET = "not met"
    NOT_ASSESSABLE = "not assessable"
    PARTLY = "partly met"
    MET = "met"
    ATTESTED = "attested"
    SHOWN = "shown, not judged"
    OUT_OF_REACH = "out of reach"


def combine(verdicts: Iterable[Verdict], *, whole: bool) -> Evidence:
    """What several controls together say of one requirement.

    A control that found nothing to judge, or whose pack does not say what the organisation wants, leaves the word to
    the others; where none of them speaks the requirement is not assessable.

    Args:
        verdicts: The verdicts on its controls.
        whole: Whether the controls show all of it; what they show in part is at best partly met.
    """
    found = {verdict.state for verdict in verdicts if not verdict.unstated} - {State.NOTHING}
    if State.NOT_MET in found:
        return Evidence.NOT_MET
    if not found or State.NOT_ASSESSABLE in found:
        return Evidence.NOT_ASSESSABLE
    if found == {State.ATTESTED}:
        return Evidence.ATTESTED
    return Evidence.MET if whole and found == {State.MET} else Evidence.PARTLY
