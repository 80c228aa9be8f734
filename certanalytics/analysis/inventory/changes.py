"""What endpoints changed: routine renewals told from changes of issuer, key type, names or owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NONE = "No change of certificate was seen at any endpoint."
"""What is said where looks are there and nothing changed between them."""

ONCE = "Changes cannot be told: no endpoint was looked at twice."
"""What is said where there is nothing to compare."""


def at_endpoints(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which endpoints changed their certificate, and which of the changes were more than a renewal?

    A change is a certificate that an endpoint began to present after it had presented another that is gone since. It
    is material if CA owner, key type, set of names or owner differ, routine if none of them does, and untold if
    issuer, key or names of either certificate are not known.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory that the new certificates meet; everything if ``None``.

    Returns:
        A result whose frame holds one row a change, latest first: ``endpoint``, ``previous``, ``certificate``,
        ``previous_last_shown``, ``first_shown``, ``material`` (absent: cannot be told), ``differs``,
        ``previous_ca_owner``, ``ca_owner``, ``previous_owner``, ``owner``, ``subject_cn``, ``names``, ``recorded``
        (a CA or manager keeps a record of the new one; absent: no record could tell),
        ``business_unit``, ``criticality``, ``owner_email``,
        ``owner_state``.

        Tables: ``months`` (``month``, ``material``, ``untold``, ``routine``) and ``reach`` (one row:
        ``endpoints`` looked at, ``looked_twice``).

        Key figures: ``changes``, ``material``, ``unexpected`` (MON-4), ``issuer_changed``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("endpoint_changes"), inquiry.figures("change_figures")
    reach = inquiry.ask("look_reach")
    twice = int(reach["looked_twice"].iloc[0])
    kpis = _kpis(figures)
    none = NONE if twice else ONCE
    if not twice:
        kpis = [withheld(kpi, ONCE) for kpi in kpis]
    elif not figures["changes"]:
        kpis = [kpis[0], *(withheld(kpi, NONE) for kpi in kpis[1:])]
    return inquiry.result(
        "at_endpoints",
        title="Which endpoints changed their certificate, and which changes were more than a renewal?",
        headline=_headline(figures) if figures["changes"] else none,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "All looks up to the moment count, however old. A change is a certificate first shown by an endpoint after "
            "another that was last shown before; of several that are gone the one with the same names stands before "
            "it, else one with the same kind of key. Material is a change of the CA owner, of algorithm, size or curve "
            "of the key, of the set of names, or of the owner where both certificates have one that is told equally "
            "closely: of itself, a name, a pattern or a record."
        ),
        tables={"months": inquiry.ask("change_months"), "reach": reach},
        caveats=(
            "A change between two looks that was undone before the second is not seen.",
            "Owners are those known at the moment asked about; who owned a certificate earlier is not kept.",
        ),
    )


def _headline(figures: dict[str, float]) -> str:
    total, material, endpoints = figures["changes"], figures["material"], figures["endpoints"]
    return sentence(
        f"{counted(endpoints, 'endpoint')} changed certificates, {counted(total, 'time')} in all",
        f"{material:,.0f} of the changes {agree(material, 'was', 'were')} more than a renewal",
    )


def _kpis(figures: dict[str, float]) -> list[Kpi]:
    total, material, untold = figures["changes"], figures["material"], figures["untold"]
    issuer, unexpected, checked = (figures[name] for name in ("issuer", "material_unrecorded", "material_checked"))
    told, unknown = total - untold, without([(untold, "of which issuer, key or names are not known")], "change")
    made = [
        Kpi(
            id="changes",
            label="Changes at endpoints",
            value=total,
            sentence=sentence(
                f"{counted(total, 'change')} of certificate {agree(total, 'was', 'were')} seen at endpoints"
            ),
            definition="Certificates that an endpoint began to present after another that is gone since, counted for "
            "each endpoint.",
            numerator=total,
            counts="changes",
        ),
        Kpi(
            id="material",
            label="Material changes",
            value=material,
            sentence=sentence(
                f"{material:,.0f} of {counted(told, 'change')} {agree(material, 'was', 'were')} of issuer, key type, "
                "names or owner"
            ),
            definition="Changes in which CA owner, key type, set of names or owner differ; the others are routine.",
            numerator=material,
            denominator=told,
            counts="changes",
            excluded=unknown,
            tone="warning" if material else "good",
        ),
        Kpi(
            id="unexpected",
            label="Unexpected changes",
            value=unexpected,
            sentence=sentence(
                f"of {counted(unexpected, 'material change')} no CA or manager keeps a record"
                if unexpected
                else "of every material change that can be checked a CA or manager keeps a record"
            ),
            definition="Material changes to a certificate of which no loaded record of a CA, manager or cloud tells "
            "(MON-4).",
            numerator=unexpected,
            denominator=checked,
            counts="changes",
            excluded=without([(material - checked, "to a CA of which records are older, few or none")], "change"),
            tone="warning" if unexpected else "good",
        ),
        Kpi(
            id="issuer_changed",
            label="Changes of issuer",
            value=issuer,
            sentence=sentence(f"{counted(issuer, 'change')} {agree(issuer, 'was', 'were')} to another CA owner"),
            definition="Changes in which the CA owner differs.",
            numerator=issuer,
            denominator=told,
            counts="changes",
            excluded=unknown,
        ),
    ]
    if not material:
        made[2] = withheld(made[2], "No material change was seen.")
    elif not checked:
        why = (
            "What was expected cannot be told: of the CAs concerned no record as young as the change is loaded, or few."
        )
        made[2] = withheld(made[2], why)
    if total and not told:
        why = "Of no change issuer, key and names of both certificates are known."
        made[1:] = [withheld(kpi, why) for kpi in made[1:]]
    return made
