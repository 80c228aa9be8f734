"""Which versions of TLS endpoints offer, what a copied key lays open, and where post-quantum cryptography stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_DECRYPTABLE = {
    "all": "all of it",
    "some": "some of it",
    "none": "none of it",
    "unknown": "not known",
}


def versions(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Endpoints by version of TLS or SSL: offered, not offered, or not asked.

    Args:
        frame: One row a version, oldest first: ``label``, ``offered``, ``not_offered``, ``not_asked`` (endpoints) and
            ``obsolete_by`` (absent where the version may be used).
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars of equal length; offered versions that have been ended are hatched and red.
    """
    names = theme.texts(frame["label"], missing="not known")
    offered, not_offered, not_asked = (theme.counts(frame[name]) for name in ("offered", "not_offered", "not_asked"))
    ended = frame["obsolete_by"].notna().tolist()
    bad = [number if old else 0 for number, old in zip(offered, ended, strict=True)]
    good = [0 if old else number for number, old in zip(offered, ended, strict=True)]
    totals = [sum(parts) for parts in zip(offered, not_offered, not_asked, strict=True)]
    labels = [
        f"{number:,} of {total - unasked:,} asked" if total > unasked else "not asked"
        for number, total, unasked in zip(offered, totals, not_asked, strict=True)
    ]
    n = max(totals, default=0)
    told = "; ".join(f"{name}: {number:,}" for name, number in zip(names, offered, strict=True))
    return theme.figure(
        [
            theme.rows("Offered, though ended", names, bad, theme.CRITICAL),
            theme.rows("Offered", names, good, theme.FINE),
            theme.rows("Not offered", names, not_offered, theme.SETTLED),
            theme.rows("Not asked", names, not_asked, theme.NEUTRAL),
        ],
        title="Versions of TLS offered",
        basis=theme.basis("endpoints by the versions they offer", n, as_of),
        alt=f"Bars of {n:,} endpoints for each version of TLS or SSL, how many offer it: {told}.",
        **theme.row_axes(names, totals, labels),
    )


def decryptable(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Endpoints by how much of their traffic a copy of the server's key decrypts.

    Args:
        frame: One row a ``share`` (``all``, ``some``, ``none``, ``unknown``) with the ``endpoints``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars from all to none; endpoints not asked for their suites apart.
    """
    shares = theme.texts(frame["share"], missing="unknown")
    names = [_DECRYPTABLE.get(share, share) for share in shares]
    totals = theme.counts(frame["endpoints"])
    known = [0 if share == "unknown" else number for share, number in zip(shares, totals, strict=True)]
    unknown = [number if share == "unknown" else 0 for share, number in zip(shares, totals, strict=True)]
    n = sum(totals)
    told = "; ".join(f"{name}: {number:,}" for name, number in zip(names, totals, strict=True))
    return theme.figure(
        [
            theme.rows("Asked for their suites", names, known, theme.FINE),
            theme.rows("Not asked", names, unknown, theme.NEUTRAL),
        ],
        title="Traffic a copied key decrypts",
        basis=theme.basis("endpoints by the traffic a copied key decrypts", n, as_of),
        alt=f"Bars of {n:,} endpoints by how much of their traffic a copied key decrypts: {told or 'none, 0'}.",
        **theme.row_axes(names, totals, [f"{total:,}" for total in totals]),
    )


def post_quantum(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """The parts of the cryptography in service, each by whether a quantum computer would break it.

    Args:
        frame: One row a ``part`` with what is ``pq``, ``hybrid``, ``classical`` and ``unknown``: certificates, and
            endpoints for the key exchange.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars, a part a row; shares are not compared, for the parts count different things.
    """
    names = theme.texts(frame["part"], missing="not known")
    pq, hybrid, classical, unknown = (theme.counts(frame[name]) for name in ("pq", "hybrid", "classical", "unknown"))
    totals = [sum(parts) for parts in zip(pq, hybrid, classical, unknown, strict=True)]
    labels = [
        f"{safe + half:,} of {total - blank:,}" if total > blank else "cannot be told"
        for safe, half, total, blank in zip(pq, hybrid, totals, unknown, strict=True)
    ]
    n = max(totals, default=0)
    told = "; ".join(f"{name}: {safe + half:,}" for name, safe, half in zip(names, pq, hybrid, strict=True))
    return theme.figure(
        [
            theme.rows("Post-quantum", names, pq, theme.FINE),
            theme.rows("Hybrid", names, hybrid, theme.SETTLED),
            theme.rows("Classical alone", names, classical, theme.ATTENTION),
            theme.rows("Not known", names, unknown, theme.NEUTRAL),
        ],
        title="Post-quantum cryptography in service",
        basis=theme.basis("parts of the cryptography in service, longest row", n, as_of),
        alt=f"Bars of four parts of the cryptography in service, post-quantum or hybrid in each: {told or 'none, 0'}.",
        **theme.row_axes(names, totals, labels),
    )
