"""The requirements of NIST SP 1800-16 as rows, and what a check says of each.

The rows stand in ``facts.sp1800_16_requirement`` and ``facts.sp1800_16_attribute``, in our words: 94 requirements and
31 attributes. A section number is shown only where it is sure.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from certanalytics.policy.register import Attestation
from certanalytics.policy.verdict import Evidence, State, Verdict, combine

_PACKAGE = Path(__file__).parents[1]
_UNSURE = ((5, 1, 12), (5, 2, 11))
"""From where to where the numbering of sections is as remembered; see the design notes on the guide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One requirement of the guide.

    Attributes:
        id: ``KEY-1``.
        area: The practice it belongs to.
        requirement: What it asks, in our words.
        section: Sections of volume B; see `sections` for those that may be shown.
        tag: ``M`` where substance and section are sure, ``m`` where the section is as remembered.
        obs: What observes it: ``S`` scans and logs, ``E`` a joined source, ``X`` hardly any data.
        how: ``control``, ``analysis``, ``attested`` or ``out of reach``.
        analysis: The function of `certanalytics.analysis` whose figures show it, if one does.
        extent: Whether data show the ``whole`` of it, or ``part``.
        remains: What data do not show of it.
        data: Which data it needs.
        source: Where the row comes from.
    """

    id: str
    area: str
    requirement: str
    section: str
    tag: str
    obs: str
    how: str
    analysis: str
    extent: str
    remains: str
    data: str
    source: str

    @property
    def sections(self) -> str:
        """The sections of volume B that are sure; empty where none is."""
        if self.tag != "M":
            return ""
        return ", ".join(part for part in self.section.split(", ") if not _is_unsure(part))

    @property
    def reference(self) -> str:
        """How it is cited."""
        return f"{self.id} of NIST SP 1800-16B" + (f", section {self.sections}" if self.sections else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute an inventory records of each certificate: the column that holds it, and what it needs."""

    id: str
    attribute: str
    obs: str
    column: str
    needs: str
    tag: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a check says of one requirement, why, and which data would say more."""

    requirement: Requirement
    state: Evidence
    controls: tuple[str, ...]
    reason: str
    data: str


@cache
def requirements() -> tuple[Requirement, ...]:
    """All 94 requirements, in the order of the guide."""
    return tuple(Requirement(**row) for row in _rows("sp1800_16_requirement"))


@cache
def attributes() -> tuple[Attribute, ...]:
    """All 31 attributes."""
    return tuple(Attribute(**row) for row in _rows("sp1800_16_attribute"))


def reference(control_reference: str, ids: Iterable[str]) -> str:
    """Where a control comes from: what its pack says, and the requirements it is evidence for."""
    known = {requirement.id: requirement for requirement in requirements()}
    aligned = "; ".join(known[name].reference for name in ids if name in known)
    return "; ".join(filter(None, (control_reference, f"aligned with {aligned}" if aligned else "")))


def lines(verdicts: Sequence[Verdict], register: Iterable[Attestation], as_of: datetime) -> list[Line]:
    """What verdicts and a register say of every requirement.

    Args:
        verdicts: The verdicts of a check.
        register: The attestations.
        as_of: The moment; what has run out by then, or comes later, does not count. Where data do not tell either, it
            is said when the last one ran out.
    """
    entries = sorted(register, key=lambda entry: entry.valid_until)
    valid = {entry.requirement: entry for entry in entries if entry.holds(as_of)}
    past = {entry.requirement: entry for entry in entries if entry.valid_until < as_of.date()}
    untold = {Evidence.NOT_ASSESSABLE, Evidence.SHOWN, Evidence.OUT_OF_REACH}
    made = []
    for requirement in requirements():
        of_it = [verdict for verdict in verdicts if requirement.id in verdict.control.requirements]
        state, reason, data = _line(requirement, of_it)
        entry, late = valid.get(requirement.id), past.get(requirement.id)
        if entry and state in untold:
            reason = f"attested by {entry.by} on {entry.on}, until {entry.valid_until} ({entry.evidence}); {reason}"
            state = Evidence.ATTESTED
        elif entry and state is Evidence.PARTLY:
            reason += f"; the rest is attested by {entry.by} until {entry.valid_until}"
        elif late and not entry and state in {*untold, Evidence.PARTLY}:
            reason += f"; the attestation of {late.by} ran out on {late.valid_until}"
        controls = tuple(verdict.control.id for verdict in of_it)
        made.append(Line(requirement=requirement, state=state, controls=controls, reason=reason, data=data))
    return made


def _line(requirement: Requirement, verdicts: Sequence[Verdict]) -> tuple[Evidence, str, str]:
    if requirement.how == "out of reach":
        return Evidence.OUT_OF_REACH, "no export that can be read says it", requirement.data
    if requirement.how == "analysis":
        return Evidence.SHOWN, f"figures of the analysis {requirement.analysis}", requirement.data
    state = combine(verdicts, whole=requirement.extent == "whole")
    said = "; ".join(f"{verdict.control.id}: {verdict.state}" for verdict in verdicts)
    remains = f"; not shown by data: {requirement.remains}" if requirement.remains else ""
    missing = [verdict.missing for verdict in verdicts if verdict.state is State.NOT_ASSESSABLE and verdict.missing]
    unmet = state is Evidence.NOT_ASSESSABLE
    data = ("; ".join(dict.fromkeys(missing)) or requirement.data) if unmet else ""
    return state, (said or "no control of the packs checked judges it") + remains, data


def _rows(name: str) -> list[dict[str, str]]:
    with (_PACKAGE / "facts" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_unsure(section: str) -> bool:
    number = tuple(int(part) for part in re.findall(r"\d+", section))
    return _UNSURE[0] <= number <= _UNSURE[1]
