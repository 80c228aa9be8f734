"""Which protocol versions, cipher suites and key exchanges endpoints offer, set against NIST SP 800-52 Rev. 2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._findings import Base, finding
from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import WHOLE, agree, counted, sentence
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NOT_LOOKED_AT = "What endpoints offer cannot be told: no loaded export says which versions or suites they take."
"""What is said where only certificates were collected; that is no finding about the endpoints."""


def offers(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which versions of TLS, which cipher suites and which key exchanges do endpoints offer?

    An endpoint offers what a tool saw it take. That it does not offer something is said only where a tool asked for it
    (``facts.tls_tool``): one handshake tells nothing of other versions. Versions and suites are set against NIST SP
    800-52 Rev. 2 (``facts.tls_version``, ``facts.tls_suite``) as in force at the moment; key exchange groups are those
    of ``facts.tls_group``.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; it bounds the endpoints by the certificates they present.

    Returns:
        A result whose frame holds one row a version, oldest first: ``version``, ``label``, ``offered``,
        ``not_offered``, ``not_asked`` (endpoints), ``government_only`` and ``business_facing`` (what SP 800-52 Rev. 2
        says of servers of either kind), ``obsolete_by`` (the RFC that ends it).

        Tables: ``endpoints`` (one row an endpoint, those to act on first: ``endpoint``, ``versions``,
        ``obsolete_versions``, ``not_asked``, ``tls13``, ``suites``, ``suites_to_end``, ``not_listed``,
        ``transition_only``, ``unnamed_suites``, ``conforms``, ``decryptable``, ``key_exchange``, ``sources``,
        ``observed_at``, ``certificates``, ``critical``, ``business_unit``, ``owner``, ``owner_email``), ``suites``
        (``suite``, ``endpoints``, ``key_exchange``, ``forward_secret``, ``sp800_52r2``), ``decryptable`` (``share``:
        ``all``, ``some``, ``none``, ``unknown``; ``endpoints``), ``post_quantum`` (``part``: key, signature, chain,
        key exchange; ``pq``, ``hybrid``, ``classical``, ``unknown``) and ``unanswered`` (``outcome``, ``endpoints``,
        ``examples``: endpoints that gave no certificate; no scope bounds them).

        Key figures: ``obsolete_versions``, ``without_tls13``, ``suites_to_end``, ``conforming``, ``decryptable``,
        ``hybrid_key_exchange``, ``unanswered``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("tls_versions"), inquiry.figures("tls_figures")
    unanswered = inquiry.ask("unanswered")
    kpis = [*_versions(figures), *_suites(figures), *_exchange(figures)]
    served = figures["endpoints"]
    return inquiry.result(
        "offers",
        title="Which versions of TLS, which cipher suites and which key exchanges do endpoints offer?",
        headline=inquiry.unanswered(served) or _headline(figures),
        frame=frame,
        kpis=[*inquiry.answered(served, kpis), _unanswered(inquiry, unanswered)],
        method=inquiry.method(
            "An endpoint is a name (or an address without one) and a port; of each tool its newest look at each "
            "address counts. It offers what a tool saw; it does not offer what a tool asked for at every address and "
            "never saw; whatever was not asked for is not known. Which tools ask for which versions is in "
            "facts.tls_tool. Versions and suites are judged by NIST SP 800-52 Rev. 2, section 3: servers for the "
            "government alone shall not use TLS 1.0 and should not use TLS 1.1; servers for citizens and businesses "
            "may where they need to; SSL is not allowed anywhere, and TLS 1.3 is required since 2024-01-01."
        ),
        tables={
            "endpoints": inquiry.ask("tls_endpoints"),
            "suites": inquiry.ask("tls_suites"),
            "decryptable": inquiry.ask("decryptable"),
            "post_quantum": inquiry.ask("post_quantum"),
            "unanswered": unanswered,
        },
        caveats=_caveats(figures),
    )


def _caveats(figures: dict[str, float]) -> tuple[str, ...]:
    ssl2, unnamed = figures["ssl2_not_asked"], figures["with_unnamed_suites"]
    chosen = (
        "A tool that was told to ask for some versions only looks like one that asked for all; where it names but one "
        "version it is taken to have asked for no other."
    )
    half_asked = (
        f"{counted(ssl2, 'endpoint')} counted as free of obsolete versions {agree(ssl2, 'was', 'were')} not asked for "
        "SSL 2.0."
    )
    unjudged = (
        f"{counted(unnamed, 'endpoint')} {agree(unnamed, 'offers', 'offer')} suites under names that are not known; "
        "those are not judged."
    )
    return (
        chosen,
        *([half_asked] if ssl2 else []),
        *([unjudged] if unnamed else []),
        "Only a tool that asks for hybrid groups can find them; that none was seen does not say that none is offered.",
    )


def _headline(figures: dict[str, float]) -> str:
    if not figures["looked_at"]:
        return NOT_LOOKED_AT
    old, weak = figures["obsolete"], figures["suites_to_end"]
    clauses = [
        f"{counted(old, 'endpoint')} {agree(old, 'offers', 'offer')} a version of TLS or SSL that has been ended"
        if figures["obsolete_told"]
        else "whether endpoints offer versions that have been ended cannot be told",
        f"{counted(weak, 'endpoint')} {agree(weak, 'offers', 'offer')} suites NIST SP 800-52 Rev. 2 does not list"
        if figures["suites_told"]
        else "",
    ]
    return sentence(*clauses)


def _base(figures: dict[str, float], told: str, untold: str) -> Base:
    return Base(
        noun="endpoint",
        told=figures[told],
        total=figures["endpoints"],
        untold=untold,
        why=NOT_LOOKED_AT
        if not figures["looked_at"]
        else f"This cannot be told of any endpoint: each is one {untold}.",
    )


def _versions(figures: dict[str, float]) -> list[Kpi]:
    old, late = figures["obsolete"], figures["without_tls13"]
    return [
        finding(
            _base(figures, "obsolete_told", "not known to offer one and not asked for all of them"),
            name="obsolete_versions",
            label="Offering obsolete versions",
            found=old,
            said=f"{counted(old, 'endpoint')} {agree(old, 'offers', 'offer')} SSL or TLS before 1.2",
            definition="Endpoints that offer a version an RFC has ended: SSL 2.0 (RFC 6176), SSL 3.0 (RFC 7568), TLS "
            "1.0 and 1.1 (RFC 8996); of those that offer one or were asked for SSL 3.0, TLS 1.0 and TLS 1.1.",
            tone="critical",
        ),
        finding(
            _base(figures, "tls13_told", "not asked for TLS 1.3"),
            name="without_tls13",
            label="Without TLS 1.3",
            found=late,
            said=f"{counted(late, 'endpoint')} {agree(late, 'lacks', 'lack')} TLS 1.3",
            definition="Endpoints that were asked for TLS 1.3 and do not offer it. NIST SP 800-52 Rev. 2 requires it "
            "of servers since 2024-01-01.",
        ),
    ]


def _suites(figures: dict[str, float]) -> list[Kpi]:
    weak, passing = figures["suites_to_end"], figures["conforming"]
    conforming = finding(
        _base(figures, "conformity_told", "of which not all that counts was asked"),
        name="conforming",
        label="In line with SP 800-52r2",
        found=passing,
        said=f"{counted(passing, 'endpoint')} {agree(passing, 'keeps', 'keep')} to what NIST SP 800-52 Rev. 2 lists",
        definition="Endpoints that offer TLS 1.3, no version that servers for the government alone shall not use, and "
        "only suites of section 3.3.1 of NIST SP 800-52 Rev. 2; of those of which all of this can be told.",
        tone="neutral",
        none="neutral",
    )
    return [
        finding(
            _base(figures, "suites_told", "not asked for their suites"),
            name="suites_to_end",
            label="Offering unlisted suites",
            found=weak,
            said=f"{counted(weak, 'endpoint')} {agree(weak, 'offers', 'offer')} suites that section 3.3.1 of NIST SP "
            "800-52 Rev. 2 does not list"
            + (
                f", {figures['transition_alone']:,.0f} of them only RSA key transport"
                if figures["transition_alone"]
                else ""
            ),
            definition="Endpoints that offer a cipher suite outside section 3.3.1 of NIST SP 800-52 Rev. 2. RSA key "
            "transport is in its appendix D, for a transition; ChaCha20 is no algorithm NIST approves.",
        ),
        conforming,
    ]


def _exchange(figures: dict[str, float]) -> list[Kpi]:
    open_, hybrid = figures["decryptable"], figures["hybrid"]
    return [
        finding(
            _base(figures, "decryptable_told", "not asked for their suites"),
            name="decryptable",
            label="Decryptable with a copied key",
            found=open_,
            said=f"{counted(open_, 'endpoint')} {agree(open_, 'offers', 'offer')} suites without forward secrecy",
            definition="Endpoints that offer suites whose traffic a copy of the server's key decrypts (RSA key "
            "transport, static Diffie-Hellman). A monitor that works with copied keys sees nothing of the other "
            "suites, nor of TLS 1.3.",
            tone="neutral",
            none="neutral",
        ),
        finding(
            _base(figures, "exchange_told", "offering TLS 1.3 or not asked for it, and seen with no hybrid group"),
            name="hybrid_key_exchange",
            label="With hybrid key exchange",
            found=hybrid,
            said=f"{counted(hybrid, 'endpoint')} {agree(hybrid, 'offers', 'offer')} a post-quantum key exchange",
            definition="Endpoints seen to offer a hybrid or pure ML-KEM group (facts.tls_group); of those and the ones "
            "that cannot, for they do not offer TLS 1.3.",
            tone="neutral",
            none="neutral",
        ),
    ]


def _unanswered(inquiry: Inquiry, unanswered: pd.DataFrame) -> Kpi:
    total = int(unanswered["endpoints"].sum())
    reasons = ", ".join(
        f"{outcome} {endpoints:,}"
        for outcome, endpoints in zip(unanswered["outcome"], unanswered["endpoints"], strict=True)
    )
    return Kpi(
        id="unanswered",
        label="Without an answer",
        value=total if inquiry.has["scanned"] else None,
        sentence=sentence(
            f"{counted(total, 'endpoint')} gave no certificate when last tried" + (f" ({reasons})" if total else ""),
            WHOLE if inquiry.scope and total else "",
        )
        if inquiry.has["scanned"]
        else inquiry.unanswered(0) or "",
        definition="Names or addresses with a port that were tried and gave no certificate at the newest look: what "
        "they show is unknown. They present no certificate, so no scope bounds them.",
        numerator=total if inquiry.has["scanned"] else None,
        counts="endpoints",
    )
