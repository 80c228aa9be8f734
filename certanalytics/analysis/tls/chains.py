"""How certificates are served: with which chain, for which name, and how long the CA certificates above them last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._findings import Base, finding
from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, of_them, together
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

SOON_MONTHS = 12
"""The horizon of the key figure; the frame has all of ``facts.ca_horizon``."""

NO_CHAINS = (
    "Whether chains are complete cannot be told: no loaded export shows what endpoints send with their certificate."
)
NO_NAMES = (
    "Whether certificates are for the names of their endpoints cannot be told: no export says which name was asked for."
)
NO_CAS = "Which CA certificates stand above those in service cannot be told: none of them was loaded."
"""What is said where the evidence is missing; none of it is a finding."""


def served(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Do endpoints send a chain that clients can follow, for the right name, under CAs that will last?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; it bounds the endpoints by the certificates they present.

    Returns:
        A result whose frame holds one row a CA certificate above certificates in service, soonest end first:
        ``authority``, ``ca``, ``kind`` (``root`` or ``intermediate``), ``issued_by``, ``not_after``, ``days_left``,
        ``ended``, ``months`` (the horizon it ends within, else absent), ``leaves``, ``critical``, ``outliving``.

        Tables: ``faults`` (one row an endpoint and certificate with a faulty chain: ``endpoint``, ``ip``,
        ``certificate``, ``fault``, ``complete``, ``in_order``, ``sends_root``, ``ended_cas``, ``missing_issuer``,
        ``missing_authority`` …), ``names`` (``endpoint``, ``host``, ``certificate``, ``names``, ``reason`` …),
        ``name_checks`` (``answer``, ``why``, ``endpoints``) and ``outliving`` (certificates that end after every path
        known above them: ``certificate``, ``not_after``, ``path_ends``, ``days_beyond``, ``path_ended`` …).

        Key figures: ``incomplete_chains``, ``chains_out_of_order``, ``ended_ca_sent``, ``roots_sent``,
        ``name_mismatches``, ``ca_ends_soon``, ``outlive_issuer``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("ca_horizon"), inquiry.figures("chain_figures")
    paths, checks = inquiry.figures("path_figures"), inquiry.ask("name_checks")
    outliving = inquiry.ask("outliving")
    kpis = [*_chains(figures), _names(checks), *_paths(frame, paths, outliving)]
    present = figures["endpoints"]
    return inquiry.result(
        "served",
        title="Do endpoints send a chain that clients can follow, for the right name, under CAs that will last?",
        headline=inquiry.unanswered(present) or _headline(figures, kpis),
        frame=frame,
        kpis=inquiry.answered(present, kpis),
        method=inquiry.method(
            "A chain is complete if it climbs from the server's certificate to a root the estate knows, by issuer and "
            "authority key identifier; the root itself need not be sent. It is in order if each certificate is signed "
            "by the next (RFC 5246 section 7.4.2; RFC 8446 section 4.4.2 lets clients cope with any order). Names are "
            "compared as RFC 9525 has it: a wildcard stands for the first label alone, the common name does not count. "
            "A path is as long-lived as the first of its CA certificates to end; with several paths the longest-lived "
            "counts."
        ),
        tables={
            "faults": inquiry.ask("chain_faults"),
            "names": inquiry.ask("name_faults"),
            "name_checks": checks,
            "outliving": outliving,
        },
        caveats=(
            "A tool that shows the server's certificate alone says nothing of the chain.",
            "A CA certificate nobody loaded may be a root or an intermediate: what ends below it is not judged.",
            "Signatures are not verified; issuer and key identifier stand for them.",
            "Of endpoints looked at by address, or by tools that do not say so, the name asked for is not known.",
        ),
    )


def _headline(figures: dict[str, float], kpis: list[Kpi]) -> str:
    broken = figures["incomplete"]
    wrong = next(kpi for kpi in kpis if kpi.id == "name_mismatches")
    return together(
        f"{counted(broken, 'endpoint')} {agree(broken, 'leaves', 'leave')} out a CA certificate that clients need"
        if figures["completeness_told"]
        else NO_CHAINS,
        "" if wrong.value is None else wrong.sentence,
    )


def _base(figures: dict[str, float], told: float, untold: str) -> Base:
    self_signed = figures["self_signed"]
    return Base(noun="endpoint", told=told, total=figures["endpoints"] - self_signed, untold=untold, why=NO_CHAINS)


def _chains(figures: dict[str, float]) -> list[Kpi]:
    missing, mixed, ended, roots = (
        figures[name] for name in ("incomplete", "out_of_order", "sends_ended", "sends_root")
    )
    unseen = "whose chain no tool shows or leads to a CA that is not known"
    return [
        finding(
            _base(figures, figures["completeness_told"], unseen),
            name="incomplete_chains",
            label="Incomplete chains",
            found=missing,
            said=f"{counted(missing, 'endpoint')} {agree(missing, 'leaves', 'leave')} out a CA certificate that "
            "clients need",
            definition="Endpoints whose chain breaks off below a CA certificate that is known from elsewhere and is no "
            "root; self-signed certificates have no chain and do not count.",
            tone="critical",
        ),
        finding(
            _base(figures, figures["order_told"], "that send one certificate or whose chain is not known in full"),
            name="chains_out_of_order",
            label="Chains out of order",
            found=mixed,
            said=f"{counted(mixed, 'endpoint')} {agree(mixed, 'sends', 'send')} CA certificates that do not follow "
            "one another",
            definition="Endpoints that send two or more certificates of which one is not signed by the next.",
        ),
        finding(
            _base(figures, figures["told"], "whose chain no tool shows"),
            name="ended_ca_sent",
            label="Ended CA certificates sent",
            found=ended,
            said=f"{counted(ended, 'endpoint')} {agree(ended, 'sends', 'send')} a CA certificate that has ended",
            definition="Endpoints that send a CA certificate whose end has passed; a client may know another path.",
            tone="critical",
        ),
        finding(
            _base(figures, figures["told"], "whose chain no tool shows"),
            name="roots_sent",
            label="Roots sent",
            found=roots,
            said=f"{counted(roots, 'endpoint')} {agree(roots, 'sends', 'send')} a root, which no client needs",
            definition="Endpoints that send a self-issued CA certificate: it costs bytes in every handshake and "
            "adds no trust.",
            tone="neutral",
        ),
    ]


def _names(checks: pd.DataFrame) -> Kpi:
    by_answer = checks.groupby("answer")["endpoints"].sum()
    wrong, right = int(by_answer.get("another name", 0)), int(by_answer.get("its name", 0))
    total = int(by_answer.sum())
    return finding(
        Base(
            noun="endpoint",
            told=wrong + right,
            total=total,
            untold="of which the name asked for, or the names in the certificate, are not known",
            why=NO_NAMES,
        ),
        name="name_mismatches",
        label="Wrong names",
        found=wrong,
        said=f"{counted(wrong, 'endpoint')} {agree(wrong, 'presents', 'present')} a certificate that is not for the "
        "name it was asked by",
        definition="Endpoints that were asked by name (SNI) and presented a certificate without it, by RFC 9525: "
        "subject alternative names alone, a wildcard for the first label only.",
        tone="critical",
    )


def _paths(frame: pd.DataFrame, paths: dict[str, float], outliving: pd.DataFrame) -> list[Kpi]:
    soon = frame[frame["months"] <= SOON_MONTHS]
    ended, late = int(soon["ended"].sum()), len(outliving)
    below = int(soon["leaves"].max()) if len(soon) else 0
    signed = paths["in_service"] - paths["self_signed"]
    authorities = Base(noun="CA certificate", told=len(frame), total=len(frame), untold="", why=NO_CAS)
    leaves = Base(
        noun="certificate", told=paths["with_issuer"], total=signed, untold="whose issuer is not known", why=NO_CAS
    )
    return [
        finding(
            authorities,
            name="ca_ends_soon",
            label=f"CA certificates ending in {SOON_MONTHS} months",
            found=len(soon),
            said=f"{counted(len(soon), 'CA certificate')} above certificates in service "
            f"{agree(len(soon), 'ends', 'end')} "
            f"within {SOON_MONTHS} months"
            + of_them(ended, len(soon), "ended already")
            + (f"; the most certificates below one of them are {below:,}" if below else ""),
            definition=f"CA certificates on a known path above certificates in service that have ended or end within "
            f"{SOON_MONTHS} months; roots count as well.",
        ),
        finding(
            leaves,
            name="outlive_issuer",
            label="Outliving their issuer",
            found=late,
            said=f"{counted(late)} in service {agree(late, 'ends', 'end')} after every path known above "
            f"{agree(late, 'it', 'them')}",
            definition="Certificates in service whose end is later than that of every path known above them, a path "
            "ending with the first of its CA certificates to end.",
        ),
    ]
