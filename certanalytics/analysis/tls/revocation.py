"""Which certificates are revoked and still served, and whether what tells of revocation is current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._findings import Base, finding
from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, of_them, sentence
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NOT_TOLD = (
    "Whether certificates in service are revoked cannot be told: no revocation list of their issuers, OCSP response or "
    "record of a revocation is loaded."
)
NO_LISTS = "Whether revocation lists are current cannot be told: none was loaded."
"""What is said where the evidence is missing; none of it is a finding."""


def revoked(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which revoked certificates do endpoints still present, and how current is what tells of it?

    A certificate is revoked if a revocation list, an OCSP response, a log service or a manager says so of its issuer
    and serial number. That a list does not name it does not make it good: the list may be a part of what its issuer
    revoked.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame is the list to act on: one row a certificate in service that is revoked or on hold, those
        seen after their revocation first: ``certificate``, ``subject_cn``, ``hosts``, ``endpoints``, ``status``,
        ``revoked_at``, ``reason``, ``seen_at``, ``served`` (``after revocation``, ``before revocation``,
        ``time not known``), ``said_by``, ``issuer_cn``, ``not_after``, ``has_successor`` and owner columns.

        Tables: ``reasons`` (``reason``, ``certificates``, ``in_service``, ``first_revoked``, ``last_revoked``),
        ``lists`` (one row a revocation list: ``issuer_dn``, ``crl_number``, ``this_update``, ``next_update``,
        ``state``, ``hours_left``, ``entries``, ``certificates``, ``in_service``, ``path``) and ``issuers``
        (``issuer_cn``, ``list_state``, ``this_update``, ``certificates``, ``answered``, ``revoked``, ``issuer_dn``).

        Key figures: ``revoked_in_service``, ``served_after_revocation``, ``lists_ended``, ``not_covered``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    figures, lists = inquiry.figures("revocation_figures"), inquiry.ask("list_freshness")
    served = figures["in_service"]
    kpis = [*_served(figures), _not_covered(figures)]
    return inquiry.result(
        "revoked",
        title="Which revoked certificates do endpoints still present?",
        headline=inquiry.unanswered(served) or _headline(kpis),
        frame=inquiry.ask("revoked_in_service"),
        kpis=[*inquiry.answered(served, kpis), _lists(lists)],
        method=inquiry.method(
            "A statement is about a certificate if issuer and serial number are its own, never by the serial number "
            "alone. It is revoked if any source says so, on hold if the newest says so, good only by an OCSP response "
            "that is still valid. It was served after revocation if the look that counts is later than the revocation."
        ),
        tables={
            "reasons": inquiry.ask("revocation_reasons"),
            "lists": lists,
            "issuers": inquiry.ask("revocation_lists"),
        },
        caveats=(
            "Whether a list is complete is not kept (CAs split them): not to be on it is no proof of being good.",
            "A list that has ended may have been replaced since it was loaded.",
            "Signatures of lists and responses are not verified.",
        ),
    )


def _headline(kpis: list[Kpi]) -> str:
    found, after = kpis[0], kpis[1]
    if found.value is None:
        return found.sentence
    return sentence(found.sentence[:-1], after.sentence[:-1] if found.value else "")


def _served(figures: dict[str, float]) -> list[Kpi]:
    found, after = figures["revoked"], figures["after_revocation"]
    timed = found - figures["time_unknown"]
    base = Base(
        noun="certificate",
        told=found + figures["good"] + figures["listed"],
        total=figures["in_service"] - figures["self_signed"],
        untold="of which no current list, valid OCSP response or record tells",
        why=NOT_TOLD,
    )
    revoked_ones = Base(
        noun="certificate",
        told=timed if found else base.told,
        total=found or base.told,
        untold="whose time of revocation is not known",
        why="When certificates in service were revoked, no source says." if found else NOT_TOLD,
    )
    lone = figures["revoked_without_successor"]
    return [
        finding(
            base,
            name="revoked_in_service",
            label="Revoked in service",
            found=found,
            said=f"{counted(found)} in service {agree(found, 'is', 'are')} revoked or on hold"
            + of_them(lone, found, "without a successor"),
            definition="Certificates that an endpoint presented when last looked at and that a revocation list, an "
            "OCSP response or a record says are revoked or on hold; of those of which anything tells.",
            tone="critical",
            # A list may be a part of what its issuer has revoked: not to be on it is no good news.
            none="neutral" if figures["listed"] else "good",
        ),
        finding(
            revoked_ones,
            name="served_after_revocation",
            label="Served after revocation",
            found=after,
            said=f"{counted(after)} {agree(after, 'was', 'were')} seen at an endpoint after the revocation",
            definition="Revoked certificates whose newest look at an endpoint is later than their revocation; of the "
            "others nobody has looked since.",
            tone="critical",
        ),
    ]


def _not_covered(figures: dict[str, float]) -> Kpi:
    open_, ended = figures["not_told"] + figures["list_ended"], figures["list_ended"]
    total = figures["in_service"] - figures["self_signed"]
    return finding(
        Base(
            noun="certificate",
            told=total,
            total=total,
            untold="",
            why="No certificate in service has an issuer other than itself.",
        ),
        name="not_covered",
        label="Revocation not told",
        found=open_,
        said=f"of {counted(open_)} in service nothing loaded tells whether {agree(open_, 'it is', 'they are')} revoked"
        + of_them(ended, open_, "under a list that has ended")
        if open_
        else "something loaded tells of every certificate in service",
        definition="Certificates in service, but for self-signed ones, whose issuer has no current revocation list "
        "loaded and of which no OCSP response and no record tells.",
        tone="neutral",
        none="neutral",
    )


def _lists(lists: pd.DataFrame) -> Kpi:
    of_ours = lists[lists["certificates"] > 0]
    ended, endless = ((of_ours["state"] == state).sum() for state in ("ended", "open"))
    return finding(
        Base(noun="revocation list", told=len(of_ours), total=len(of_ours), untold="", why=NO_LISTS),
        name="lists_ended",
        label="Ended revocation lists",
        found=int(ended),
        said=f"{counted(ended, 'revocation list')} of the CAs above the inventory {agree(ended, 'has', 'have')} ended"
        + (f"; {counted(endless, 'list')} {agree(endless, 'names', 'name')} no next update" if endless else ""),
        definition="Newest revocation lists loaded, of issuers that signed certificates of the inventory, whose next "
        "update has passed (RFC 5280 section 5.1.2.5).",
    )
