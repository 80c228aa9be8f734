"""Who answers for which certificates, where nobody does, and which ones nobody told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, of_them, sentence, withheld
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

SOON_DAYS = 30
"""The horizon of ``ownership_figures``."""

NOT_ASSESSABLE = "Who owns the certificates in service cannot be told: no loaded export names an owner."
"""What is said where there is no ownership data; that is no finding about the organisation."""


def gaps(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates in service have no active owner?

    An owner is stated by a system of record: for the certificate itself, for the name of an endpoint that presents
    it, for a name in it, for an address, or by the longest pattern that covers a name, in this order; the closest
    statement that names anyone counts. Where there is none, the contact a CA or manager records counts. Owned is
    what has an active person or team (or one no directory knows), inactive what names only people who have left.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame is the list to act on: one row a certificate in service without an active owner, ended
        ones first, then by days left, critical before others: ``certificate``, ``subject_cn``, ``hosts``,
        ``endpoints``, ``owner_state`` (``inactive`` or ``none``), ``owner`` (who has left), ``owner_email``,
        ``business_unit``, ``environment``, ``criticality``, ``critical``, ``service``, ``issuer_cn``, ``not_after``,
        ``days_left``, ``seconds_left``, ``ended``, ``replaced`` and ``names``.

        Tables: ``units`` (``business_unit``, ``owned``, ``inactive``, ``none``, ``unverified``, ``by_manager_only``,
        ``critical_without_owner``, ``certificates``; most gaps first), ``days_left`` (``band``, ``owned``,
        ``inactive``, ``none``) and ``shadow`` (valid public certificates known from logs only: ``certificate``,
        ``subject_cn``, ``names``, ``registered_domains``, ``issuer_cn``, ``ca_owner``, ``not_before``, ``not_after``,
        ``days_left``, ``first_seen`` …). Where no export names any owner, the frame is empty and ``owned`` is absent.

        Key figures: ``owned``, ``without_owner``, ``inactive``, ``none``, ``critical_without_owner``,
        ``ends_in_30_without_owner``, ``shadow``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, units = inquiry.ask("ownership_gaps"), inquiry.ask("ownership_by_unit")
    shadow = inquiry.ask("shadow_certificates")
    totals = {name: int(value) for name, value in inquiry.figures("ownership_figures").items()}
    served, assessable = totals["certificates"], inquiry.has["ownership"]
    kpis = [*_states(totals), _critical(inquiry, totals), _soon(totals)]
    if not assessable:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    return inquiry.result(
        "gaps",
        title="Which certificates in service have no active owner?",
        headline=inquiry.unanswered(served) or (_headline(totals) if assessable else NOT_ASSESSABLE),
        frame=frame,
        kpis=[*inquiry.answered(served, kpis), _shadow(inquiry, shadow)],
        method=inquiry.method(
            "An owner is stated by a system of record: for the certificate itself, the name of an endpoint that "
            "presents it, a name in it, an address, or the longest pattern that covers a name, in this order; else by "
            "the contact a CA or manager records. The closest statement that names anyone counts. Owned means an "
            "active person or team, or one that no directory knows; inactive, that everyone named has left."
        ),
        tables={"units": units, "days_left": inquiry.ask("ownership_by_days_left"), "shadow": shadow},
        caveats=_caveats(totals, assessable=assessable),
    )


def _caveats(totals: dict[str, int], *, assessable: bool) -> tuple[str, ...]:
    if not assessable:
        return ("No loaded export names an owner; that does not say that certificates have none.",)
    owned, unverified = totals["owned"], totals["unverified"]
    confirmed = (
        f"No directory confirms the owner of {unverified:,} of the certificates counted as owned."
        if unverified
        else "Directories confirm every owner counted; whether they know of their duty, no export says."
    )
    return (
        *([confirmed] if owned else []),
        "A wildcard can belong to several servers; of equally close statements one with an active owner counts.",
    )


def _headline(totals: dict[str, int]) -> str:
    total, gap = totals["certificates"], totals["certificates"] - totals["owned"]
    critical = totals["critical_without_owner"]
    if not gap:
        return "Every certificate in service has an active owner."
    return sentence(
        f"{gap:,} of {counted(total)} in service ({show(gap / total, 'share')}) {agree(gap, 'has', 'have')} no "
        "active owner" + of_them(critical, gap, agree(critical, "for a critical service", "for critical services"))
    )


def _states(totals: dict[str, int]) -> list[Kpi]:
    total, owned, inactive, none = (totals[name] for name in ("certificates", "owned", "inactive", "none"))
    gap, part = inactive + none, share(owned, total)
    return [
        Kpi(
            id="owned",
            label="With an active owner",
            value=part,
            unit="share",
            sentence=sentence(f"{show(part, 'share')} of the certificates in service have an active owner")
            if gap
            else "Every certificate in service has an active owner.",
            definition="Certificates in service whose closest statement of ownership names an active person or "
            "team, or one no directory knows.",
            numerator=owned,
            denominator=total,
        ),
        Kpi(
            id="without_owner",
            label="Without an active owner",
            value=gap,
            sentence=sentence(
                f"{counted(gap)} in service {agree(gap, 'has', 'have')} no active owner",
                " and ".join(
                    said
                    for number, said in (
                        (none, f"for {none:,} nobody is named"),
                        (inactive, f"for {inactive:,} everyone named has left"),
                    )
                    if number
                ),
            )
            if gap
            else "Every certificate in service has an active owner.",
            definition="Certificates in service for which nobody is named, or only people who have left.",
            numerator=gap,
            denominator=total,
            tone="critical" if gap else "good",
        ),
        Kpi(
            id="inactive",
            label="Owner has left",
            value=inactive,
            sentence=sentence(f"for {counted(inactive)} in service everyone named as owner has left")
            if inactive
            else "No certificate in service is left with owners who have gone.",
            definition="Certificates in service whose closest statement of ownership names only people or teams that "
            "the directory says are inactive.",
            numerator=inactive,
            denominator=total,
            tone="warning" if inactive else "good",
        ),
        Kpi(
            id="none",
            label="Nobody named",
            value=none,
            sentence=sentence(f"for {counted(none)} in service nobody is named as owner")
            if none
            else "For every certificate in service somebody is named as owner.",
            definition="Certificates in service for which neither a system of record nor a manager names an owner.",
            numerator=none,
            denominator=total,
            tone="warning" if none else "good",
        ),
    ]


def _critical(inquiry: Inquiry, totals: dict[str, int]) -> Kpi:
    critical, alone = totals["critical"], totals["critical_without_owner"]
    kpi = Kpi(
        id="critical_without_owner",
        label="Critical, without an active owner",
        value=alone,
        sentence=sentence(
            f"{counted(alone)} of critical services {agree(alone, 'has', 'have')} no active owner"
            if alone
            else "every certificate of a critical service has an active owner"
        ),
        definition="Certificates in service for critical services without an active owner.",
        numerator=alone,
        denominator=critical,
        tone="critical" if alone else "good",
    )
    if not inquiry.has["criticality"]:
        return withheld(kpi, "Which services are critical cannot be told: no loaded export says so.")
    return kpi if critical else withheld(kpi, "No certificate in service is known to belong to a critical service.")


def _soon(totals: dict[str, int]) -> Kpi:
    soon, ended = totals["ends_in_30"], totals["ended"]
    return Kpi(
        id=f"ends_in_{SOON_DAYS}_without_owner",
        label=f"End within {SOON_DAYS} days, no active owner",
        value=soon,
        sentence=sentence(
            f"{counted(soon)} {agree(soon, 'ends', 'end')} within {SOON_DAYS} days without an active owner",
            f"{ended:,} {'more ' * bool(soon)}{agree(ended, 'has', 'have')} ended already" if ended else "",
        ),
        definition=f"Certificates in service without an active owner that have not ended, end within {SOON_DAYS} "
        "days and are not replaced.",
        numerator=soon,
        denominator=totals["certificates"] - totals["owned"],
        tone="critical" if soon else "good",
    )


def _shadow(inquiry: Inquiry, shadow: pd.DataFrame) -> Kpi:
    number = len(shadow)
    kpi = Kpi(
        id="shadow",
        label="Shadow certificates",
        value=number,
        sentence=sentence(
            f"{counted(number)} {agree(number, 'is', 'are')} valid, public and known from Certificate Transparency "
            "logs alone"
        ),
        definition="Valid public certificates that no endpoint, file or manager record shows, nor another certificate "
        "for the same names. Not in service, as far as scans reach.",
        numerator=number,
        tone="warning" if number else "good",
    )
    if not inquiry.has["logged"]:
        return withheld(kpi, "Shadow certificates cannot be told: no Certificate Transparency entries are loaded.")
    if not inquiry.has["met"]:
        return withheld(
            kpi, "Shadow certificates cannot be told: nothing but Certificate Transparency entries shows certificates."
        )
    return kpi
