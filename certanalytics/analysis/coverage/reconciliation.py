"""What logs, scans and inventories know of the same certificates, and what only one of them knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, of_them, sentence, together, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_LOGS = "no Certificate Transparency entries are loaded"
"""Why nothing can be said of certificates that were logged."""

NOT_MET = "nothing but Certificate Transparency entries shows certificates"
"""Why logged certificates cannot be compared with anything."""

ONE_PLACE = "Certificates cannot be compared: fewer than two of logs, scans and inventories are loaded."
"""What is said where there is nothing to reconcile."""


def three_ways(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates do logs, scans and inventories know in common, and which does only one of them know?

    Scans are endpoints and files; inventories are what managers record or are set up to serve, and certificates a
    system of record names. A certificate is matched between two of the three by itself (its fingerprint, its
    precertificate, or a description by issuer and serial number), else by another certificate with its key, else by
    one for exactly its names; each tier has a confidence (facts.match_tier). It counts as matched from
    ``match_confidence`` on.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a combination of places, most certificates first: ``in_log``, ``in_scan``,
        ``in_inventory`` (the certificate itself was met there), ``match_tier`` and ``match_confidence`` (by what it is
        matched between two places; absent: by nothing), ``certificates``, ``valid``, ``public`` and ``in_service``.

        Tables: ``shadow`` (valid public certificates that were logged and are matched to nothing: ``certificate``,
        ``names``, ``issuer_cn``, ``match_tier`` …), ``ghosts`` (valid ones some system is set up to serve and no
        endpoint presents: ``said_by``, ``places``, ``last_said``, ``reached`` …; nothing follows where ``reached`` is
        false),
        ``no_sign_of_log`` (public ones in service without SCTs that are in no loaded log) and ``internal_names``
        (``name``, ``reason``, ``certificates``, ``valid``, ``ca_owners`` …: internal names in public certificates that
        were logged).

        Key figures: ``matched``, ``shadow``, ``shadow_rate``, ``reconciled``, ``ghosts``, ``no_sign_of_log``,
        ``internal_names``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("reconciliation_by_place")
    figures = inquiry.figures("reconciliation_figures")
    ghosts, internal = inquiry.ask("ghosts"), inquiry.ask("internal_names_logged")
    tables = {
        "shadow": inquiry.ask("shadow_certificates"),
        "ghosts": ghosts,
        "no_sign_of_log": inquiry.ask("unlogged_public"),
        "internal_names": internal,
    }
    matched = _matched(inquiry, frame, figures)
    shadow, rate = _shadow(inquiry, figures)
    kpis = [
        matched,
        shadow,
        rate,
        _reconciled(inquiry, figures),
        _ghosts(inquiry, ghosts),
        _no_sign_of_log(inquiry, figures),
        _internal(inquiry, internal),
    ]
    return inquiry.result(
        "three_ways",
        title="Which certificates do logs, scans and inventories know in common, and which does only one know?",
        headline=_headline(matched, shadow, kpis[4]),
        frame=frame,
        kpis=kpis,
        method=inquiry.method(
            "Logs are Certificate Transparency entries, scans are endpoints and files, inventories are managers and "
            "systems of record. A certificate is matched between two of them by itself, else by its precertificate, a "
            "description (issuer and serial number), another certificate with its key, or one for exactly its names; "
            "the confidence of each is in facts.match_tier, and {match_confidence:.2f} is asked for."
        ),
        tables=tables,
        caveats=(
            (
                "A log that is not loaded may hold what loaded logs do not; SCTs may also come in the handshake or by "
                "OCSP."
            ),
            (
                "A certificate for the names of a known one counts as matched: whether it was asked for the "
                "analysis of issuance judges."
            ),
            (
                "Whether a name is internal is told by its form, or by the zones loaded; other internal names are not "
                "found."
            ),
        ),
    )


def _headline(matched: Kpi, shadow: Kpi, ghosts: Kpi) -> str:
    said = [kpi.sentence for kpi in (shadow, ghosts) if kpi.value is not None]
    return together(*said) if said and matched.value is not None else matched.sentence


def _matched(inquiry: Inquiry, frame: pd.DataFrame, figures: dict[str, float]) -> Kpi:
    total = figures["certificates"]
    cut = inquiry.thresholds["match_confidence"]
    number = float(frame.loc[frame["match_confidence"].fillna(0) >= cut, "certificates"].sum())
    part = share(number, total)
    kpi = Kpi(
        id="matched",
        label="Known from two places",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of {counted(total)} {agree(total, 'is', 'are')} known from at least two of the "
            "three places"
        ),
        definition="Certificates that stand in, or are matched to a certificate in, at least two of logs, scans and "
        f"inventories with a confidence of {cut:.2f} or more.",
        numerator=number,
        denominator=total,
    )
    has = inquiry.has
    places = has["logged"] + has["found"] + (has["recorded"] or has["configured"])
    if places < 2:
        return withheld(kpi, ONE_PLACE)
    return kpi if total else withheld(kpi, "No certificate in this scope is known.")


def _shadow(inquiry: Inquiry, figures: dict[str, float]) -> tuple[Kpi, Kpi]:
    number, logged = figures["shadow"], figures["logged"]
    part = share(number, logged)
    found = Kpi(
        id="shadow",
        label="Shadow certificates",
        value=number,
        sentence=sentence(
            f"{counted(number)} {agree(number, 'is', 'are')} valid, public and known from Certificate Transparency "
            "logs alone"
        ),
        definition="Valid public certificates that were logged and that no endpoint, file, manager or system of record "
        "shows, nor another certificate with their key or for exactly their names.",
        numerator=number,
        denominator=logged,
        tone="warning" if number else "good",
    )
    rate = Kpi(
        id="shadow_rate",
        label="Share of shadow certificates",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of the valid public certificates that were logged are known from logs alone"
        ),
        definition="Shadow certificates as a share of the valid public certificates that were logged.",
        numerator=number,
        denominator=logged,
    )
    if why := _not_comparable(inquiry, "Shadow certificates"):
        return withheld(found, why), withheld(rate, why)
    return found, rate if logged else withheld(rate, "No valid public certificate here was logged.")


def _not_comparable(inquiry: Inquiry, what: str) -> str | None:
    if not inquiry.has["logged"]:
        return f"{what} cannot be told: {NO_LOGS}."
    return None if inquiry.has["met"] else f"{what} cannot be told: {NOT_MET}."


def _reconciled(inquiry: Inquiry, figures: dict[str, float]) -> Kpi:
    number, finds, hours = figures["reconciled"], figures["finds"], inquiry.thresholds["reconcile_hours"]
    part = share(number, finds)
    kpi = Kpi(
        id="reconciled",
        label="Finds reconciled",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of the valid public certificates known for more than {hours:.0f} hours and logged "
            "are matched and have an active owner"
        ),
        definition=f"Valid public certificates that were logged and have been known for more than {hours:.0f} hours, "
        "by whether they are matched at the confidence asked for and have an active owner by now. How long that took "
        "is not told by snapshots.",
        numerator=number,
        denominator=finds,
        excluded=without([(figures["logged"] - finds, "known for a shorter time")]),
        tone="warning" if number < finds else "good",
    )
    if why := _not_comparable(inquiry, "Which finds in logs are reconciled"):
        return withheld(kpi, why)
    if not inquiry.has["ownership"]:
        return withheld(kpi, "Which finds in logs are reconciled cannot be told: no loaded export names an owner.")
    return kpi if finds else withheld(kpi, f"No valid public certificate here was logged over {hours:.0f} hours ago.")


def _ghosts(inquiry: Inquiry, ghosts: pd.DataFrame) -> Kpi:
    reached = int(ghosts["reached"].fillna(value=False).astype(bool).sum())
    elsewhere, days = len(ghosts) - reached, inquiry.thresholds["freshness_days"]
    kpi = Kpi(
        id="ghosts",
        label="Set up, but not served",
        value=reached,
        sentence=sentence(
            f"{counted(reached)} some system is set up to serve {agree(reached, 'is', 'are')} presented by no "
            "endpoint, though a scan reached the place",
            f"of {elsewhere:,} more no scan did" if elsewhere else "",
        ),
        definition="Valid certificates that a system says it is set up to serve and that no endpoint presents, though "
        f"a scan of the last {days:.0f} days reached the place.",
        numerator=reached,
        denominator=len(ghosts),
        excluded=without([(elsewhere, "set up where no scan reached")]),
        tone="warning" if reached else "good",
    )
    if not inquiry.has["configured"]:
        return withheld(
            kpi, "Ghosts cannot be told: no loaded export says where a system is set up to serve a certificate."
        )
    if not inquiry.has["scanned"]:
        return withheld(kpi, f"Ghosts cannot be told: no scan of the last {days:.0f} days is loaded.")
    if elsewhere and not reached:
        return withheld(
            kpi,
            sentence(
                f"{counted(elsewhere)} some system is set up to serve {agree(elsewhere, 'is', 'are')} presented by no "
                f"endpoint, but no scan of the last {days:.0f} days reached the "
                f"{agree(elsewhere, 'place', 'places')}"
            ),
        )
    return kpi


def _no_sign_of_log(inquiry: Inquiry, figures: dict[str, float]) -> Kpi:
    served, unread = figures["served_public"], figures["served_public_unread"]
    number, judged = figures["no_sign_of_log"], served - unread
    kpi = Kpi(
        id="no_sign_of_log",
        label="No sign of a log",
        value=number,
        sentence=sentence(
            f"{counted(number)} in service from public CAs {agree(number, 'carries', 'carry')} no SCT and "
            f"{agree(number, 'is', 'are')} in no loaded log"
        ),
        definition="Public certificates in service without an embedded SCT that no loaded log holds. Logs not loaded "
        "may hold them.",
        numerator=number,
        denominator=judged,
        excluded=without([(unread, "not seen in full, whose SCTs are not known")]),
        tone="warning" if number else "good",
    )
    if why := inquiry.unanswered(served):
        if inquiry.has["scanned"]:
            why = "None of the certificates in service is known to be a public one."
        return withheld(kpi, why)
    return kpi if judged else withheld(kpi, "No public certificate in service was seen in full: SCTs are not known.")


def _internal(inquiry: Inquiry, internal: pd.DataFrame) -> Kpi:
    number, valid = len(internal), int((internal["valid"] > 0).sum())
    kpi = Kpi(
        id="internal_names",
        label="Internal names in logs",
        value=number,
        sentence=sentence(
            f"{counted(number, 'internal name')} {agree(number, 'stands', 'stand')} in public certificates that were "
            "logged" + of_them(valid, number, "in valid ones")
        ),
        definition="Distinct names in public certificates that were logged that are a single label, end in a suffix or "
        "lie in a network for private use (facts.special_use_name, facts.special_address), or have private addresses "
        "alone in the zones loaded. What a log holds stays public.",
        numerator=number,
        counts="names",
        tone="warning" if number else "good",
    )
    if not inquiry.has["logged"]:
        return withheld(kpi, f"Internal names in logs cannot be told: {NO_LOGS}.")
    return kpi
