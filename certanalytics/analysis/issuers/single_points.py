"""On how few keys, networks and accounts the estate rests: what would fail together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.issuers.shares import Concentration, herfindahl
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

KINDS = {
    "CA owner": "ca_owner",
    "root": "root",
    "issuing key": "issuing_key",
    "hosting network": "network",
    "ACME account": "acme_account",
}
"""What certificates can rest on together, and how its key figures begin."""

PLURAL = {"hosting network": "hosting networks"}
"""Plurals; those of the other kinds take an s."""


def dependencies(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """What do the certificates in service rest on together, and how much would fail with one of it?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a kind of dependency (CA owner, root, issuing key, hosting network, ACME
        account): ``dependency``, ``number`` (how many of the kind), ``certificates`` (those of which it is known),
        ``not_known``, ``largest``, ``largest_share`` (of the certificates of which it is known), ``hhi``,
        ``normalised_hhi``, ``effective_number``, ``hhi_by_endpoint``, ``hhi_by_critical_endpoint``,
        ``critical_largest`` and ``single_point_share`` (of the endpoints of critical services). Absent values cannot
        be told.

        Tables: ``everything`` (``dependency``, ``name``, ``certificates``, ``critical``, ``endpoints``,
        ``critical_endpoints``; the row of a kind without name holds what is not known).

        Key figures, each for ``ca_owner``, ``root``, ``issuing_key``, ``network`` and ``acme_account``: ``…_hhi``,
        ``…_effective_number``, ``…_single_point_share``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    networks = inquiry.ask("by_network").assign(dependency="hosting network")
    every = pd.concat([inquiry.ask("by_dependency"), networks[["dependency", *networks.columns[:-1]]]])
    every["name"] = every["name"].astype(object).where(every["name"].notna(), None)
    owners = every[every["dependency"] == "CA owner"]
    served, critical = int(owners["certificates"].sum()), int(owners["critical_endpoints"].sum())
    rows, kpis = [], []
    for kind, prefix in KINDS.items():
        of_kind = every[every["dependency"] == kind]
        rows.append(_row(kind, of_kind, served, critical))
        kpis += _kpis(kind, prefix, of_kind, served, critical)
    frame = pd.DataFrame(rows, columns=list(rows[0]))
    worst = max(
        (kpi for kpi in kpis if kpi.id.endswith("_single_point_share") and kpi.value is not None),
        key=lambda kpi: (kpi.value or 0, kpi.id),
        default=None,
    )
    return inquiry.result(
        "dependencies",
        title="What do the certificates in service rest on together, and how much would fail with one of it?",
        headline=inquiry.unanswered(served) or (worst.sentence if worst else _no_critical(inquiry, critical)),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "The index is the sum of the squared shares of the certificates of which the kind is known; a self-signed "
            "certificate rests on itself alone. An issuing key is told by its public key or key identifier, never by "
            "name. Networks are /24 of IPv4 and /48 of IPv6. Accounts are those that the configuration of ACME clients "
            "names. The single-point share is the largest part of all endpoints of critical services that rests on one "
            "thing; endpoints of which it is not known count as not resting on it, so that it is at least that much."
        ),
        tables={"everything": every.reset_index(drop=True)},
        caveats=(
            "No loaded export says which autonomous system or provider a network belongs to.",
            "An endpoint is counted once for each certificate it presents.",
            "A certificate in two networks, or on two accounts, has a part in the shares of both.",
        ),
    )


def _no_critical(inquiry: Inquiry, critical: int) -> str:
    if critical:
        return "Of nothing that critical services rest on these data tell enough."
    if not inquiry.has["criticality"]:
        return "Which services are critical no loaded export tells."
    return "No certificate in service is known to belong to a critical service."


def _index(of_kind: pd.DataFrame, column: str) -> Concentration | None:
    """The concentration over what has a name; ``None`` where nothing has."""
    counts = [int(count) for count in of_kind.loc[of_kind["name"].notna(), column]]
    total = sum(counts)
    return herfindahl([count / total for count in counts]) if total else None


def _largest(of_kind: pd.DataFrame, column: str) -> tuple[str | None, int]:
    named = of_kind[of_kind["name"].notna()].sort_values([column, "name"], ascending=[False, True])
    if named.empty or not named[column].iloc[0]:
        return None, 0
    return str(named["name"].iloc[0]), int(named[column].iloc[0])


def _row(kind: str, of_kind: pd.DataFrame, served: int, critical: int) -> dict[str, object]:
    named = of_kind[of_kind["name"].notna()]
    not_known = int(of_kind.loc[of_kind["name"].isna(), "certificates"].sum())
    largest, number = _largest(of_kind, "certificates")
    critical_largest, at_critical = _largest(of_kind, "critical_endpoints")
    index, by_endpoint, by_critical = (
        _index(of_kind, column) for column in ("certificates", "endpoints", "critical_endpoints")
    )
    return {
        "dependency": kind,
        "number": len(named),
        "certificates": served - not_known if named.shape[0] else 0,
        "not_known": not_known if named.shape[0] else served,
        "largest": largest,
        "largest_share": share(number, served - not_known),
        "hhi": index.hhi if index else None,
        "normalised_hhi": index.normalised if index else None,
        "effective_number": index.effective_number if index else None,
        "hhi_by_endpoint": by_endpoint.hhi if by_endpoint else None,
        "hhi_by_critical_endpoint": by_critical.hhi if by_critical else None,
        "critical_largest": critical_largest,
        "single_point_share": share(at_critical, critical) if critical_largest else None,
    }


def _kpis(kind: str, prefix: str, of_kind: pd.DataFrame, served: int, critical: int) -> list[Kpi]:
    index = _index(of_kind, "certificates")
    not_known = int(of_kind.loc[of_kind["name"].isna(), "certificates"].sum())
    unknown = without([(not_known, f"whose {kind} is not known")])
    known = served - not_known  # what rests on two of a kind is one certificate all the same
    plural, untold = PLURAL.get(kind, f"{kind}s"), f"of {counted(not_known)} it is not known" if not_known else ""
    whose = "the estate is" if not untold else f"{counted(known)} of which it is known {agree(known, 'is', 'are')}"
    made = [
        Kpi(
            id=f"{prefix}_hhi",
            label=f"Concentration by {kind} (HHI)",
            value=index.hhi if index else None,
            unit="index",
            sentence=sentence(
                f"the concentration index by {kind} is {show(index.hhi if index else None, 'index')}", untold
            ),
            definition=f"Herfindahl-Hirschman index: sum of the squared shares of the {plural} in the certificates in "
            "service.",
            denominator=known,
            excluded=unknown,
        ),
        Kpi(
            id=f"{prefix}_effective_number",
            label=f"Effective number of {plural}",
            value=index.effective_number if index else None,
            unit="index",
            sentence=sentence(
                f"{whose} as concentrated as if {show(index.effective_number if index else None, 'index')} "
                f"{plural} had equal shares",
                untold,
            ),
            definition="1 / HHI.",
            denominator=known,
            excluded=unknown,
        ),
    ]
    if index is None:
        return [withheld(kpi, f"The {kind} of no certificate in service is known.") for kpi in made] + [
            _single_point(kind, prefix, of_kind, critical, told=False)
        ]
    return [*made, _single_point(kind, prefix, of_kind, critical, told=True)]


def _single_point(kind: str, prefix: str, of_kind: pd.DataFrame, critical: int, *, told: bool) -> Kpi:
    name, number = _largest(of_kind, "critical_endpoints")
    part = share(number, critical)
    unknown = int(of_kind.loc[of_kind["name"].isna(), "critical_endpoints"].sum())
    kpi = Kpi(
        id=f"{prefix}_single_point_share",
        label=f"Critical endpoints on one {kind}",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of the endpoints of critical services {agree(number, 'rests', 'rest')} on one "
            f"{kind}, {name}",
            f"of {counted(unknown, 'endpoint')} it is not known" if unknown else "",
        ),
        definition=f"Largest share of all endpoints of critical services that rests on one {kind}; those of which it "
        "is not known count as not resting on it.",
        numerator=number,
        denominator=critical,
        counts="endpoints",
        tone="warning" if part and part > 0.5 else "neutral",
    )
    if not critical:
        return withheld(kpi, "No certificate in service is known to belong to a critical service.")
    if not told or name is None:
        return withheld(kpi, f"The {kind} of no critical service is known.")
    return kpi
