"""A check of control packs, as verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certanalytics.policy import guide
from certanalytics.policy.evaluation import SAMPLES, Court
from certanalytics.policy.pack import EXCEPTIONS, SEVERITIES, Pack, load_pack, load_packs, shipped
from certanalytics.policy.register import Attestation, load_register
from certanalytics.policy.verdict import State, Verdict
from certanalytics.result import Input

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

METHOD = (
    "A control names the rows it applies to and the condition that breaks it; both may be true, false or not known. It "
    "is not met if one row breaks it; not assessable if the data it needs are not loaded, its pack does not state what "
    "the organisation wants, or for a single row it cannot be told; excepted if nothing but live exceptions covers "
    "what breaks it; met only if it is kept by every row it applies to, and there is one. Attested is what somebody "
    "vouches for in the register; no data show it."
)
"""How a verdict is come by, in words."""

CAVEATS = (
    "Met is said of the rows that were judged: what no scan reached and no export names is not among them.",
    "Aligned with the documents named; nobody certifies anything here. Sections are named only where they are sure.",
    "SSLyze can be told to try some versions only; a run that asked for curves as well is taken for a whole one.",
)
"""What no check can show."""

_ORDER = tuple(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything a check found.

    Attributes:
        as_of: The moment it holds for.
        scope: The SQL predicate over the inventory that bounds it, or ``None``.
        packs: The packs that were checked.
        verdicts: The verdict on every control, in the order of the packs.
        register: The attestations that were given.
        inputs: The evidence used, by source.
    """

    as_of: datetime
    scope: str | None
    packs: tuple[Pack, ...]
    verdicts: tuple[Verdict, ...]
    register: tuple[Attestation, ...]
    inputs: tuple[Input, ...]

    def findings(self, fail_on: str) -> list[Verdict]:
        """The controls that are not met and at least this severe.

        Args:
            fail_on: ``low``, ``medium``, ``high`` or ``critical``.
        """
        least = SEVERITIES.index(fail_on)
        return [
            verdict
            for verdict in self.verdicts
            if verdict.state is State.NOT_MET and SEVERITIES.index(verdict.control.severity) >= least
        ]


def judge(
    estate: Estate,
    packs: Iterable[str | Path] = (),
    *,
    as_of: Moment | None = None,
    scope: str | None = None,
    register: str | Path | None = None,
    samples: int = SAMPLES,
) -> Assessment:
    """Judge the controls of packs; the verdicts themselves, for those who write them out.

    Args:
        estate: The estate to judge.
        packs: Names of shipped packs or paths of one's own; all shipped ones if empty.
        as_of: The moment to judge for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        register: The attestation register, TOML or CSV.
        samples: How many violating rows each verdict carries at most.

    Raises:
        DataError: The estate is empty.
        UsageError: A pack or the register cannot be read, ``as_of`` is no moment or ``scope`` no predicate.
    """
    return judge_packs(estate, load_packs(packs), as_of=as_of, scope=scope, register=register, samples=samples)


def judge_packs(
    estate: Estate,
    packs: tuple[Pack, ...],
    *,
    as_of: Moment | None,
    scope: str | None,
    register: str | Path | None,
    samples: int,
) -> Assessment:
    """Judge packs that are loaded already; see `judge`."""
    moment = estate.moment(as_of)
    known = {requirement.id for requirement in guide.requirements()}
    every = [*packs, *(load_pack(name) for name in (*shipped(), EXCEPTIONS))]
    known |= {control.id for pack in every for control in pack.controls if control.attested}
    attestations = load_register(register, known=known) if register else ()
    court = Court(estate, as_of=moment, scope=scope or None, packs=packs, register=attestations, samples=samples)
    return Assessment(
        as_of=moment,
        scope=scope or None,
        packs=packs,
        verdicts=tuple(court.verdicts()),
        register=attestations,
        inputs=estate.evidence(moment),
    )


def every_pack(own: Iterable[str | Path]) -> tuple[Pack, ...]:
    """Packs of one's own, and every shipped one that none of them was copied from."""
    names = [str(name) for name in own]
    given = [load_pack(name) for name in names]
    taken = {control.id for pack in given for control in pack.controls}
    rest = [
        name
        for name in shipped()
        if name not in names and not taken & {control.id for control in load_pack(name).controls}
    ]
    wanted = [*names, *rest]
    return load_packs(wanted if EXCEPTIONS in wanted else [*wanted, EXCEPTIONS])


def verdict_rows(found: Assessment) -> list[dict[str, Any]]:
    """One row a control, worst first; the columns are those of the frame of `check`."""
    return [_row(verdict) for verdict in ranked(found.verdicts)]


def ranked(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Verdicts, worst first."""
    return sorted(
        verdicts, key=lambda verdict: (_ORDER.index(verdict.state), -SEVERITIES.index(verdict.control.severity))
    )


def headline(verdicts: Iterable[Verdict]) -> str:
    """The conclusion of a check in one sentence."""
    states = Counter(verdict.state for verdict in verdicts)
    told = states[State.MET] + states[State.NOT_MET] + states[State.EXCEPTED]
    if not told:
        return f"None of {states.total():,} controls can be told from these data."
    broken, open_ = states[State.NOT_MET], states[State.NOT_ASSESSABLE]
    return (
        f"Of {told:,} {'control' if told == 1 else 'controls'} that can be told {broken:,} {are(broken)} not met; "
        f"{open_:,} {'other is' if open_ == 1 else 'others are'} not assessable from these data."
    )


def are(number: int) -> str:
    """The verb that goes with a number."""
    return "is" if number == 1 else "are"


def _row(verdict: Verdict) -> dict[str, Any]:
    control, counts = verdict.control, verdict.counts
    return {
        "pack": verdict.pack.name,
        "control": control.id,
        "title": control.title,
        "severity": control.severity,
        "state": str(verdict.state),
        "in_scope": counts.in_scope,
        "kept": counts.fine,
        "violating": counts.violating,
        "exempted": counts.exempted,
        "untold": counts.untold,
        "reason": verdict.reason,
        "missing": verdict.missing,
        "do": control.do,
        "reference": guide.reference(control.reference, control.requirements),
    }
