"""Which keys certificates rest on, and how long quantum-vulnerable ones stay in use."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHOWN = 12
"""Key types drawn; rarer ones that are not weak share one row."""

LATER = 2040
"""The year from which on certificates share one bar; some run to the year 9999."""

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}
"""Curves people know by the name FIPS 186 gives them."""

_SIZE_IN_NAME = {"Ed25519", "Ed448", "X25519", "X448"}
"""Algorithms of one size only."""


def mix(keys: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by key type, weak ones told apart.

    Args:
        keys: One row a key type and weakness: ``key_algorithm``, ``key_bits``, ``key_curve``,
            ``certificates``, ``weak`` and ``reason`` (why it is weak, else absent).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, most frequent first; weak ones are hatched, red and say why.
    """
    strong: dict[str, int] = {}
    weak: dict[str, int] = {}
    reasons: dict[str, str] = {}
    for row in keys.to_dict("records"):
        name = _name(row["key_algorithm"], row["key_bits"], row["key_curve"])
        part = weak if row["weak"] else strong
        part[name] = part.get(name, 0) + int(row["certificates"])
        if row["weak"] and isinstance(row["reason"], str):
            reasons[name] = row["reason"]
    ranked = sorted({*strong, *weak}, key=lambda name: (-strong.get(name, 0) - weak.get(name, 0), name))
    rare = [name for name in ranked[SHOWN:] if name not in weak]
    if len(rare) > 1:
        ranked = [name for name in ranked if name not in rare] + [f"{len(rare)} rarer key types"]
        strong[ranked[-1]] = sum(strong[name] for name in rare)
    totals = [strong.get(name, 0) + weak.get(name, 0) for name in ranked]
    labels = [
        f"{total:,} · {f'{weak[name]:,} ' if weak[name] < total else ''}weak: {reasons.get(name, 'see the list')}"
        if name in weak
        else f"{total:,}"
        for name, total in zip(ranked, totals, strict=True)
    ]
    n, weak_n = sum(totals), sum(weak.values())
    alt = f"Bars of {n:,} certificates in service by key type; {weak_n:,} ({theme.share(weak_n, n)}) with a weak key."
    if ranked:
        alt += f" Most frequent is {ranked[0]} with {totals[0]:,}."
    return theme.figure(
        [
            theme.rows("Weak", ranked, [weak.get(name) for name in ranked], theme.CRITICAL),
            theme.rows("Strong enough today", ranked, [strong.get(name) for name in ranked], theme.FINE),
        ],
        title="Certificates by key type",
        basis=theme.basis("certificates in service by key type", n, as_of),
        alt=alt,
        **theme.row_axes(ranked, totals, labels),
    )


def horizon(years: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Quantum-vulnerable certificates by the year they end, set against the sunset years.

    Args:
        years: One row a year: ``year`` and the quantum-vulnerable certificates in service
            that end in it: ``in_time``, ``deprecated`` (their key outlives the year it is deprecated
            after) and ``disallowed`` (it outlives the year it is disallowed after).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, one for every year from the first on; late ones are labelled as such.
    """
    last = years["year"].clip(upper=LATER)
    every = range(int(last.min()), int(last.max()) + 1) if len(last) else range(0)
    names = [f"{LATER} or later" if year == LATER else f"{year}" for year in every]
    by_year = years.assign(year=last).groupby("year").sum().reindex(every)
    late, old, fine = (theme.counts(by_year[name]) for name in ("disallowed", "deprecated", "in_time"))
    totals = [sum(parts) for parts in zip(late, old, fine, strict=True)]
    labels = [_late(*parts) for parts in zip(totals, late, old, strict=True)]
    return theme.figure(
        [
            theme.rows("Outlives the disallowance", names, late, theme.CRITICAL),
            theme.rows("Outlives the deprecation", names, old, theme.ATTENTION),
            theme.rows("Ends in time", names, fine, theme.FINE),
        ],
        title="Quantum-vulnerable certificates by year of expiry",
        basis=theme.basis("quantum-vulnerable certificates in service by the year they end", sum(totals), as_of),
        alt=(
            f"Bars of {sum(totals):,} quantum-vulnerable certificates in service by the year they end: "
            f"{sum(old):,} outlive the deprecation of their key and {sum(late):,} more its disallowance."
        ),
        **theme.row_axes(names, totals, labels),
    )


def _late(total: int, disallowed: int, deprecated: int) -> str:
    """The number of a year, and how many of it are too late: ``5 · past deprecation: 2``."""
    said = (("past disallowance", disallowed), ("past deprecation", deprecated))
    return " · ".join([f"{total:,}", *(f"{name}: {number:,}" for name, number in said if number)])


def _name(algorithm: Any, bits: Any, curve: Any) -> str:
    """``RSA 2048``, ``EC P-256``, ``Ed25519``; absent values of a frame are not text or equal nothing."""
    if not isinstance(algorithm, str):
        return "key not known"
    if isinstance(curve, str):
        return f"{algorithm} {_CURVES.get(curve, curve)}"
    if algorithm in _SIZE_IN_NAME or bits is None or bits != bits:  # noqa: PLR0124 - NaN equals nothing
        return algorithm
    return f"{algorithm} {int(bits)}"
