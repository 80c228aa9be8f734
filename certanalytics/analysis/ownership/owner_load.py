"""How the certificates and their renewals lie on owners, and how far they are organised by unit and service."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_OWNER = "No certificate in service has an active owner."
"""What is said where there is no load to compare."""


def gini(amounts: Sequence[float]) -> float:
    """How unequally amounts are spread: 0 if all are equal, (n − 1)/n if one has all.

    G = 2 Σ i·xᵢ / (n Σ xᵢ) − (n + 1)/n, with xᵢ in ascending order.

    Raises:
        ValueError: There are none, one is negative, or all are zero.
    """
    held = sorted(amounts)
    total = math.fsum(held)
    if not held or held[0] < 0 or not total:
        raise ValueError("amounts are not negative, and not all zero")
    number = len(held)
    return (
        2 * math.fsum(place * amount for place, amount in enumerate(held, 1)) / (number * total) - (number + 1) / number
    )


def load(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How do certificates and renewals lie on their owners?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row an active owner, most certificates first: ``owner``, ``owner_email``,
        ``verified``, ``certificates``, ``critical``, ``services``, ``ends_in_90``, ``renewals_per_quarter`` and
        ``without_dates``.

        Tables: ``groups`` (``business_unit``, ``service``, ``certificates``, ``owners``, ``owned``).

        Key figures: ``owners``, ``largest_load``, ``renewals_per_quarter``, ``gini``, ``organised``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, groups = inquiry.ask("owner_load"), inquiry.ask("ownership_groups")
    served = float(groups["certificates"].sum())
    kpis = _loads(frame, int(served))
    if not inquiry.has["ownership"]:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    kpis = inquiry.answered(served, [*kpis, _organised(groups)])
    return inquiry.result(
        "load",
        title="How do certificates and renewals lie on their owners?",
        headline=kpis[1].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Each certificate in service counts for the one active owner its closest statement of ownership names. "
            "It is expected to be renewed once {renewal_life_left:.0%} of its lifetime is left "
            "({short_renewal_life_left:.0%} of one of up to {short_lifetime_days:.0f} days), again and again; one "
            "that is replaced is not."
        ),
        tables={"groups": groups},
        caveats=(
            "Renewals follow from lifetimes as they are; whether a machine or a person does them no figure here says.",
            "Two owners of one name and address are counted as one.",
        ),
    )


def _loads(frame: pd.DataFrame, served: int) -> list[Kpi]:
    owners, owned = len(frame), int(frame["certificates"].sum())
    left_out = without([(served - owned, "without an active owner")])
    first = frame.iloc[0] if owners else None
    most = int(first["certificates"]) if first is not None else 0
    name = str(first["owner"]) if first is not None else ""
    renewals = math.fsum(frame["renewals_per_quarter"])
    part = share(most, owned)
    index = gini(frame["certificates"].tolist()) if owners else None
    made = [
        Kpi(
            id="owners",
            label="Active owners",
            value=owners,
            sentence=sentence(
                f"{counted(owned)} in service {agree(owned, 'lies', 'lie')} on {counted(owners, 'owner')}"
            ),
            definition="Persons and teams that own certificates in service.",
            numerator=owned,
            denominator=served,
            excluded=left_out,
        ),
        Kpi(
            id="largest_load",
            label="Largest load",
            value=part,
            unit="share",
            sentence=sentence(f"{name} owns {most:,} of {counted(owned)} with an active owner ({show(part, 'share')})"),
            definition="Share of the certificates in service with an active owner that the owner with most of them "
            "has.",
            numerator=most,
            denominator=owned,
            excluded=left_out,
        ),
        Kpi(
            id="renewals_per_quarter",
            label="Renewals a quarter",
            value=renewals,
            sentence=sentence(f"their lifetimes ask for {counted(round(renewals), 'renewal')} a quarter"),
            definition="Sum over certificates in service with an active owner of a quarter divided by the days between "
            "renewals.",
            excluded=without([(int(frame["without_dates"].sum()), "whose lifetime is not known")]),
        ),
        Kpi(
            id="gini",
            label="Inequality of load (Gini)",
            value=index,
            unit="index",
            sentence=sentence(
                f"between 0 (every owner has as many) and 1 (one has all) the load stands at {show(index, 'index')}"
            ),
            definition="Gini coefficient of certificates in service per active owner; those who own none are not known "
            "and do not count.",
            denominator=owned,
            excluded=left_out,
        ),
    ]
    return made if owners else [withheld(kpi, NO_OWNER) for kpi in made]


def _organised(groups: pd.DataFrame) -> Kpi:
    total = int(groups["certificates"].sum())
    placed = groups[groups["business_unit"].notna() & groups["service"].notna()]
    number = int(placed["certificates"].sum())
    part = share(number, total)
    kpi = Kpi(
        id="organised",
        label="In a business unit and a service",
        value=part,
        unit="share",
        sentence=sentence(
            f"for {number:,} of {counted(total)} in service ({show(part, 'share')}) business unit and service are known"
        ),
        definition="Certificates in service of which some source says both the business unit and the service, so that "
        "each part of the organisation can be shown its own.",
        numerator=number,
        denominator=total,
    )
    if groups["business_unit"].notna().any() or groups["service"].notna().any():
        return kpi
    return withheld(
        kpi, "How certificates are organised cannot be told: no loaded export says a business unit or service of one."
    )
