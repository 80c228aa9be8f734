"""What an answer is: a frame, its key figures, and how each of them was come by.

A `Result` shows itself in a notebook and in a terminal, and `Result.explain` tells definition,
numerator, denominator, exclusions, SQL and inputs, so that every number can be traced to the
rows it came from.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

Unit = Literal["count", "share", "index", "days", "year"]
Tone = Literal["neutral", "good", "warning", "critical"]


def show(value: float | None, unit: Unit = "count") -> str:
    """A figure as people read it: ``1,410``, ``46.2 %``, ``0.435``, ``12 days``; a dash when it cannot be told."""
    if value is None:
        return "–"
    match unit:
        case "count":
            return f"{value:,.0f}"
        case "share":
            return f"{100 * value:.1f} %"
        case "index":
            return f"{value:.3f}"
        case "days":
            return f"{value:,.0f} day" + ("" if value == 1 else "s")
        case "year":
            return f"{value:.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """One key figure and what it means.

    Attributes:
        id: Stable name, unique within its result (``expired_in_service``).
        label: What stands below the figure on a tile.
        value: The figure; shares lie in [0, 1]; ``None`` says "we cannot tell from these data".
        unit: What the figure counts.
        sentence: One sentence made from the numbers.
        definition: How it is computed, in words.
        numerator: What is counted, where the figure is a count or a share.
        denominator: What they are a part of.
        excluded: What was left out, with the count, or ``None`` when nothing was.
        counts: What numerator and denominator count.
        tone: How it should be read; always also said in words.
    """

    id: str
    label: str
    value: float | None
    unit: Unit = "count"
    sentence: str
    definition: str
    numerator: float | None = None
    denominator: float | None = None
    excluded: str | None = None
    counts: str = "certificates"
    tone: Tone = "neutral"

    @property
    def text(self) -> str:
        """The figure as people read it."""
        return show(self.value, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One source of evidence behind a result: how many files, how many records, how fresh."""

    source: str
    files: int
    records: int
    newest: datetime | None


@dataclass(frozen=True, kw_only=True)
class Result:
    """The answer to one question about an estate.

    Attributes:
        name: Stable name of the question (``expiring``).
        title: The question, as a reader would ask it.
        headline: The conclusion in one sentence, made from the numbers.
        as_of: The moment the answer holds for, naive UTC.
        scope: The SQL predicate over the inventory that bounds it, or ``None`` for everything.
        frame: The answer itself; its columns are in the docstring of the analysis.
        kpis: Key figures by their `Kpi.id`, in reading order.
        tables: Further frames by name.
        method: How the answer is computed, in words.
        caveats: What these data cannot show.
        sql: The questions asked, by name.
        inputs: The evidence used, by source.
    """

    name: str
    title: str
    headline: str
    as_of: datetime
    scope: str | None
    frame: pd.DataFrame
    kpis: Mapping[str, Kpi]
    method: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    sql: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()

    def explain(self) -> Explanation:
        """Definition, formula, numerator, denominator, exclusions, SQL and inputs of every figure."""
        return Explanation(self)

    def __repr__(self) -> str:
        lines = [
            self.title,
            f"  as of {self.as_of:%Y-%m-%d %H:%M} UTC · scope: {self.scope or 'everything'}",
            "  " + self.headline,
        ]
        lines += [f"  {kpi.text:>12}  {kpi.label}" for kpi in self.kpis.values()]
        return "\n".join([*lines, f"  {len(self.frame)} rows in .frame"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left'>{html.escape(kpi.label)}</th>"
            f"<td style='text-align:right'>{html.escape(kpi.text)}</td></tr>"
            for kpi in self.kpis.values()
        )
        return (
            f"<p><strong>{html.escape(self.headline)}</strong><br><small>as of {self.as_of:%Y-%m-%d %H:%M} UTC · "
            f"scope: {html.escape(self.scope or 'everything')}</small></p><table>{rows}</table>"
        )


class Explanation:
    """How a result was come by, readable as text, Markdown and HTML."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def markdown(self) -> str:
        """The explanation as Markdown; data in it is escaped by being quoted as code."""
        result = self.result
        parts = [f"**{result.title}**", result.method]
        parts.append(f"As of `{result.as_of:%Y-%m-%d %H:%M:%S}` UTC; scope: `{result.scope or 'everything'}`.")
        for kpi in result.kpis.values():
            line = f"- **{kpi.label}** = {kpi.text}: {kpi.definition}"
            if kpi.numerator is not None and kpi.denominator is not None:
                line += f" ({kpi.numerator:,.0f} of {kpi.denominator:,.0f} {kpi.counts})"
            parts.append(line + (f" Left out: {kpi.excluded}." if kpi.excluded else ""))
        parts += [f"- *{caveat}*" for caveat in result.caveats]
        for evidence in result.inputs:
            newest = f"newest {evidence.newest:%Y-%m-%d %H:%M}" if evidence.newest else "without a time"
            parts.append(f"- `{evidence.source}`: {evidence.files:,} files, {evidence.records:,} records, {newest}")
        parts += [f"```sql\n-- {name}\n{text.strip()}\n```" for name, text in result.sql.items()]
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return self.markdown()

    def _repr_markdown_(self) -> str:
        return self.markdown()
