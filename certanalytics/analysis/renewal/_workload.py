"""How many renewals a year lives of some length bring."""

from __future__ import annotations

import math

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi

DAYS_OF_YEAR = 365.25
"""Days of a mean Julian year."""


def renewals_per_year(lifetime_days: float, used: float) -> float:
    """How often a certificate is renewed in a year once this has gone on for long.

    Args:
        lifetime_days: How long each one lives.
        used: Share of its life after which it is renewed: 2/3 in the window of most clients, 1 at its very end.

    Raises:
        ValueError: The lifetime is not positive, or the share not in (0, 1].
    """
    if lifetime_days <= 0 or not 0 < used <= 1:
        raise ValueError("a lifetime is positive and the share of it used lies in (0, 1]")
    return DAYS_OF_YEAR / (lifetime_days * used)


def workload_at(inquiry: Inquiry, lives: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Renewals a year at each limit, of one certificate and of all.

    Args:
        inquiry: For the thresholds of the renewal window.
        lives: Rows of the question ``public_lifetimes``.
        limits: ``limit_days`` and ``effective_from`` in order.
    """
    used = 1 - inquiry.thresholds["renewal_life_left"]
    known = lives[lives["lifetime_days"].notna() & (lives["lifetime_days"].fillna(0) > 0)]
    counts = list(
        zip(
            known["lifetime_days"].astype(int),
            known["certificates"].astype(int),
            known["manual"].astype(int),
            strict=True,
        )
    )
    made = []
    for limit, since in zip(limits["limit_days"].astype(int), limits["effective_from"], strict=True):
        rates = [(_rate(inquiry, min(life, limit)), n, manual) for life, n, manual in counts]
        made.append(
            (
                limit,
                pd.Timestamp(since),
                renewals_per_year(limit, used),
                renewals_per_year(limit, 1),
                math.fsum(rate * n for rate, n, _ in rates),
                math.fsum(renewals_per_year(min(life, limit), 1) * n for life, n, _ in counts),
                math.fsum(rate * manual for rate, _, manual in rates),
            )
        )
    names = ["limit_days", "effective_from", "per_certificate", "per_certificate_at_end"]
    return pd.DataFrame(made, columns=[*names, "renewals", "renewals_at_end", "manual"])


def _rate(inquiry: Inquiry, life: float) -> float:
    """Renewals a year in the renewal window, which opens earlier for short lives."""
    short = life <= inquiry.thresholds["short_lifetime_days"]
    return renewals_per_year(life, 1 - inquiry.thresholds["short_renewal_life_left" if short else "renewal_life_left"])


def workload_kpis(inquiry: Inquiry, lives: pd.DataFrame, workload: pd.DataFrame) -> list[Kpi]:
    """Renewals a year as lives are, at the shortest limit, and of those what falls to people."""
    known = lives[lives["lifetime_days"].notna() & (lives["lifetime_days"].fillna(0) > 0)]
    number, unknown = (
        int(known["certificates"].sum()),
        int(lives["certificates"].sum()) - int(known["certificates"].sum()),
    )
    now = math.fsum(
        _rate(inquiry, float(life)) * int(count)
        for life, count in zip(known["lifetime_days"], known["certificates"], strict=True)
    )
    last = workload.iloc[-1]
    then, manual = float(last["renewals"]), float(last["manual"])
    untold, shortest = int(known["not_told"].sum()), int(last["limit_days"])
    undated = without([(unknown, "whose lifetime is not known")])
    made = [
        Kpi(
            id="renewals_now",
            label="Renewals a year, lives as they are",
            value=now,
            sentence=f"With the lives they have, public certificates in service need {now:,.0f} renewals a year.",
            definition="Sum of 365.25 ÷ (life × share of it used when the renewal window opens) over the public "
            "certificates in service.",
            denominator=number,
            excluded=undated,
        ),
        Kpi(
            id="renewals_shortest",
            label=f"Renewals a year at {shortest} days",
            value=then,
            sentence=sentence(
                f"{counted(number, 'public certificate')} {agree(number, 'needs', 'need')} {then:,.0f} renewals a year "
                f"at {shortest} days, {then / now if now else 0:.1f} times as many as with the lives they have"
            ),
            definition=f"The same with no life over {shortest} days.",
            denominator=number,
            excluded=undated,
        ),
        Kpi(
            id="manual_renewals_shortest",
            label=f"Of them by people, at {shortest} days",
            value=manual,
            sentence=sentence(
                f"{manual:,.0f} of these renewals a year would fall to people if nothing else is automated",
                f"of {counted(untold, 'certificate')} it is not known who renews" if untold else "",
            ),
            definition="The same of certificates renewed by a person, as stated or more likely than not.",
            denominator=number,
            excluded=without([(unknown, "whose lifetime is not known"), (untold, "of which it is not known")]),
        ),
    ]
    if not number:
        return [withheld(kpi, "Of no public certificate in service the lifetime is known.") for kpi in made]
    if untold == number:
        made[2] = withheld(made[2], "How public certificates are renewed is not known.")
    return made
