"""How renewals are done, as stated and as evidence makes likely, and what waits for people."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from certanalytics.charts import theme

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

_MANUAL = {"manual", "monitored", "likely manual"}
_AUTOMATED = {"enrolled", "provisioned", "closed loop", "likely automated"}


def levels(frame: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates in service by the level of automation a record states, then by what evidence makes likely.

    Args:
        frame: One row a level, in order: ``level``, ``basis`` (``stated`` or ``evidence``) and ``certificates``; levels
            nothing has are not drawn.
        as_of: The moment the frame holds for, UTC.

    Returns:
        Horizontal bars, those of people apart from those of automation and from what is not known.
    """
    frame = frame[frame["certificates"] > 0]
    names = [
        f"{level} (stated)" if basis == "stated" else f"{level} (by evidence)" if level != "not known" else level
        for level, basis in zip(frame["level"], frame["basis"], strict=True)
    ]
    numbers = theme.counts(frame["certificates"])
    n = sum(numbers)
    levels_ = frame["level"].tolist()
    people = [k if level in _MANUAL else None for level, k in zip(levels_, numbers, strict=True)]
    machines = [k if level in _AUTOMATED else None for level, k in zip(levels_, numbers, strict=True)]
    unknown = [k if level not in _MANUAL | _AUTOMATED else None for level, k in zip(levels_, numbers, strict=True)]
    stated = sum(k for k, basis in zip(numbers, frame["basis"], strict=True) if basis == "stated")
    alt = (
        f"Bars of {n:,} certificates in service by how they are renewed: {sum(filter(None, machines)):,} without a "
        f"person, {sum(filter(None, people)):,} by people, {sum(filter(None, unknown)):,} not known; of {stated:,} a "
        "record states it, of the others evidence makes it likely."
    )
    return theme.figure(
        [
            theme.rows("By people", names, people, theme.ATTENTION),
            theme.rows("Without a person", names, machines, theme.FINE),
            theme.rows("Not known", names, unknown, theme.SETTLED),
        ],
        title="Certificates by level of automation",
        basis=theme.basis("certificates in service by how they are renewed", n, as_of),
        alt=alt,
        **theme.row_axes(names, numbers, [f"{theme.share(number, n)} · {number:,}" for number in numbers]),
    )


def calibration(bands: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """How often what evidence gave a probability turned out to be stated as automated.

    Args:
        bands: One row a band of probabilities, in order: ``low``, ``high``, ``predictions`` and ``observed`` (share).
        as_of: The moment the frame holds for, UTC.

    Returns:
        One row a band: certificates stated to be automated, and stated not to be; the label compares the shares.
    """
    names = [f"{low:.0%} to {high:.0%}" for low, high in zip(bands["low"], bands["high"], strict=True)]
    totals = theme.counts(bands["predictions"])
    yes = [round(share * total) for share, total in zip(bands["observed"].tolist(), totals, strict=True)]
    labels = [f"{theme.share(part, total)} of {total:,}" for part, total in zip(yes, totals, strict=True)]
    n = sum(totals)
    said = "; ".join(f"{name}: {label}" for name, label in zip(names, labels, strict=True))
    return theme.figure(
        [
            theme.rows("Stated: without a person", names, yes, theme.FINE),
            theme.rows("Stated: by people", names, [t - y for t, y in zip(totals, yes, strict=True)], theme.ATTENTION),
        ],
        title="Evidence against statements",
        basis=theme.basis("stated levels by the probability evidence gives", n, as_of),
        alt=f"Bars of {n:,} certificates with a stated level by the probability evidence gives, and the share stated "
        f"to be automated. {said}.",
        **theme.row_axes(names, totals, labels),
    )


def backlog(moments: pd.DataFrame, *, as_of: datetime) -> go.Figure:
    """Certificates that wait for a person to renew them, at the end of each quarter looked back upon.

    Args:
        moments: One row a moment, oldest first: ``moment`` and ``backlog`` (absent where nothing was scanned by then).
        as_of: The moment the frame holds for, UTC.

    Returns:
        One bar a moment, labelled with its number.
    """
    told = moments[moments["backlog"].notna()]
    names = [f"{moment:%Y-%m-%d}" for moment in told["moment"]]
    numbers = theme.counts(told["backlog"])
    said = "; ".join(f"{name}: {number:,}" for name, number in zip(names, numbers, strict=True))
    return theme.figure(
        [theme.columns("Waiting for a person", names, [number or None for number in numbers], theme.ATTENTION)],
        title="Manual backlog",
        basis=theme.basis(
            "due for renewal by a person, no successor, at intervals of a quarter", numbers[-1] if numbers else 0, as_of
        ),
        alt=f"Bars of the certificates that wait for a person to renew them. {said}.",
        legend=False,
        xaxis={"type": "category"},
        yaxis=theme.count_axis(max(numbers, default=0)),
        annotations=theme.tops(numbers),
        height=320,
    )
