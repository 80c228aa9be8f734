"""On how few certification authorities the estate rests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

SELF_SIGNED = "self-signed"
"""What stands for the CA of certificates that sign themselves."""

UNKNOWN = "unknown"
"""What stands for the CA of certificates whose issuer no export tells."""

NO_ISSUER = "The issuer of no certificate in service is known."
"""What is said where only partial descriptions of certificates were loaded."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated shares are.

    Attributes:
        hhi: Herfindahl-Hirschman index, the sum of the squared shares.
        normalised: The index between 0 (all equal) and 1 (one has all).
        effective_number: How many equal shares would give the same index.
    """

    hhi: float
    normalised: float
    effective_number: float


def herfindahl(shares: Sequence[float]) -> Concentration:
    """The concentration of shares that add up to one: H = Σ s², (H − 1/n) / (1 − 1/n), 1/H.

    Args:
        shares: Shares in [0, 1]; those of zero do not count among the n. A single share is fully concentrated.

    Raises:
        ValueError: They are not shares of one whole.
    """
    held = [part for part in shares if part]
    if not held or min(held) < 0 or not math.isclose(math.fsum(held), 1, abs_tol=1e-9):
        raise ValueError("shares are not negative and add up to one")
    hhi = math.fsum(part * part for part in held)
    least = 1 / len(held)
    return Concentration(hhi, (hhi - least) / (1 - least) if len(held) > 1 else 1.0, 1 / hhi)


def concentration(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """On how few certification authorities do the certificates in service rest?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a CA owner, largest first: ``ca_owner``, ``certificates``, ``share``,
        ``critical`` (certificates of critical services), ``critical_share``, ``issuing_cas``, ``endpoints`` and
        ``public``. Certificates that sign themselves stand under ``self-signed``.

        Tables: ``issuing_cas`` (``issuing_ca``, ``ca_owner``, ``certificates``, ``share``, ``critical``,
        ``endpoints``) and ``roots`` (``root``, ``root_dn``, ``ca_owner`` and the same; absent where no chain to a
        root was seen).

        Key figures: ``top_share``, ``critical_top_share``, ``hhi``, ``normalised_hhi``, ``effective_number``,
        ``top_issuing_ca_share``, ``top_root_share``, ``self_signed``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("by_ca_owner")
    issuing, roots = inquiry.ask("by_issuing_ca"), inquiry.ask("by_root")
    kpis = [
        *_top(frame),
        *_index(frame),
        _largest(_named(issuing, "issuing_ca"), "issuing_ca", "issuing CA", issuing),
        _largest(_named(roots, "root"), "root", "root", roots),
        _self_signed(frame),
    ]
    served = float(frame["certificates"].sum())
    return inquiry.result(
        "concentration",
        title="On how few certification authorities do the certificates in service rest?",
        headline=inquiry.unanswered(served) or kpis[0].sentence,
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "The owner of a CA is told by the organisation in the issuer's name, brands of one owner put together "
            "(facts.ca_owner); an issuer that is not listed stands for itself. The index is over shares of all "
            "certificates in service; a self-signed certificate is an issuer of its own."
        ),
        tables={"issuing_cas": issuing, "roots": roots},
        caveats=(
            "Owners are told by names in certificates, not by contracts; resellers and cross-signatures are not seen.",
            "A root is known only where scans or logs brought the chain to it.",
        ),
    )


def _top(frame: pd.DataFrame) -> list[Kpi]:
    total, owners = int(frame["certificates"].sum()), _named(frame, "ca_owner")
    name, number = _first(owners, "ca_owner", "certificates")
    critical_total = int(frame["critical"].sum())
    critical_name, critical = _first(
        owners.sort_values(["critical", "ca_owner"], ascending=[False, True]), "ca_owner", "critical"
    )
    # Where each certificate signs itself, or nobody told its issuer, there is no CA whose share could be the largest.
    part = share(number, total) if name else None
    critical_part = share(critical, critical_total) if critical else None
    made = [
        Kpi(
            id="top_share",
            label="Largest CA owner",
            value=part,
            unit="share",
            sentence=sentence(f"{name} issued {show(part, 'share')} of the certificates in service")
            if name
            else "No certificate in service is known to have been issued by a CA.",
            definition="Share of the certificates in service that the CA owner with most of them issued.",
            numerator=number,
            denominator=total,
            tone="warning" if part and part > 0.5 else "neutral",
        ),
        Kpi(
            id="critical_top_share",
            label="Largest CA owner, critical services",
            value=critical_part,
            unit="share",
            sentence=sentence(
                f"of the certificates of critical services, {critical_name} issued {show(critical_part, 'share')}"
            )
            if critical
            else "No certificate of a critical service is known to have been issued by a CA."
            if critical_total
            else "No certificate in service is known to belong to a critical service.",
            definition="Share of the certificates in service for critical services that the CA owner with most of them "
            "issued.",
            numerator=critical,
            denominator=critical_total,
            excluded=without([(total - critical_total, "not known to be of critical services")]),
            tone="warning" if critical_part and critical_part > 0.5 else "neutral",
        ),
    ]
    return [withheld(kpi, NO_ISSUER) for kpi in made] if set(frame["ca_owner"]) == {UNKNOWN} else made


def _index(frame: pd.DataFrame) -> list[Kpi]:
    alone = int(frame.loc[frame["ca_owner"] == SELF_SIGNED, "certificates"].sum())
    counts = [*_named(frame, "ca_owner")["certificates"].tolist(), *[1] * alone]
    total = int(sum(counts))
    unknown = without([(int(frame["certificates"].sum()) - total, "whose issuer is not known")])
    found = herfindahl([count / total for count in counts]) if total else None
    hhi, normalised, effective = (found.hhi, found.normalised, found.effective_number) if found else (None, None, None)
    made = [
        Kpi(
            id="hhi",
            label="Concentration (HHI)",
            value=hhi,
            unit="index",
            sentence=f"The concentration index by CA owner is {show(hhi, 'index')}.",
            definition="Herfindahl-Hirschman index: sum of the squared shares of the CA owners; a self-signed "
            "certificate is an owner of its own.",
            denominator=total,
            excluded=unknown,
        ),
        Kpi(
            id="normalised_hhi",
            label="Concentration, normalised",
            value=normalised,
            unit="index",
            sentence=f"Between 0 (all equal) and 1 (one has all) it stands at {show(normalised, 'index')}.",
            definition="(H − 1/n) / (1 − 1/n) for n owners.",
            denominator=total,
            excluded=unknown,
        ),
        Kpi(
            id="effective_number",
            label="Effective number of CA owners",
            value=effective,
            unit="index",
            sentence=f"The certificates in service are as concentrated as if {show(effective, 'index')} CA owners had "
            "equal shares.",
            definition="1 / HHI.",
            denominator=total,
            excluded=unknown,
        ),
    ]
    return made if total else [withheld(kpi, NO_ISSUER) for kpi in made]


def _named(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows of issuers; not those of certificates that sign themselves or whose issuer nobody told."""
    return frame[frame[column].notna() & ~frame[column].isin([SELF_SIGNED, UNKNOWN])]


def _largest(issuers: pd.DataFrame, column: str, what: str, every: pd.DataFrame) -> Kpi:
    total = int(every["certificates"].sum())
    name, number = _first(issuers, column, "certificates")
    part = share(number, total) if name else None
    return Kpi(
        id=f"top_{column}_share",
        label=f"Largest {what}",
        value=part,
        unit="share",
        sentence=sentence(f"{show(part, 'share')} of the certificates rest on one {what}, {name}")
        if name
        else f"No {what} is known.",
        definition=f"Share of the certificates in service below the {what} with most of them.",
        numerator=number,
        denominator=total,
    )


def _self_signed(frame: pd.DataFrame) -> Kpi:
    number = int(frame.loc[frame["ca_owner"] == SELF_SIGNED, "certificates"].sum())
    return Kpi(
        id="self_signed",
        label="Self-signed",
        value=number,
        sentence=sentence(f"{counted(number)} in service {agree(number, 'is', 'are')} self-signed"),
        definition="Certificates in service whose issuer is their subject.",
        numerator=number,
        denominator=int(frame["certificates"].sum()),
    )


def _first(frame: pd.DataFrame, name: str, number: str) -> tuple[str | None, int]:
    if frame.empty:
        return None, 0
    row = frame.iloc[0]
    return str(row[name]), int(row[number])
