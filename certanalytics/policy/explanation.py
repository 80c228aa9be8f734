"""What one control or requirement is, in words, without an estate."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from certanalytics.errors import UsageError
from certanalytics.policy.guide import Requirement, reference, requirements
from certanalytics.policy.pack import EXCEPTIONS, Control, Pack, load_pack, load_packs, shipped
from certanalytics.policy.subjects import NOUNS


def explain(name: str, packs: Iterable[str | Path] = ()) -> str:
    """What a control or a requirement of SP 1800-16 asks, as Markdown.

    Args:
        name: A control (``SP-KEY-1``) or a requirement (``KEY-1``), in either case.
        packs: Packs of one's own to look in first.

    Raises:
        UsageError: Nothing is called so.
    """
    own = tuple(packs)
    loaded = [*(load_packs(own) if own else ()), *(load_pack(known) for known in (*shipped(), EXCEPTIONS))]
    wanted = name.upper()
    for pack in loaded:
        for control in pack.controls:
            if control.id == wanted:
                return _control(pack, control)
    for requirement in requirements():
        if requirement.id == wanted:
            return _requirement(requirement, loaded)
    raise UsageError(
        f"no control or requirement {name!r}",
        hint="List them with `certanalytics policy check` and `certanalytics policy coverage`.",
    )


def _control(pack: Pack, control: Control) -> str:
    parts = [
        f"# {control.id}: {control.title}",
        control.why,
        f"- pack: {pack.name} ({pack.origin})",
        f"- severity: {control.severity}",
        f"- reference: {reference(control.reference, control.requirements)}",
        f"- what to do: {control.do}",
    ]
    if control.attested:
        parts.append(f"- judged by: an entry for {control.id} or its requirement in the attestation register")
        return "\n".join(parts) + "\n"
    needs = ", ".join(control.needs) or "nothing but the rows themselves"
    parts += [
        f"- one row is one: {NOUNS[control.subject][0]}",
        f"- applies to: `{' '.join(control.applies_to.split())}`",
        f"- violated when: `{' '.join(control.violated_when.split())}`",
        f"- needs: {needs}",
    ]
    for parameter in control.parameters:
        value = pack.parameters[parameter]
        parts.append(f"- ${parameter}: {value if pack.stated(parameter) else 'not stated'}")
    return "\n".join(parts) + "\n"


def _requirement(requirement: Requirement, packs: Iterable[Pack]) -> str:
    controls = [control.id for pack in packs for control in pack.controls if requirement.id in control.requirements]
    parts = [
        f"# {requirement.id}: {requirement.requirement}",
        f"- area: {requirement.area}",
        f"- reference: {requirement.reference}",
        f"- shown by: {requirement.how}",
        f"- controls: {', '.join(dict.fromkeys(controls)) or 'none'}",
    ]
    if requirement.analysis:
        parts.append(f"- analysis: {requirement.analysis}")
    if requirement.remains:
        parts.append(f"- not shown by data: {requirement.remains}")
    return "\n".join([*parts, f"- needs: {requirement.data}"]) + "\n"
