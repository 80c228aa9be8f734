"""Which certificates rest on a root that a browser or operating system no longer trusts, or not for all it signs."""

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

NO_ROOTS = "Under which roots public certificates stand cannot be told: no CA certificate above them was loaded."
"""What is said where no path is known; that is no finding about the certificates."""


def distrust(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates in service does a root programme no longer trust, or soon not replace like for like?

    Rules come from ``facts.distrust`` and from loaded lists of CAs (a date after which a programme does not trust
    what a root signs, or its removal). Every path known above a certificate is followed: one that a rule hits on one
    path may stand on another.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a certificate in service and programme with a rule against a root above it:
        ``certificate``, ``subject_cn``, ``hosts``, ``endpoints``, ``programme``, ``state`` (``distrusted``,
        ``on one path``, ``cannot tell``, ``kept``), ``ca_owner``, ``roots``, ``other_roots``, ``cutoff``, ``bases``,
        ``not_before``, ``matched_by``, ``rules``, ``issuer_cn``, ``not_after`` and owner columns.

        Tables: ``programmes`` (``programme``, ``ca_owner``, ``distrusted``, ``on_one_path``, ``cannot_tell``, ``kept``,
        ``cutoff``).

        Key figures: ``distrusted``, ``distrusted_on_one_path``, ``distrust_not_told``, ``under_distrusted_roots``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("distrusted"), inquiry.figures("distrust_figures")
    served = figures["in_service"]
    kpis = _kpis(frame, figures)
    return inquiry.result(
        "distrust",
        title="Which certificates in service does a root programme no longer trust?",
        headline=inquiry.unanswered(served) or _headline(kpis),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "A rule names a programme, a root and a cut-off, with its source (facts.distrust, or a loaded list of "
            "CAs); it counts once it is in force. Roots are matched by fingerprint, else by common name and "
            "organisation. A rule on the earliest SCT is judged by the beginning of the certificate, for SCT times are "
            "not kept: within {sct_doubt_days:.0f} days of the cut-off it cannot be told, unless a log entry up to the "
            "cut-off is loaded."
        ),
        tables={"programmes": inquiry.ask("distrust_programmes")},
        caveats=(
            "Certificates under private roots are no matter of any programme and count as out of reach of its rules.",
            "That no rule is known against a root does not say that a programme trusts it.",
            "Rules that had run their course before 2024 are not in the facts: nothing they hit can still be valid.",
        ),
    )


def _headline(kpis: list[Kpi]) -> str:
    hit, half = kpis[0], kpis[1]
    if hit.value is None:
        return hit.sentence
    return sentence(hit.sentence[:-1], half.sentence[:-1] if half.value else "")


def _kpis(frame: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    hit, half, unclear, touched = (figures[name] for name in ("distrusted", "on_one_path", "cannot_tell", "touched"))
    programmes = sorted(set(frame.loc[frame["state"] == "distrusted", "programme"]))
    public = figures["in_service"] - figures["private"]
    placed = public - figures["root_unknown"]
    base = Base(
        noun="certificate", told=placed - unclear, total=public, untold="of which it cannot be told", why=NO_ROOTS
    )
    known = Base(noun="certificate", told=placed, total=public, untold="whose root is not known", why=NO_ROOTS)
    return [
        finding(
            base,
            name="distrusted",
            label="Distrusted",
            found=hit,
            said=f"{counted(hit)} in service {agree(hit, 'is', 'are')} distrusted by "
            + (", ".join(programmes) or "a programme whose rules are known"),
            definition="Certificates in service that a rule of at least one programme hits on every path known above "
            "them; of those not under a private root.",
            tone="critical",
        ),
        finding(
            base,
            name="distrusted_on_one_path",
            label="Distrusted on one path",
            found=half,
            said=f"{counted(half)} in service {agree(half, 'is', 'are')} hit by a rule on one path and "
            f"{agree(half, 'has', 'have')} another",
            definition="Certificates in service that a rule hits on one path while another ends elsewhere; whether "
            "clients find the other depends on what the endpoint sends.",
        ),
        finding(
            known,
            name="distrust_not_told",
            label="Too near the cut-off",
            found=unclear,
            said=f"{counted(unclear)} in service {agree(unclear, 'begins', 'begin')} too near a cut-off to be told",
            definition="Certificates in service that begin so near the cut-off of a rule on SCTs that it cannot be "
            "told.",
            tone="neutral",
            none="neutral",
        ),
        finding(
            known,
            name="under_distrusted_roots",
            label="Under a root with a rule",
            found=touched,
            said=f"{counted(touched)} in service {agree(touched, 'stands', 'stand')} under a root that a programme "
            "has a rule against" + of_them(touched - hit - half - unclear, touched, "older than the rule"),
            definition="Certificates in service with a path to a root some programme has a rule against, whether it "
            "hits them or not: their renewal needs another CA.",
        ),
    ]
