"""What certificates may be used for, and whether they point where revocation and issuers are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_PURPOSES = "Of no certificate in service the purposes are known: none was loaded in full."
"""What is said where only partial descriptions of certificates were loaded."""

NO_PUBLIC = "No certificate in service that was loaded in full is known to be publicly trusted."
"""What is said where rules for public certificates meet none."""


def purposes(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Are certificates in service for server authentication only, and which will lose client authentication?

    Key usage and extended key usage are judged by the dated rules of facts.purpose_rule, those of the CA/B Forum for
    public certificates alone, by the day of issue. Public CAs stop issuing certificates that are also for clients on
    the days of facts.client_auth_end: until then a certificate stays as it is, but it is renewed without that purpose.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a combination of purposes, most certificates first: ``trust``,
        ``key_usage``, ``extended_key_usage``, ``certificates``, ``endpoints``.

        Tables: ``findings`` (certificates whose purposes break a rule: ``certificate``, ``subject_cn``, ``hosts``,
        ``reason``, ``trust``, ``key_usage``, ``extended_key_usage``, owner columns …) and ``client_auth`` (public
        certificates with clientAuth: ``certificate``, ``subject_cn``, ``hosts``, ``ca_owner``, ``not_after``,
        ``until`` (the day from which their CA issues none), ``rule``, ``status``, ``next_without`` (their next
        renewal falls on or after it), owner columns …).

        Key figures: ``purpose_findings``, ``client_auth``, ``client_auth_next``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, findings = inquiry.ask("purpose_combinations"), inquiry.ask("purpose_findings")
    clients, figures = inquiry.ask("client_auth"), inquiry.figures("content_figures")
    kpis = [_found(findings, figures), *_clients(clients, figures)]
    served = figures["in_service"]
    return inquiry.result(
        "purposes",
        title="Are certificates in service for server authentication only?",
        headline=inquiry.unanswered(served)
        or (kpis[1].sentence if figures["public_purposes_known"] else kpis[0].sentence),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "Key usage and extended key usage are judged by dated rules that name their source (facts.purpose_rule), "
            "by the day of issue; those of the CA/B Forum bind public certificates alone. From when public CAs no "
            "longer issue certificates with clientAuth is in facts.client_auth_end, the root programme's day and "
            "those announced by CAs; the earliest that applies counts."
        ),
        tables={"findings": findings, "client_auth": clients},
        caveats=(
            "Whether a server does use its certificate as a client cannot be seen from outside.",
            "The days announced by single CAs are known from secondary reports and may have moved.",
        ),
    )


def _found(findings: pd.DataFrame, figures: dict[str, float]) -> Kpi:
    found, known = len(findings), figures["purposes_known"]
    kpi = Kpi(
        id="purpose_findings",
        label="Purposes against the rules",
        value=found,
        sentence=sentence(
            f"{counted(found)} in service {agree(found, 'has', 'have')} a key usage or extended key usage that breaks "
            "a rule"
        ),
        definition="Certificates in service whose key usage or extended key usage breaks a rule of facts.purpose_rule "
        "in force when they were issued.",
        numerator=found,
        denominator=known,
        excluded=without([(figures["in_service"] - known, "whose purposes are not known")]),
        tone="warning" if found else "good",
    )
    return kpi if known else withheld(kpi, NO_PURPOSES)


def _clients(clients: pd.DataFrame, figures: dict[str, float]) -> list[Kpi]:
    number, known = len(clients), figures["public_purposes_known"]
    coming = int(clients["next_without"].fillna(False).astype(bool).sum())
    undated = int(clients["next_without"].isna().sum())
    part = share(number, known)
    left_out = without(
        [
            (figures["private"], "private or self-signed (no public CA decides)"),
            (figures["trust_unknown"], "of which it is not known whether they are public"),
            (figures["public"] - known, "whose purposes are not known"),
        ]
    )
    made = [
        Kpi(
            id="client_auth",
            label="Public, also for clients",
            value=number,
            sentence=sentence(
                f"{number:,} of {counted(known, 'public certificate')} in service ({show(part, 'share')}) "
                f"{agree(number, 'is', 'are')} also for client authentication",
                f"{coming:,} of these will be renewed without it" if coming else "",
            ),
            definition="Public certificates in service whose extended key usage holds clientAuth.",
            numerator=number,
            denominator=known,
            excluded=left_out,
            tone="warning" if coming else "neutral",
        ),
        Kpi(
            id="client_auth_next",
            label="Lose client authentication next",
            value=coming,
            sentence=sentence(
                f"{counted(coming)} in service with clientAuth {agree(coming, 'ends', 'end')} on or after the day from "
                "which the CA issues none, so that the next renewal comes without it"
            ),
            definition="Public certificates in service with clientAuth that end on or after the day from which their "
            "CA no longer issues it (facts.client_auth_end), or for which that day has passed.",
            numerator=coming,
            denominator=number - undated,
            excluded=without([(undated, "without a known end")]),
            tone="warning" if coming else "neutral",
        ),
    ]
    return made if known else [withheld(kpi, NO_PUBLIC) for kpi in made]


def pointers(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Do public certificates in service say where revocation, issuer and transparency are found?

    A CRL distribution point must be there unless a certificate is short-lived or names an OCSP responder; that it
    names no OCSP responder is no finding. The URL of the issuer's certificate should be there. Signed certificate
    timestamps may also come in the handshake or in an OCSP response.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame is the list of findings: one row a certificate: ``certificate``, ``subject_cn``,
        ``hosts``, ``endpoints``, ``reason``, ``without_revocation``, ``without_issuer``, ``without_scts``,
        ``issuer_cn``, ``ca_owner``, ``not_before``, ``not_after``, ``days_left``, owner columns.

        Key figures: ``without_revocation``, ``without_issuer``, ``without_scts``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame, figures = inquiry.ask("pointer_findings"), inquiry.figures("content_figures")
    known, judged, final = (figures[name] for name in ("pointers_known", "revocation_judged", "final_known"))
    partial = (figures["public"] - known, "public of which only a description was loaded")
    not_bound = [
        (figures["private"], "private or self-signed (the rules do not apply)"),
        (figures["trust_unknown"], "of which it is not known whether they are public"),
        partial,
    ]
    numbers = {name: int(frame[name].sum()) for name in ("without_revocation", "without_issuer", "without_scts")}
    made = [
        _pointer(
            "without_revocation",
            "Revocation cannot be learned of",
            numbers["without_revocation"],
            judged,
            "name neither a CRL nor an OCSP responder, though not short-lived",
            "Public certificates in service that hold no CRL distribution point, name no OCSP responder and were not "
            "short-lived by the rule in force at issue (facts.short_lived); CA/B Forum Baseline Requirements "
            "section 7.1.2.11.2.",
            without([*not_bound, (known - judged, "issued before that rule, or of unknown validity")]),
            "critical",
        ),
        _pointer(
            "without_issuer",
            "Without the issuer's URL",
            numbers["without_issuer"],
            known,
            "do not say where the certificate of the issuer is found",
            "Public certificates in service without a caIssuers URL, which should be there (CA/B Forum Baseline "
            "Requirements section 7.1.2.7.7).",
            without(not_bound),
            "warning",
        ),
        _pointer(
            "without_scts",
            "Without SCTs inside",
            numbers["without_scts"],
            final,
            "hold no signed certificate timestamps, so that servers have to bring them otherwise",
            "Public certificates in service, precertificates aside, without embedded signed certificate timestamps.",
            without([*not_bound, (known - final, "known as precertificates only")]),
            "warning",
        ),
    ]
    served = figures["in_service"]
    return inquiry.result(
        "pointers",
        title="Do public certificates in service say where revocation, issuer and transparency are found?",
        headline=inquiry.unanswered(served) or made[0].sentence,
        frame=frame,
        kpis=inquiry.answered(served, made),
        method=inquiry.method(
            "Pointers are read from public certificates that were loaded in full and judged by the CA/B Forum Baseline "
            "Requirements in force when each was issued. A missing OCSP responder is no finding."
        ),
        tables={},
        caveats=(
            "Whether what a pointer names can be reached, and is current, is another question.",
            "A public certificate without SCTs inside may bring them in the handshake; scans do not tell.",
        ),
    )


def _pointer(
    id_: str, label: str, number: int, whole: float, words: str, definition: str, excluded: str | None, tone: str
) -> Kpi:
    kpi = Kpi(
        id=id_,
        label=label,
        value=number,
        sentence=sentence(
            f"{number:,} of {counted(whole, 'public certificate')} in service {_third(words) if number == 1 else words}"
        ),
        definition=definition,
        numerator=number,
        denominator=whole,
        excluded=excluded,
        tone=("critical" if tone == "critical" else "warning") if number else "good",
    )
    return kpi if whole else withheld(kpi, NO_PUBLIC)


def _third(words: str) -> str:
    """The same of one certificate."""
    verb, rest = words.split(" ", 1)
    return f"{'does' if verb == 'do' else verb + 's'} {rest}"
