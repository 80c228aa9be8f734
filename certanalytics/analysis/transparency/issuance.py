"""Who issued certificates for the organisation's names, and which of them nobody expected."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, of_them, sentence, withheld, without
from certanalytics.analysis.transparency._own_domains import NO_DOMAINS, NO_LOGS, own_domains_of
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

UNKNOWN = "unknown"
"""What stands for the CA of certificates whose issuer no export tells."""


def unexpected(
    estate: Estate,
    *,
    as_of: Moment | None = None,
    scope: str | None = None,
    approved: Collection[str] | None = None,
    own_domains: Collection[str] | None = None,
) -> Result:
    """Which certificates for own domains did nobody expect?

    A reason is a question to ask, never a verdict: what is unexpected may have been ordered by somebody whom no export
    knows. The reasons are the CA (not approved; where no list is given, one of which endpoints, files and inventories
    show no other certificate), that no manager or inventory has it (though they have most others of that CA), odd names
    (internal ones, or those of domains that are not the organisation's beside its own), and a burst (`burst_week`).

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        approved: CA owners that may issue, as ``ca_owner`` has them; those otherwise used if ``None``.
        own_domains: The organisation's registered domains; those of certificates it holds if ``None``.

    Returns:
        A result whose frame holds one row a valid public certificate for an own domain that was logged and of which
        something is unexpected, most reasons first: ``certificate``, ``subject_cn``, ``names``, ``ca_owner``,
        ``issuer_cn``, ``not_before``, ``not_after``, ``first_seen``, ``in_service``, ``match_tier``, ``reasons`` (a
        list of texts), ``ca_unexpected``, ``unrecorded``, ``odd_names``, ``burst`` (certificates for a domain of it
        that week; absent where that is usual), ``business_unit``, ``owner`` and ``owner_state``.

        Tables: ``weeks`` (``week``, ``ca_owner``, ``certificates``: public certificates that were logged, 53 weeks) and
        ``own_domains`` (``registered_domain``, ``certificates``).

        Key figures: ``logged``, ``unexpected``, ``ca_unexpected``, ``unrecorded``, ``odd_names``, ``bursts``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    own = own_domains_of(inquiry, own_domains)
    logged = inquiry.ask("logged_certificates")
    ours = logged["registered_domains"].map(lambda domains: any(domain in own for domain in domains)).astype(bool)
    cover = inquiry.thresholds["records_cover"]
    judged = _judged(logged[ours].reset_index(drop=True), own, approved, cover)
    frame = _reasoned(judged)
    kpis = _figures(inquiry, judged, len(frame), has_own=bool(own), listed=approved is not None)
    return inquiry.result(
        "unexpected",
        title="Which certificates for own domains did nobody expect?",
        headline=kpis[1].sentence,
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Judged are valid public certificates that were logged and have a name of an own domain: one of which an "
            "endpoint, a file or an inventory shows a certificate, or one that was given. That nobody recorded a "
            "certificate is told of CAs of whose valid certificates in logs managers or inventories have at least "
            "{records_cover:.0%}. A burst is a week, of the current one and {burst_recent_weeks:.0f} before, with at "
            "least {burst_certificates:.0f} certificates for one domain, more than {burst_factor:.0f} times the mean "
            "of the {burst_history_weeks:.0f} weeks before."
        ),
        tables={
            "weeks": inquiry.ask("issuance_weeks"),
            "own_domains": pd.DataFrame(sorted(own.items()), columns=["registered_domain", "certificates"]),
        },
        caveats=(
            "Logs that are not loaded may hold more; a reason is a question to ask and says nothing of intent.",
            "What a scan of foreign hosts shows counts as own; give the own domains where that matters.",
        ),
    )


def _judged(logged: pd.DataFrame, own: Collection[str], approved: Collection[str] | None, cover: float) -> pd.DataFrame:
    internal = [list(names) if isinstance(names, Iterable) else [] for names in logged["internal_names"]]
    foreign = [
        [domain for domain in domains if domain not in own and not _covers(domain, inside)]
        for domains, inside in zip(logged["registered_domains"], internal, strict=True)
    ]
    known = logged["ca_owner"] != UNKNOWN
    if approved is None:
        unexpected_ca = (logged["others_held"] == 0) & known
    else:
        unexpected_ca = ~logged["ca_owner"].str.casefold().isin({name.casefold() for name in approved}) & known
    is_covered = (logged["owner_recorded"] >= cover) & known
    judged = logged.assign(
        ca_unexpected=unexpected_ca.astype(bool),
        covered=is_covered.astype(bool),
        unrecorded=~logged["in_inventory"].astype(bool) & is_covered,
        odd_names=_lists([inside + outside for inside, outside in zip(internal, foreign, strict=True)]),
    )
    return judged.assign(
        reasons=_lists(
            list(_reasons(row, inside, outside, listed=approved is not None))
            for row, inside, outside in zip(judged.to_dict("records"), internal, foreign, strict=True)
        )
    )


def _lists(values: Iterable[list[str]]) -> pd.Series:
    """A column of lists, an empty one of that kind too."""
    return pd.Series(list(values), dtype=object)


def _covers(domain: str, names: Collection[str]) -> bool:
    """Whether any of the names lies in a domain."""
    return any(f".{name}".endswith(f".{domain}") for name in names)


def _reasons(
    row: Mapping[Hashable, Any], internal: Sequence[str], foreign: Sequence[str], *, listed: bool
) -> Iterator[str]:
    if row["ca_unexpected"]:
        issuer = row["ca_owner"]
        yield f"{issuer} is not approved" if listed else f"no other certificate of {issuer} is held"
    if row["unrecorded"]:
        yield "no manager or inventory has it"
    if internal:
        yield "internal names: " + ", ".join(internal)
    if foreign:
        yield "names of other domains: " + ", ".join(foreign)
    if pd.notna(row["burst"]):
        yield f"one of {row['burst']:,.0f} for its domain that week"


def _reasoned(judged: pd.DataFrame) -> pd.DataFrame:
    rows = judged.assign(number=judged["reasons"].map(len).astype(int))
    rows = rows[rows["number"] > 0].sort_values("number", ascending=False, kind="stable")
    return rows.drop(
        columns=["number", "others_held", "owner_recorded", "covered", "internal_names", "in_inventory"]
    ).reset_index(drop=True)


def _figures(inquiry: Inquiry, judged: pd.DataFrame, number: int, *, has_own: bool, listed: bool) -> list[Kpi]:
    total = len(judged)
    odd, burst = int(judged["odd_names"].map(len).gt(0).sum()), int(judged["burst"].notna().sum())
    foreign_ca, unrecorded = int(judged["ca_unexpected"].sum()), int(judged["unrecorded"].sum())
    unknown = int((judged["ca_owner"] == UNKNOWN).sum())
    unheard = int((~judged["covered"]).sum())
    both = int((judged["ca_unexpected"] & judged["unrecorded"]).sum())
    by_ca = "from a CA that is not approved" if listed else "from a CA of which no other certificate is held"

    def kpi(name: str, label: str, value: int, said: str, definition: str, excluded: str | None = None) -> Kpi:
        verb = agree(value, "is", "are")
        return Kpi(
            id=name,
            label=label,
            value=value,
            sentence=sentence(f"{counted(value)} for own domains {verb} {said}"),
            definition=definition,
            numerator=value,
            denominator=total,
            excluded=excluded,
            tone="neutral" if name == "logged" else "warning" if value else "good",
        )

    base = "Valid public certificates for own domains that were logged"
    made = [
        kpi("logged", "Logged for own domains", total, "valid, public and logged", base + "."),
        kpi(
            "unexpected",
            "Something unexpected",
            number,
            "unexpected in some way" + of_them(both, number, "by CA and record"),
            base + " with at least one reason in the frame; a reason is a question, no verdict.",
        ),
        kpi(
            "ca_unexpected",
            "From an unexpected CA",
            foreign_ca,
            by_ca,
            base + f", {by_ca}.",
            without([(unknown, "whose CA is not known")]),
        ),
        kpi(
            "unrecorded",
            "Recorded by nobody",
            unrecorded,
            "in no manager or inventory",
            base + " of which no manager or inventory has a record, of CAs of which they have most others.",
            without([(unheard, "of CAs of which managers and inventories have few or none")]),
        ),
        kpi(
            "odd_names",
            "Odd names",
            odd,
            "for odd names",
            base + " with an internal name, or a name of a domain that is not an own one.",
        ),
        kpi("bursts", "In a burst", burst, "of an unusually busy week", base + " in a week with unusually many."),
    ]
    why = None
    if not inquiry.has["logged"]:
        why = f"What was issued cannot be told: {NO_LOGS}."
    elif not has_own:
        why = f"What was issued for own domains cannot be told: {NO_DOMAINS}."
    if why:
        return [withheld(each, why) for each in made]
    if not (inquiry.has["recorded"] or inquiry.has["configured"]):
        made[3] = withheld(made[3], "What nobody recorded cannot be told: no record of a manager is loaded.")
    elif total and unheard == total:
        why = "managers and inventories have few certificates of these CAs or none"
        made[3] = withheld(made[3], f"What nobody recorded cannot be told: {why}.")
    return made
