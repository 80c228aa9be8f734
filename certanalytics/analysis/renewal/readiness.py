"""How ready the estate is for lives of 47 days, and how much work they bring."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.issuers.substitutability import acting_owners, alternatives, unanswered
from certanalytics.analysis.renewal._workload import workload_at, workload_kpis
from certanalytics.errors import UsageError
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NOTHING_TOLD = "Nothing that lives of 47 days ask for is told of any public certificate in service."
"""What is said where the score could be anything."""


def score_range(answers: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """The ``least`` and the ``most`` weighted scores can be: what is not told is neither met nor missed.

    Args:
        answers: One row a certificate, one column a component: true, false, or absent where it is not told.
        weights: Weights by component; they need not add up to one.

    Raises:
        ValueError: A weight is negative, or none is positive.
    """
    total = math.fsum(weights.values())
    if total <= 0 or min(weights.values()) < 0:
        raise ValueError("weights are not negative, and one at least is positive")
    told, heavy = answers[list(weights)].astype("boolean"), pd.Series(weights)
    met = told.fillna(False).astype(float).mul(heavy).sum(axis=1) / total
    open_ones = told.isna().astype(float).mul(heavy).sum(axis=1) / total
    return pd.DataFrame({"least": met.round(9), "most": (met + open_ones).round(9)})


def short_lives(
    estate: Estate,
    *,
    as_of: Moment | None = None,
    scope: str | None = None,
    approved: Sequence[str] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Result:
    """How ready are the public certificates in service for lives of 47 days?

    Each certificate scores between 0 and 1: the weights of the components it is known to meet. A component that these
    data do not tell counts as met in the highest score it could have and as missed in the lowest; no single number is
    made of the two.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        approved: CA owners that may be used; see `certanalytics.analysis.issuers.substitutable`.
        weights: Weights by component; those of facts.readiness_weight if ``None``.

    Returns:
        A result whose frame holds one row a component, heaviest first: ``component``, ``label``, ``weight`` (of all
        weights), ``met``, ``missed``, ``not_told`` (public certificates in service) and ``met_share`` (of those told).

        Tables: ``certificates`` (``certificate``, ``subject_cn``, ``hosts``, ``ca_owner``, ``lifetime_days``,
        ``not_after``, ``critical``, ``business_unit``, ``owner``, ``owner_state``, each component as true, false or
        absent, ``least``, ``most``; lowest ``most`` first) and ``workload`` (``limit_days``, ``effective_from``,
        ``per_certificate`` and ``per_certificate_at_end``: renewals a year of one that lives as long as the limit
        allows, in its renewal window and at its end; ``renewals``, ``renewals_at_end``, ``manual``: of all public
        certificates in service).

        Key figures: ``readiness_least``, ``readiness_most``, one named after each component, ``renewals_now``,
        ``renewals_shortest``, ``manual_renewals_shortest``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment, ``scope`` no predicate, or ``weights`` are none.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    components = estate.query(
        "SELECT component, weight, label FROM facts.readiness_weight ORDER BY weight DESC, component"
    )
    chosen = _weights(components, weights)
    known = alternatives(inquiry.ask_everywhere("owner_cas"), approved)
    rows = inquiry.ask("readiness_components")
    second = [known.second(*each) for each in zip(acting_owners(rows), rows["ca_owner"], strict=True)]
    rows = rows.assign(second_ca=pd.array(second, dtype="boolean"))
    frame = _components(components, rows, chosen)
    rows = rows.join(score_range(rows, chosen))
    rows = rows.sort_values(["most", "least", "not_after", "certificate"], ignore_index=True)
    lives = inquiry.ask("public_lifetimes")
    limits = estate.query("SELECT limit_days, effective_from FROM facts.renewal_limit ORDER BY effective_from")
    workload = workload_at(inquiry, lives, limits)
    served = len(rows)
    kpis = [
        *_scores(rows, int(frame[["met", "missed"]].sum().sum())),
        *_told(frame),
        *workload_kpis(inquiry, lives, workload),
    ]
    why = unanswered(inquiry, served)
    return inquiry.result(
        "short_lives",
        title="How ready are the public certificates in service for lives of 47 days?",
        headline=why
        or sentence(
            f"readiness of {counted(served, 'public certificate')} for lives of 47 days lies between "
            f"{show(kpis[0].value, 'share')} and {show(kpis[1].value, 'share')}"
            if kpis[0].value is not None
            else NOTHING_TOLD[:-1],
            f"at 47 days {agree(served, 'it needs', 'they need')} {show(kpis[-2].value)} renewals a year"
            if kpis[-2].value is not None
            else "",
        ),
        frame=frame,
        kpis=[withheld(kpi, why) if why else kpi for kpi in kpis],
        method=inquiry.method(
            "The score of a certificate is the sum of the weights of what it meets ("
            + ", ".join(f"{name.replace('_', ' ')} {weight:g}" for name, weight in chosen.items())
            + "; the toolkit's own, and parameters), over the sum of all weights; that of the estate is the mean over "
            "public certificates in service. What is not told counts as missed in the least and as met in the most. "
            "A loop is closed where a record says that a certificate is renewed and installed without a person and "
            "scans find no renewal missing. Renewals a year are 365.25 ÷ (life × share of it used), a life being the "
            "shorter of what the certificate has and what the limit allows."
        ),
        tables={"certificates": rows, "workload": workload},
        caveats=(
            "Private certificates are not bound by the limits and are left out.",
            "The work is that of a steady state at each limit, not of the years in which limits change.",
        ),
    )


def _weights(components: pd.DataFrame, weights: Mapping[str, float] | None) -> dict[str, float]:
    default = {
        str(name): float(weight) for name, weight in zip(components["component"], components["weight"], strict=True)
    }
    chosen = default if weights is None else {name: float(weights.get(name, 0)) for name in default}
    unknown = set(weights or ()) - set(default)
    if unknown or min(chosen.values()) < 0 or not any(chosen.values()):
        raise UsageError(
            f"no weights: {dict(weights or {})}",
            hint=f"Weights are not negative, one is positive, of: {', '.join(default)}",
        )
    return chosen


def _components(components: pd.DataFrame, rows: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    made = []
    for name, label in zip(components["component"], components["label"], strict=True):
        answers = rows[name].astype("boolean")
        met, told = int(answers.fillna(False).sum()), int(answers.notna().sum())
        weight = weights[name] / math.fsum(weights.values())
        made.append((name, label, weight, met, told - met, len(rows) - told, share(met, told)))
    return pd.DataFrame(made, columns=["component", "label", "weight", "met", "missed", "not_told", "met_share"])


def _scores(rows: pd.DataFrame, told: int) -> list[Kpi]:
    made = []
    for bound, said in (("least", "at least"), ("most", "at most")):
        value = float(rows[bound].mean()) if len(rows) else None
        made.append(
            Kpi(
                id=f"readiness_{bound}",
                label=f"Ready for 47 days, {said}",
                value=value,
                unit="share",
                sentence=f"By what these data tell the public certificates in service are ready {said} to "
                f"{show(value, 'share')}.",
                definition="Mean over the public certificates in service of the weights of the components met ÷ all "
                "weights; a component that is not told counts as " + ("missed." if bound == "least" else "met."),
                denominator=len(rows),
            )
        )
    return made if told else [withheld(kpi, NOTHING_TOLD) for kpi in made]


def _told(frame: pd.DataFrame) -> list[Kpi]:
    made = []
    for row in frame.to_dict("records"):
        told, served = row["met"] + row["missed"], row["met"] + row["missed"] + row["not_told"]
        part = share(row["met"], told)
        kpi = Kpi(
            id=str(row["component"]),
            label=str(row["label"])[:1].upper() + str(row["label"])[1:],
            value=part,
            unit="share",
            sentence=sentence(
                f"{row['label']}: {row['met']:,} of {counted(told, 'public certificate')} ({show(part, 'share')})",
                f"of {row['not_told']:,} it cannot be told" if row["not_told"] else "",
            ),
            definition=f"Public certificates in service that meet it ÷ those of which it is told; weight "
            f"{row['weight']:g} of the score.",
            numerator=row["met"],
            denominator=told,
            excluded=without([(row["not_told"], "of which it cannot be told")]),
        )
        why = f"Of no public certificate in service it can be told: {row['label']}." if served else ""
        made.append(kpi if told else withheld(kpi, why))
    return made
