"""Several questions asked of one estate for one moment and scope, kept together with their SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from certanalytics.analysis._words import withheld
from certanalytics.result import Kpi, Result
from certanalytics.sql import question

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

IN_SERVICE = (
    "A certificate is in service if an endpoint presented it when it was last looked at, and that was no more than "
    "{freshness_days:.0f} days before the moment asked about; of several scanners that looked within "
    "{same_scan_days:.0f} day of one another each counts."
)
"""How the base of every analysis is defined."""

REACH = (
    "Only endpoints that a scan reached within {freshness_days:.0f} days are known to be in service; "
    "what was not scanned is not counted, not fine."
)
"""The caveat every analysis has."""


class Inquiry:
    """Asks questions and remembers what it asked.

    Args:
        estate: The estate.
        as_of: The moment, or ``None`` for the newest evidence.
        scope: A SQL predicate over the inventory, in which ``@name`` stands for a kept scope, or ``None`` (or empty)
            for everything. Results show what it means.
    """

    def __init__(self, estate: Estate, *, as_of: Moment | None, scope: str | None) -> None:
        self.estate = estate
        self.as_of: datetime = estate.moment(as_of)
        self.scope = estate.predicate(scope)
        self.sql: dict[str, str] = {}
        thresholds = estate.query("SELECT name, value FROM facts.threshold ORDER BY name")
        self.thresholds: dict[str, float] = dict(zip(thresholds["name"], thresholds["value"], strict=True))
        kinds = estate.view("assessable", as_of=self.as_of).iloc[0]
        self.has: dict[str, bool] = {str(kind): bool(there) for kind, there in kinds.items()}

    def ask(self, name: str, **parameters: Any) -> pd.DataFrame:
        """The answer to a named question; see `certanalytics.estate.Estate.ask`."""
        self.sql[name] = question(name)
        return self.estate.ask(name, as_of=self.as_of, scope=self.scope, **parameters)

    def ask_everywhere(self, name: str, **parameters: Any) -> pd.DataFrame:
        """The answer over all certificates whatever the scope: what an owner holds does not end at it."""
        self.sql[name] = question(name)
        return self.estate.ask(name, as_of=self.as_of, **parameters)

    def figures(self, name: str) -> dict[str, float]:
        """The answer to a question of one row, column by column; what cannot be told is left out."""
        row = self.ask(name).iloc[0].dropna()
        return {str(column): float(value) for column, value in row.items()}

    def counts(self, name: str) -> tuple[pd.DataFrame, list[dict[str, int]]]:
        """The answer to a question of whole numbers, as a frame and row by row."""
        frame = self.ask(name)
        return frame, [{str(column): int(value) for column, value in row.items()} for row in frame.to_dict("records")]

    def unanswered(self, in_service: float) -> str | None:
        """Why nothing can be said of certificates in service, in one sentence; ``None`` where something can."""
        if in_service:
            return None
        if not self.has["scanned"]:
            days = self.thresholds["freshness_days"]
            return f"What is in service is not known: no scan of the last {days:.0f} days is loaded."
        return "No certificate in this scope is in service." if self.scope else "No certificate in service is known."

    def answered(self, in_service: float, kpis: Iterable[Kpi]) -> list[Kpi]:
        """Figures about certificates in service, each withheld where nothing can be said of those."""
        why = self.unanswered(in_service)
        return [withheld(kpi, why) if why else kpi for kpi in kpis]

    def method(self, *sentences: str) -> str:
        """The definition of the base, then how this analysis goes on; thresholds are filled in from the facts."""
        return " ".join((IN_SERVICE, *sentences)).format(**self.thresholds)

    def result(
        self,
        name: str,
        *,
        title: str,
        headline: str,
        frame: pd.DataFrame,
        kpis: Iterable[Kpi],
        method: str,
        tables: Mapping[str, pd.DataFrame],
        caveats: tuple[str, ...] = (),
    ) -> Result:
        """Everything that was asked as one result."""
        return Result(
            name=name,
            title=title,
            headline=headline,
            as_of=self.as_of,
            scope=self.scope,
            frame=frame,
            kpis={kpi.id: kpi for kpi in kpis},
            method=method,
            tables=tables,
            caveats=tuple(caveat.format(**self.thresholds) for caveat in (REACH, *caveats)),
            sql=self.sql,
            inputs=self.estate.evidence(self.as_of),
        )


def share(part: float, whole: float) -> float | None:
    """A part of a whole; ``None`` when there is nothing to be a part of."""
    return part / whole if whole else None
