"""From how certificates are known to how many nobody knows: which population, and when there is no estimate."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.coverage._capture import HISTORIES, Estimate, NotEstimableError, chapman, log_linear
from certanalytics.result import Kpi, show

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LISTS = {"inventory": "inventories", "scan": "scans", "log": "logs"}
"""The kinds of source, the one whose completeness is asked for first."""

NOT_TOLD = "How many certificates nobody saw cannot be told"
"""How a refusal begins."""


def estimates(histories: pd.DataFrame, *, overlap: float, within: float) -> pd.DataFrame:
    """An estimate, or why there is none, for each pair of kinds of source and for all three.

    Args:
        histories: The question ``capture_histories``.
        overlap: How many certificates two lists have to have in common.
        within: Which share of the certificates a kind of source knows has to lie within the population.

    Returns:
        One row a combination of lists; columns as in `certanalytics.analysis.coverage.never_seen`.
    """
    chosen = [*combinations(LISTS, 2), tuple(LISTS)]
    return pd.DataFrame([_row(histories, lists, overlap, within) for lists in chosen])


def population(histories: pd.DataFrame, lists: Sequence[str]) -> pd.Series:
    """Which rows are certificates that all of these kinds of source could know."""
    could = histories["public"] & histories["valid"] & ~histories["out_of_service"]
    for name in lists:
        could &= histories[f"could_{name}"]
    return could


def _row(histories: pd.DataFrame, lists: Sequence[str], overlap: float, within: float) -> dict[str, Any]:
    could = population(histories, lists)
    held = {name: int(histories.loc[could & histories[f"in_{name}"], "certificates"].sum()) for name in lists}
    common = _all_of(histories, could, lists)
    row: dict[str, Any] = {
        "lists": " × ".join(LISTS[name] for name in lists),
        **dict.fromkeys(("first", "second", "third"), None),
        **dict(zip(("first", "second", "third"), held.values(), strict=False)),
        "common": common,
        "seen": int(histories.loc[could & _any_of(histories, lists), "certificates"].sum()),
        **dict.fromkeys(("total", "deviation", "low", "high", "unseen", "completeness", "model", "refused")),
    }
    why = _refusal(histories, could, lists, overlap, within)
    if why is None:
        try:
            found = _estimate(histories, could, lists, held)
        except NotEstimableError as error:
            why = str(error)
        else:
            row |= {name: getattr(found, name) for name in ("total", "deviation", "low", "high", "unseen", "model")}
            row["completeness"] = held[lists[0]] / found.total
    return row | {"refused": why}


def _estimate(histories: pd.DataFrame, could: pd.Series, lists: Sequence[str], held: dict[str, int]) -> Estimate:
    if len(lists) == 2:
        first, second = held.values()
        return chapman(first, second, _all_of(histories, could, lists))
    counts = {}
    for history in HISTORIES:
        rows = could.copy()
        for name, there in zip(lists, history, strict=True):
            rows &= histories[f"in_{name}"] == there
        counts[history] = int(histories.loc[rows, "certificates"].sum())
    a, b, c = (LISTS[name] for name in lists)
    return log_linear(counts, (a, b, c))


def _refusal(
    histories: pd.DataFrame, could: pd.Series, lists: Sequence[str], overlap: float, within: float
) -> str | None:
    """Why the lists are no two samples of one population; ``None`` where they are."""
    for name in lists:
        if not _number(histories, histories[f"in_{name}"]):
            return f"{LISTS[name]} know no certificate here"
    for name in lists:
        held = histories[f"in_{name}"]
        judged = held & histories["public"] & histories["valid"]
        public = int(histories.loc[judged, "certificates"].sum())
        inside = int(histories.loc[could & held, "certificates"].sum())
        deployed = int(histories.loc[judged & ~histories["out_of_service"], "certificates"].sum())
        if not public:
            return f"{LISTS[name]} know no certificate that is public and valid, and no other could be in all of them"
        if not deployed:
            return f"no public, valid certificate that {LISTS[name]} know may still be in service"
        if inside < within * deployed:
            return (
                f"only {inside:,} of the {deployed:,} public, valid certificates {LISTS[name]} know have a domain that "
                "all of these cover: they did not look at the same population"
            )
    for pair in combinations(lists, 2):
        common = _all_of(histories, could, pair)
        if common < overlap:
            return (
                f"{LISTS[pair[0]]} and {LISTS[pair[1]]} have {counted(common)} in common, and fewer than "
                f"{overlap:.0f} say too little"
            )
    return None


def _all_of(histories: pd.DataFrame, could: pd.Series, lists: Sequence[str]) -> int:
    rows = could.copy()
    for name in lists:
        rows &= histories[f"in_{name}"]
    return int(histories.loc[rows, "certificates"].sum())


def _any_of(histories: pd.DataFrame, lists: Sequence[str]) -> pd.Series:
    rows = histories[f"in_{lists[0]}"].copy()
    for name in lists[1:]:
        rows |= histories[f"in_{name}"]
    return rows


def completeness(frame: pd.DataFrame, histories: pd.DataFrame) -> list[Kpi]:
    """The figures of the best estimate: that of three lists, else of inventories with scans, else with logs."""
    preferred = [frame.iloc[place] for place in (3, 0, 1)]
    row = next((each for each in preferred if pd.isna(each["refused"])), None)
    lists = ["inventory", "scan", "log"]
    if row is not None:
        lists = [name for name, word in LISTS.items() if word in row["lists"]]
    could = population(histories, lists)
    left_out = [
        (_number(histories, ~(histories["public"] & histories["valid"])), "not public and valid"),
        (
            _number(histories, histories["public"] & histories["valid"] & histories["out_of_service"]),
            "known not to be in service",
        ),
        (
            _number(histories, histories["public"] & histories["valid"] & ~histories["out_of_service"] & ~could),
            "of domains that not all of the sources cover",
        ),
    ]
    others = [name for name in LISTS if name not in lists]
    missed = could & ~_any_of(histories, lists)
    elsewhere = {LISTS[name]: _number(histories, missed & histories[f"in_{name}"]) for name in others}
    made = _figures(row, without(left_out), [LISTS[name] for name in lists], elsewhere)
    if row is not None:
        return made
    reasons = "; ".join(dict.fromkeys(str(each["refused"]) for each in preferred))
    return [withheld(kpi, f"{NOT_TOLD}: {reasons}.") for kpi in made]


def _figures(
    row: pd.Series | None, excluded: str | None, compared: Sequence[str], elsewhere: Mapping[str, int]
) -> list[Kpi]:
    told: dict[str, Any] = (
        {str(name): value for name, value in row.items()}
        if row is not None
        else dict.fromkeys(("completeness", "unseen", "total", "low", "high", "first", "seen", "lists"), 0)
    )
    low, high, missed = told["low"] - told["seen"], told["high"] - told["seen"], round(told["unseen"])
    *first, last = compared
    about = f"about {counted(missed)}" if missed else "hardly any"
    return [
        Kpi(
            id="completeness",
            label="Inventory completeness, estimated",
            value=told["completeness"],
            unit="share",
            sentence=sentence(
                f"inventories hold about {show(told['completeness'], 'share')} of an estimated {told['total']:,.0f} "
                f"public certificates in service (95 %: {told['low']:,.0f} to {told['high']:,.0f}), by comparing "
                f"{told['lists']}"
            ),
            definition="Certificates inventories know as a share of the estimated number of public, valid certificates "
            "in service of the domains that all the sources compared cover.",
            numerator=told["first"],
            denominator=told["total"],
            excluded=excluded,
        ),
        Kpi(
            id="unseen",
            label="Seen by nobody, estimated",
            value=told["unseen"],
            sentence=sentence(
                f"{', '.join(first)} and {last} together miss {about} of these (95 %: {low:,.0f} to {high:,.0f})",
                *(f"{other} know {number:,} that those do not" for other, number in elsewhere.items() if number),
            ),
            definition="Estimated number of certificates of the same population that none of the sources compared "
            "knows.",
            numerator=told["unseen"],
            denominator=told["total"],
            excluded=excluded,
        ),
        Kpi(
            id="population",
            label="Seen of that population",
            value=told["seen"],
            sentence=sentence(f"{counted(told['seen'])} of that population {agree(told['seen'], 'is', 'are')} known"),
            definition="Certificates of the population that at least one of the sources compared knows.",
            numerator=told["seen"],
            excluded=excluded,
        ),
    ]


def _number(histories: pd.DataFrame, rows: pd.Series) -> int:
    return int(histories.loc[rows, "certificates"].sum())
