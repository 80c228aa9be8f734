"""Which attributes of the SP 1800-16 inventory are known, and which nothing loaded could give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, of_them, sentence, withheld
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

HEADLINE = tuple(f"A{number}" for number in range(1, 19))
"""The attributes of SP 1800-16 section 5.1.1 that its headline asks for together."""


def attributes(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which attributes of NIST SP 1800-16 are known of the certificates in service, in which business unit?

    An attribute is assessed if any loaded export gave it for anything; else it is not supplied, which says nothing of
    the organisation. What no table of the estate can hold is out of reach.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row an attribute, in the order of the guide: ``id``, ``attribute``,
        ``inventory_column``, ``needs`` (what evidence gives it), ``tag`` (how sure its place in the guide is),
        ``supplied`` (absent: out of reach), ``present`` (certificates in service that have it) and ``state``
        (``assessed``, ``not supplied``, ``out of reach``).

        Tables: ``units`` (``business_unit``, ``id``, ``attribute``, ``needs``, ``certificates``, ``supplied``,
        ``present``) and ``missing`` (owner, environment, criticality and service by unit: ``business_unit``,
        ``field``, ``certificates``, ``supplied``, ``missing``).

        Key figures: ``complete`` (the guide's headline), ``attributes_assessed``, ``missing_owner``,
        ``missing_environment``, ``missing_criticality``, ``missing_service`` (INV-5).

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    asked = inquiry.ask("attribute_supply")
    frame = asked.assign(state=asked["supplied"].map({True: "assessed", False: "not supplied"}).fillna("out of reach"))
    units, missing = inquiry.ask("attribute_completeness"), inquiry.ask("missing_fields")
    figures = inquiry.figures("completeness_figures")
    served = figures["in_service"]
    complete = _complete(frame, figures)
    return inquiry.result(
        "completeness",
        title="Which attributes of NIST SP 1800-16 are known of the certificates in service?",
        headline=inquiry.unanswered(served) or complete.sentence,
        frame=frame,
        kpis=[*inquiry.answered(served, [complete]), _assessed(frame), *inquiry.answered(served, _missing(missing))],
        method=inquiry.method(
            "An attribute is known of a certificate if a value is loaded; what stands in the certificate itself is "
            "known once that was seen in full, even that there is none. Attributes that no loaded export gave for "
            "anything are not supplied and left out; the list of attributes is that of NIST SP 1800-16, volume B, as "
            "facts.sp1800_16_attribute has it."
        ),
        tables={"units": units, "missing": missing},
        caveats=(
            "That a value is known does not say that it is right.",
            "What was not supplied is not counted as missing; the frame says which evidence would give it.",
        ),
    )


def _complete(frame: pd.DataFrame, figures: dict[str, float]) -> Kpi:
    asked = frame[frame["id"].isin(HEADLINE)]
    assessed = asked.loc[asked["state"] == "assessed", "id"].tolist()
    left = asked.loc[asked["state"] != "assessed", "id"].tolist()
    served, complete = figures["in_service"], figures["complete"]
    part = share(complete, served)
    counts = asked[asked["state"] == "assessed"].set_index("id")["present"]
    fewest = str(counts.astype("int64").idxmin()) if len(counts) else ""
    kpi = Kpi(
        id="complete",
        label="All of A1–A18 known",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of the certificates in service have every attribute A1–A18 that could be assessed",
            f"{', '.join(left)} could not" if left else "",
            f"least is known of {fewest} ({counts[fewest]:,})" if fewest and complete < served else "",
        ),
        definition="Certificates in service of which every assessable attribute A1 to A18 of NIST SP 1800-16 is known.",
        numerator=complete,
        denominator=served,
        excluded=f"the attributes {', '.join(left)}: not supplied or out of reach" if left else None,
        tone="neutral",
    )
    return kpi if assessed else withheld(kpi, "No attribute of a certificate is supplied.")


def _assessed(frame: pd.DataFrame) -> Kpi:
    states = frame["state"].value_counts()
    assessed, not_supplied, out = (int(states.get(name, 0)) for name in ("assessed", "not supplied", "out of reach"))
    return Kpi(
        id="attributes_assessed",
        label="Attributes assessed",
        value=assessed,
        sentence=sentence(
            f"{assessed} of {len(frame)} attributes can be assessed from what is loaded",
            f"{not_supplied} {agree(not_supplied, 'is', 'are')} not supplied" if not_supplied else "",
            f"{out} {agree(out, 'is', 'are')} out of reach",
        ),
        definition="Attributes of NIST SP 1800-16 that any loaded export gave for anything. The figure counts "
        "attributes, not certificates.",
        numerator=assessed,
        denominator=len(frame),
        counts="attributes",
    )


def _missing(frame: pd.DataFrame) -> list[Kpi]:
    made = []
    for field in ("owner", "environment", "criticality", "service"):
        rows = frame[frame["field"] == field]
        total = int(rows["certificates"].sum())
        lacking = int(rows["missing"].fillna(0).sum())
        part = share(lacking, total)
        kpi = Kpi(
            id=f"missing_{field}",
            label=f"Without {field}",
            value=part,
            unit="share",
            sentence=sentence(
                f"{counted(total)} in service {agree(total, 'is', 'are')} known"
                + of_them(lacking, total, f"without {field}")
            )
            if lacking
            else f"The {field} of every certificate in service is known.",
            definition=f"Share of the certificates in service of which no {field} is known (INV-5).",
            numerator=lacking,
            denominator=total,
            tone="warning" if lacking else "good",
        )
        supplied = bool(rows["supplied"].fillna(value=False).any())
        made.append(kpi if supplied else withheld(kpi, f"Not supplied: no loaded export gives any {field}."))
    return made
