"""Who fills which role for the certificates in service."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def by_role(roles: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by role and by who fills it; each certificate stands once in every role.

    Args:
        roles: One row a role, in order: ``role``, ``told`` (some export names anybody in it) and the certificates
            ``verified``, ``filled`` (those among them), ``left``, ``none`` and ``certificates``.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Stacked horizontal bars; a role in which no export names anybody is one bar of what is not known.
    """
    names = theme.texts(roles["role"], missing="role not known")
    told = [bool(each) for each in roles["told"]]
    everything, verified, filled, left, none = (
        theme.counts(roles[column]) for column in ("certificates", "verified", "filled", "left", "none")
    )
    unsure = [known - sure for known, sure in zip(filled, verified, strict=True)]
    untold = [0 if known else total for known, total in zip(told, everything, strict=True)]
    missing = [number if known else 0 for known, number in zip(told, none, strict=True)]
    labels = [
        f"{number:,} of {total:,} filled ({theme.share(number, total)})" if known else "no export tells"
        for known, number, total in zip(told, filled, everything, strict=True)
    ]
    n = max(everything, default=0)
    alt = f"Bars of {n:,} certificates in service by role: " + (
        "; ".join(f"{name}: {label}" for name, label in zip(names, labels, strict=True)) or "none"
    )
    return theme.figure(
        [
            theme.rows("Verified", names, theme.drawn(verified), theme.FINE),
            theme.rows("Named, not verified", names, theme.drawn(unsure), theme.NEUTRAL),
            theme.rows("Everyone has left", names, theme.drawn(left), theme.ATTENTION),
            theme.rows("Nobody named", names, theme.drawn(missing), theme.CRITICAL),
            theme.rows("Not known", names, theme.drawn(untold), theme.SETTLED),
        ],
        title="Contacts by role",
        basis=theme.basis("certificates in service, in each role; label: filled", n, as_of),
        alt=alt + ".",
        **theme.row_axes(names, everything, labels),
    )
