"""What the group's own policy says of the certificates known: for each control, how many keep it and how many break it.

Controls are put to every certificate known that has not ended, in service or not. A control is met only if every
certificate it applies to keeps it; broken by one, it is not met, unless exceptions that hold cover all that break it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.policy import ATTESTATIONS, EXEMPTIONS, PARAMETERS
from certanalytics.demo.truth.outcome import Outcome
from certanalytics.demo.truth.statements import Statements, is_there, owner_of
from certanalytics.demo.truth.transparency import TransparencyTruth
from certanalytics.demo.world import Issued

_APPLIES, _BROKEN, _EXEMPT = "applies", "broken", "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is found of one control: the conclusion, and the certificates (or exceptions) by what is found of each."""

    state: str
    kept: int = 0
    violating: int = 0
    exempted: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTruth:
    """What a check of the group's policy finds.

    Attributes:
        controls: Every control of the pack, and the one that judges exceptions.
        attested: Requirements of the guide somebody vouches for.
        ran_out: Those somebody vouched for until some day past.
        exceptions_open: Exceptions that hold.
        exceptions_run_out: Those that no longer do.
    """

    controls: dict[str, Judged]
    attested: tuple[str, ...]
    ran_out: tuple[str, ...]
    exceptions_open: tuple[str, ...]
    exceptions_run_out: tuple[str, ...]


def policy_truth(seen: Outcome, said: Statements, shown: TransparencyTruth) -> PolicyTruth:
    """Work out what the group's policy says of its certificates, and of its domains by what zones show."""
    valid = [each for each in seen.known if each.issue.not_after >= AS_OF]
    public = [each for each in valid if each.certificate.is_public]
    internal = [each for each in valid if not each.certificate.is_public]
    rsa = [each for each in valid if each.certificate.request.key.is_rsa]
    elliptic = [each for each in valid if not each.certificate.request.key.is_rsa]
    wildcards = [each for each in valid if any("*" in name for name in each.certificate.request.names)]
    stated: dict[str, Any] = PARAMETERS
    today = AS_OF.date()
    run_out = [each for each in EXEMPTIONS if each.until < today]
    controls = {
        "ORG-CA-1": _judged(public, lambda each: each.certificate.ca_owner not in stated["approved_public_cas"]),
        "ORG-CA-2": _judged(
            (each for each in internal if each.certificate.authority),
            lambda each: each.certificate.ca_owner not in stated["approved_private_cas"],
        ),
        "ORG-KEY-1": _judged(rsa, lambda each: each.certificate.request.key.bits < stated["min_rsa_bits"]),
        "ORG-KEY-2": _judged(elliptic, lambda each: each.certificate.request.key.bits < stated["min_ec_bits"]),
        "ORG-VAL-1": _judged(public, lambda each: _days(each) > stated["max_days_public"]),
        "ORG-VAL-2": _judged(internal, lambda each: _days(each) > stated["max_days_private"]),
        "ORG-NAM-1": _judged(valid, lambda each: not _domains(each) <= set(stated["own_domains"])),
        # the one exception that holds covers what is below the domain it names
        "ORG-NAM-2": _judged(
            wildcards,
            lambda each: not _domains(each) <= set(stated["wildcard_domains"]),
            lambda each: "meridianpay.example" in _domains(each),
        ),
        "ORG-NAM-3": _judged(
            valid,
            lambda each: (
                len(each.certificate.request.names) > stated["max_names"] or len(_domains(each)) > stated["max_domains"]
            ),
        ),
        **dict.fromkeys(("ORG-CA-3", "ORG-PKS-1", "ORG-NAM-4"), Judged(state="not assessable")),  # not stated
        # of a zone that is known and names no CA nothing is asked; of those that one names nobody can tell who they are
        "ORG-CAA-1": _concluded(
            kept=0, violating=0, untold=sum(shown.caa_coverage.get(domain) is not False for domain in shown.own_domains)
        ),
        "ORG-OWN-1": _owners(valid, said, set(stated["owner_required_environments"])),
        "EXC-1": Judged(state="not met", kept=len(EXEMPTIONS) - len(run_out), violating=len(run_out)),
    }
    return PolicyTruth(
        controls=controls,
        attested=tuple(each.requirement for each in ATTESTATIONS if each.on <= today <= each.valid_until),
        ran_out=tuple(each.requirement for each in ATTESTATIONS if each.valid_until < today),
        exceptions_open=tuple(each.id for each in EXEMPTIONS if each.granted_on <= today <= each.until),
        exceptions_run_out=tuple(each.id for each in run_out),
    )


def _judged(
    rows: Iterable[Issued],
    breaks: Callable[[Issued], bool],
    is_exempt: Callable[[Issued], bool] = lambda _: False,
) -> Judged:
    found = Counter((_EXEMPT if is_exempt(each) else _BROKEN) if breaks(each) else _APPLIES for each in rows)
    return _concluded(kept=found[_APPLIES], violating=found[_BROKEN], exempted=found[_EXEMPT])


def _owners(valid: list[Issued], said: Statements, environments: set[str]) -> Judged:
    """Whether an active owner is there where one is asked for; where nobody says the environment, a gap stays open."""
    kept = violating = untold = 0
    for each in valid:
        environment = next((one.environment for one in said.of(each) if one.environment), None)
        owner = owner_of(said.of(each))
        there = is_there(owner) if owner else False
        if environment in environments:
            kept, violating, untold = kept + (there is True), violating + (there is False), untold + (there is None)
        elif environment is None and there is not True:
            untold += 1
    return _concluded(kept=kept, violating=violating, untold=untold)


def _concluded(*, kept: int, violating: int, exempted: int = 0, untold: int = 0) -> Judged:
    state = (
        "not met"
        if violating
        else "not assessable"
        if untold
        else "excepted"
        if exempted
        else "met"
        if kept
        else "nothing to judge"
    )
    return Judged(state=state, kept=kept, violating=violating, exempted=exempted, untold=untold)


def _days(each: Issued) -> int:
    """Days of validity: both ends count, and a second beyond a day counts as a day."""
    return ceil(((each.issue.not_after - each.issue.not_before).total_seconds() + 1) / 86400)


def _domains(each: Issued) -> set[str]:
    return {".".join(name.split(".")[-2:]) for name in each.certificate.request.names}
