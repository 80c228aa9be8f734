"""Which keys and signatures the estate rests on, which of them are weak, and which a quantum computer would break."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.keys._shared_keys import shared_keys
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment


NO_KEY = "Of no certificate in service the key is known."
"""What is said where only partial descriptions of certificates were loaded."""


def strength(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """How strong are the keys and signatures of the certificates in service?

    Keys are judged by the rules of ``facts.weak_key`` in force at the moment, those for public certificates apart;
    signatures by ``facts.weak_signature``, but not those a certificate makes over itself. Sunset years are those of
    ``facts.algorithm_sunset``: NIST IR 8547, an initial public draft.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a kind of key, most certificates first: ``key_algorithm``, ``key_bits``,
        ``key_curve``, ``certificates``, ``share``, ``weak``, ``reason``, ``strength_bits``, ``quantum_vulnerable``
        and ``endpoints``.

        Tables: ``weak`` (the certificates to act on: ``certificate``, ``subject_cn``, ``hosts``, ``endpoints``,
        ``reason``, ``weak_key``, ``weak_signature``, key and issuer columns, ``not_after``, ``days_left``,
        ``business_unit``, ``criticality``, ``owner``, ``owner_email``, ``owner_state``), ``signatures``
        (``signature_algorithm``, ``signature_hash``, ``certificates``, ``weak``, ``self_signed``), ``chains`` (one row
        a CA certificate with a weak signature that servers send: ``ca_certificate``, ``ca``, ``signature_hash``,
        ``reason``, ``certificates`` beneath it, ``critical``, ``hosts``, ``certificate_list``), ``adoption`` (all
        certificates known by ``quarter`` of issue and ``key_class``: ``certificates``), ``issuers``
        (``ca_owner`` × key: ``certificates``, ``weak``), ``reused`` (one row a key in certificates for different
        names: ``spki_sha256``, ``certificates``, ``in_scope``, ``endpoints``, ``owners``, ``hosts``,
        ``certificate_list`` …),
        ``wildcards`` (``certificate``, ``wildcards``, ``endpoints``, ``hosts`` …) and ``sunset`` (``year``,
        ``in_time``, ``deprecated``, ``disallowed``).

        Key figures: ``weak_keys``, ``weak_signatures``, ``weak_chains``, ``small_exponents``, ``strong_keys``,
        ``reused_keys``, ``wildcard_reach``, ``quantum_vulnerable``, ``outlive_2030``, ``outlive_2035``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    frame = inquiry.ask("key_strength")
    figures = inquiry.figures("key_figures")
    groups, wildcards = shared_keys(inquiry), inquiry.ask("wildcard_reach")
    reused = groups[groups["name_sets"] > 1].reset_index(drop=True)
    tables = {
        "weak": inquiry.ask("weak_certificates"),
        "signatures": inquiry.ask("signature_hashes"),
        "chains": inquiry.ask("weak_chains"),
        "adoption": inquiry.ask("key_adoption"),
        "issuers": inquiry.ask("issuer_keys"),
        "reused": reused,
        "wildcards": wildcards,
        "sunset": inquiry.ask("quantum_years"),
    }
    served = figures["in_service"]
    least = inquiry.thresholds["rsa_exponent_least"]
    kpis = [
        *_weakness(figures),
        *_beneath(figures, least),
        _strong(inquiry, figures),
        *_spread(inquiry, figures, reused, wildcards),
        *_quantum(figures),
    ]
    return inquiry.result(
        "strength",
        title="How strong are the keys and signatures of the certificates in service?",
        headline=inquiry.unanswered(served) or _headline(figures),
        frame=frame,
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "Keys and signatures are judged by dated rules that name their source (facts.weak_key, "
            "facts.weak_signature), as in force at the moment; rules for publicly trusted certificates apply to those "
            "alone. Sunset years are those of NIST IR 8547, an initial public draft of November 2024 "
            "(facts.algorithm_sunset); a certificate outlives a year if it ends after it."
        ),
        tables=tables,
        caveats=(
            "Keys are judged by algorithm and size; how they were made and are kept cannot be seen from outside.",
            "The sunset years come from a draft and may change; the key exchange of a connection is another matter.",
        ),
    )


def _headline(figures: dict[str, float]) -> str:
    weak, late = figures["weak_keys"], figures["end_after_2030"]
    if figures["in_service"] == figures["key_unknown"]:
        return NO_KEY
    return sentence(
        f"{counted(weak)} in service {agree(weak, 'rests on a weak key', 'rest on weak keys')}",
        f"{counted(late)} {agree(late, 'ends', 'end')} after 2030 on {agree(late, 'a key', 'keys')} that a quantum "
        "computer would break",
    )


def _weakness(figures: dict[str, float]) -> list[Kpi]:
    total, weak, signed = (figures[name] for name in ("in_service", "weak_keys", "weak_signatures"))
    keyed = total - figures["key_unknown"]
    judged = total - figures["signature_unknown"] - figures["self_signed"]
    made = [
        Kpi(
            id="weak_keys",
            label="Weak keys",
            value=weak,
            sentence=sentence(f"{counted(weak)} in service {agree(weak, 'rests on a weak key', 'rest on weak keys')}"),
            definition="Certificates in service whose key a rule of facts.weak_key in force at the moment calls weak: "
            "RSA below 2048 bits or with an exponent that is even or below 3, elliptic curves below 224 bits, DSA; for "
            "public certificates also RSA of a size not divisible by 8 and other curves than P-256, P-384 and P-521.",
            numerator=weak,
            denominator=total - figures["key_unknown"],
            excluded=without([(figures["key_unknown"], "whose key is not known")]),
            tone="critical" if weak else "good",
        ),
        Kpi(
            id="weak_signatures",
            label="Weak signatures",
            value=signed,
            sentence=sentence(
                f"{counted(signed)} in service {agree(signed, 'is', 'are')} signed with SHA-1 or an MD hash"
            ),
            definition="Certificates in service whose issuer signed with a hash that facts.weak_signature lists.",
            numerator=signed,
            denominator=judged,
            excluded=without(
                [
                    (figures["self_signed"], "self-signed (the signature proves nothing)"),
                    (figures["signature_unknown"], "whose signature is not known"),
                ]
            ),
            tone="critical" if signed else "good",
        ),
    ]
    return [
        made[0] if keyed else withheld(made[0], NO_KEY),
        made[1] if judged else withheld(made[1], "No certificate in service has a known signature by another CA."),
    ]


def _beneath(figures: dict[str, float], least: float) -> list[Kpi]:
    """What a certificate's own key and signature do not show: the CAs above it, and the exponent."""
    chained, weak = figures["chain_known"], figures["weak_chains"]
    known, small = figures["exponent_known"], figures["small_exponents"]
    made = [
        Kpi(
            id="weak_chains",
            label="Beneath weakly signed CAs",
            value=weak,
            sentence=sentence(
                f"{counted(weak)} in service {agree(weak, 'is', 'are')} served with a CA certificate that is signed "
                "with SHA-1 or an MD hash"
            ),
            definition="Certificates in service whose server sends a CA certificate above them, not a root, that is "
            "signed with a hash facts.weak_signature lists.",
            numerator=weak,
            denominator=chained,
            excluded=without([(figures["in_service"] - chained, "of which no chain was seen in full")]),
            tone="critical" if weak else "good",
        ),
        Kpi(
            id="small_exponents",
            label="Small RSA exponents",
            value=small,
            sentence=sentence(
                f"{counted(small)} in service {agree(small, 'has', 'have')} an RSA exponent below {least:,.0f}"
            ),
            definition="Certificates in service with an RSA key whose public exponent is below the threshold "
            "rsa_exponent_least: permitted from 3 on by the CA/B Forum, but not by FIPS 186-5.",
            numerator=small,
            denominator=known,
            excluded=without([(figures["rsa"] - known, "with an RSA key whose exponent is not known")]),
            tone="warning" if small else "neutral",
        ),
    ]
    return [
        made[0] if chained else withheld(made[0], "No scan brought the chain of a certificate in service."),
        made[1] if known else withheld(made[1], "Of no certificate in service an RSA exponent is known."),
    ]


def _strong(inquiry: Inquiry, figures: dict[str, float]) -> Kpi:
    known, strong, bits = figures["strength_known"], figures["strong_keys"], inquiry.thresholds["key_strength_bits"]
    part = share(strong, known)
    kpi = Kpi(
        id="strong_keys",
        label=f"Keys of {bits:.0f} bits of strength",
        value=part,
        unit="share",
        sentence=sentence(
            f"{show(part, 'share')} of the certificates in service rest on keys of {bits:.0f} bits of strength or more"
        ),
        definition="Share of the certificates in service whose key has at least the threshold key_strength_bits, to "
        "which a draft of NIST SP 800-131A Rev. 3 asks to move by the end of 2030: RSA from 3072 bits on, P-256 and "
        "larger curves; strengths by NIST IR 8547, an initial public draft.",
        numerator=strong,
        denominator=known,
        excluded=without([(figures["in_service"] - known, "whose key is not known, or of a kind without a strength")]),
    )
    return kpi if known else withheld(kpi, NO_KEY)


def _spread(inquiry: Inquiry, figures: dict[str, float], reused: pd.DataFrame, wildcards: pd.DataFrame) -> list[Kpi]:
    groups, sharing = len(reused), int(reused["in_scope"].sum())
    widest = int(wildcards["endpoints"].max()) if len(wildcards) else 0
    return [
        Kpi(
            id="reused_keys",
            label="Keys in several certificates",
            value=groups,
            sentence=sentence(
                f"{counted(groups, 'key')} {agree(groups, 'is', 'are')} shared by certificates for different names"
                + (f", {counted(sharing)} in {'scope' if inquiry.scope else 'all'}" if groups else "")
            ),
            definition="Distinct public keys (SHA-256 of the SubjectPublicKeyInfo) in two or more certificates in "
            "service with different names, at least one of them in scope; a renewal that keeps its key does not count.",
            numerator=sharing,
            denominator=figures["in_service"],
            tone="warning" if groups else "good",
        ),
        Kpi(
            id="wildcard_reach",
            label="Endpoints on one wildcard",
            value=widest,
            sentence=sentence(
                "the widest of " * (len(wildcards) > 1)
                + f"{counted(len(wildcards), 'wildcard certificate')} is presented by {counted(widest, 'endpoint')}"
                + ", which share its private key" * (widest > 1)
            )
            if len(wildcards)
            else "No wildcard certificate is in service.",
            definition="Most endpoints that present one and the same certificate with a wildcard name.",
            numerator=widest,
            counts="endpoints",
        ),
    ]


def _quantum(figures: dict[str, float]) -> list[Kpi]:
    total, vulnerable = figures["in_service"], figures["quantum_vulnerable"]
    late, weaker, latest = (figures[name] for name in ("end_after_2030", "outlive_deprecation", "outlive_disallowance"))
    unknown = without([(figures["key_unknown"], "whose key is not known"), (figures["undated"], "without a known end")])
    made = [
        Kpi(
            id="quantum_vulnerable",
            label="Quantum-vulnerable",
            value=vulnerable,
            sentence=sentence(
                f"{counted(vulnerable)} in service {agree(vulnerable, 'rests', 'rest')} on RSA or elliptic curves, "
                "which a quantum computer would break"
            ),
            definition="Certificates in service with an RSA, elliptic-curve, Edwards-curve or DSA key.",
            numerator=vulnerable,
            denominator=total - figures["key_unknown"],
            excluded=without([(figures["key_unknown"], "whose key is not known")]),
        ),
        Kpi(
            id="outlive_2030",
            label="Quantum-vulnerable beyond 2030",
            value=late,
            sentence=sentence(
                f"{counted(late)} on quantum-vulnerable keys {agree(late, 'ends', 'end')} after 2030",
                f"{int(weaker):,} of these {agree(weaker, 'has a key', 'have keys')} of no more than 112 bits of "
                "strength, which the draft deprecates from then on"
                if weaker
                else "",
            ),
            definition="Quantum-vulnerable certificates in service that end after 2030, the year after which NIST "
            "IR 8547 (initial public draft) deprecates keys of 112 bits of strength such as RSA-2048.",
            numerator=late,
            denominator=vulnerable - figures["undated"],
            excluded=unknown,
            tone="warning" if late else "neutral",
        ),
        Kpi(
            id="outlive_2035",
            label="Quantum-vulnerable beyond 2035",
            value=latest,
            sentence=sentence(
                f"{counted(latest)} on quantum-vulnerable keys {agree(latest, 'ends', 'end')} after 2035"
            ),
            definition="Quantum-vulnerable certificates in service that end after 2035, the year after which NIST "
            "IR 8547 (initial public draft) disallows them all.",
            numerator=latest,
            denominator=vulnerable - figures["undated"],
            excluded=unknown,
            tone="warning" if latest else "neutral",
        ),
    ]
    return made if total > figures["key_unknown"] else [withheld(kpi, NO_KEY) for kpi in made]
