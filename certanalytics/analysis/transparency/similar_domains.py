"""Which domains in the logs look like own ones."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, of_them, sentence, withheld
from certanalytics.analysis.transparency._look_alikes import Guards, LookAlikes
from certanalytics.analysis.transparency._own_domains import NO_DOMAINS, NO_LOGS, own_domains_of
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment


def look_alikes(
    estate: Estate,
    *,
    as_of: Moment | None = None,
    scope: str | None = None,
    own_domains: Collection[str] | None = None,
) -> Result:
    """Which domains in the logs look like own ones?

    Compared are the labels somebody registered, below their public suffix: the same skeleton (Unicode UTS #39:
    characters that look alike), the same label under another suffix, one or two letters apart (in names long enough),
    or the whole name inside a longer one.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        own_domains: The organisation's registered domains; those of certificates it holds if ``None``.

    Returns:
        A result whose frame holds one row a registered domain known from logs alone that looks like an own one, the
        most alike first: ``domain``, ``looks_like``, ``kind`` (``homoglyph``, ``other suffix``, ``edit distance``,
        ``added word``), ``distance`` (letters; 0 where it is not told by letters), ``certificates``, ``valid``,
        ``first_seen``, ``last_issued``, ``ca_owners`` and ``some_names``.

        Tables: ``own_domains`` (``registered_domain``, ``certificates``).

        Key figures: ``look_alikes``, ``look_alikes_valid``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    own = own_domains_of(inquiry, own_domains)
    others = inquiry.ask("logged_domains")
    others = others[~others["registered_domain"].isin(own)]
    limits = inquiry.thresholds
    guards = Guards(
        int(limits["look_alike_length_1"]), int(limits["look_alike_length_2"]), int(limits["look_alike_word_length"])
    )
    confusable = estate.query("SELECT code_point, looks_like FROM facts.confusable ORDER BY code_point")
    prototypes = {
        chr(int(point, 16)): text
        for point, text in zip(confusable["code_point"], confusable["looks_like"].astype(str), strict=True)
    }
    likeness = LookAlikes(own, prototypes, guards)
    rows = [(found, row) for row in others.to_dict("records") if (found := likeness.of(str(row["registered_domain"])))]
    rows.sort(key=lambda each: (each[0].rank, each[0].distance, str(each[1]["registered_domain"])))
    columns = ["certificates", "valid", "first_seen", "last_issued", "ca_owners", "some_names"]
    frame = pd.DataFrame(
        [
            {
                "domain": row["registered_domain"],
                "looks_like": found.own,
                "kind": found.kind,
                "distance": found.distance,
                **{column: row[column] for column in columns},
            }
            for found, row in rows
        ],
        columns=["domain", "looks_like", "kind", "distance", *columns],
    )
    number, valid = len(frame), int((frame["valid"] > 0).sum())
    kpis = _figures(inquiry, number, valid, len(others), has_own=bool(own))
    return inquiry.result(
        "look_alikes",
        title="Which domains in the logs look like own ones?",
        headline=kpis[0].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Compared are registered domains that logs alone know with own ones, by the label below the public suffix. "
            "One letter apart counts in names of {look_alike_length_1:.0f} letters or more, two in names of "
            "{look_alike_length_2:.0f} or more, the name inside a longer one from {look_alike_word_length:.0f} on."
        ),
        tables={"own_domains": pd.DataFrame(sorted(own.items()), columns=["registered_domain", "certificates"])},
        caveats=(
            "Only domains in the entries loaded are compared; a search for own names finds none that look alike.",
            "Characters that look alike are the letters and digits of UTS #39 that stand for Latin ones.",
            "A domain that looks alike may be an own one of which no certificate is held, or a namesake.",
        ),
    )


def _figures(inquiry: Inquiry, number: int, valid: int, compared: int, *, has_own: bool) -> list[Kpi]:
    part = share(number, compared)
    made = [
        Kpi(
            id="look_alikes",
            label="Look-alike domains",
            value=number,
            sentence=sentence(
                f"{number:,} of {counted(compared, 'domain')} known from logs alone ({show(part, 'share')}) "
                f"{agree(number, 'looks', 'look')} like an own one" + of_them(valid, number, "with a valid certificate")
            ),
            definition="Registered domains of certificates known from logs alone that look like an own one.",
            numerator=number,
            denominator=compared,
            counts="domains",
            tone="warning" if number else "good",
        ),
        Kpi(
            id="look_alikes_valid",
            label="With a valid certificate",
            value=valid,
            sentence=sentence(
                f"{counted(valid, 'look-alike domain')} {agree(valid, 'has', 'have')} a certificate that has not ended"
            ),
            definition="Look-alike domains with a certificate that has not ended.",
            numerator=valid,
            denominator=number,
            counts="domains",
            tone="warning" if valid else "good",
        ),
    ]
    why = None
    if not inquiry.has["logged"]:
        why = f"Look-alike domains cannot be told: {NO_LOGS}."
    elif not has_own:
        why = f"Look-alike domains cannot be told: {NO_DOMAINS}."
    elif not compared:
        why = "Look-alike domains cannot be told: the log entries loaded are of own domains alone."
    return [withheld(kpi, why) for kpi in made] if why else made
