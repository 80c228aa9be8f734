"""Which RSA keys anybody can break, by what each shows itself and by what they show together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from certanalytics import keyaudit
from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result
from certanalytics.x509.rsa_keys import RsaKey, rsa_key

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

COMMON_FACTOR = "batch gcd"
"""What the check over all moduli at once is called."""

NONE_TESTED = "No certificate in service with an RSA key is kept in full, and no other key can be tested."
"""What is said where there is nothing to test."""

_NO_BLOCKLIST = (
    "Keys of Debian's flawed generator and keys that were published are not looked for: the blocklist of badkeys was "
    "never downloaded (badkeys --update-bl)."
)

_KEYS = (
    "SELECT m.spki_sha256, m.subject_cn, m.issuances, m.is_ca, d.der "
    "FROM key_material($as_of) AS m JOIN der AS d ON d.sha256 = m.sha256"
)


@dataclass
class Audit:
    """What became of the RSA keys of an estate.

    Attributes:
        keys: The keys that were tested, by the SHA-256 of their SubjectPublicKeyInfo.
        about: Common name, number of issuances, and whether it is a CA's, of each key.
        found: For each broken key the checks it failed, with details.
        failed: How many keys failed each check.
        partners: For each key that shares a factor, how many others it shares one with.
        untestable: Keys that could not be read, or that no check computes with.
        moduli: Distinct moduli compared with one another.
        largest_bits: Bits of the largest of them.
        blocklist: Whether badkeys' blocklist was there to be used.
    """

    keys: dict[str, RsaKey] = field(default_factory=dict)
    about: dict[str, tuple[str | None, int, bool]] = field(default_factory=dict)
    found: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    partners: dict[str, int] = field(default_factory=dict)
    untestable: set[str] = field(default_factory=set)
    moduli: int = 0
    largest_bits: int = 0
    blocklist: bool = False


def known_bad(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Which certificates in service rest on an RSA key that anybody can break?

    Every distinct RSA key of which a certificate is kept in full is tested: by itself (ROCA, close primes, small
    factors, patterns, primes of published keys, and the blocklist of badkeys where it was downloaded), and against
    all others of the estate for a common prime (batch greatest common divisor), CA certificates and those not in
    service included. About a thousand keys a second are tested; the comparison of 100,000 moduli takes minutes.
    Prime factors and private keys that are found are not kept.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``. Keys are compared with all of the estate.

    Returns:
        A result whose frame is the list to act on: one row a certificate in service on a broken key, critical ones
        first: ``certificate``, ``subject_cn``, ``hosts``, ``endpoints``, ``spki_sha256``, ``key_algorithm``,
        ``key_bits``, ``reason``, ``issuer_cn``, ``trust``, ``not_after``, ``days_left``, ``business_unit``,
        ``criticality``, ``critical``, ``owner``, ``owner_email``, ``owner_state``.

        Tables: ``keys`` (one row a broken key, those of CAs and of certificates not in service included unless there
        is a scope: ``spki_sha256``, ``subject_cn``, ``key_bits``, ``reason``, ``is_ca``, ``issuances``,
        ``in_service``, ``shares_with``) and ``checks`` (``check``, ``finds``, ``keys`` tested, ``found``, ``done``).

        Key figures: ``bad_keys``, ``common_factors``, ``bad_ca_keys``, ``keys_tested``, ``moduli_compared``.

    Raises:
        DataError: The estate is empty.
        UsageError: The optional extra ``keys`` is not installed; ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    certificates = inquiry.ask("keyed_certificates")
    inquiry.sql["key_material"] = _KEYS
    audit = _audited(estate, inquiry.as_of)
    frame = _frame(certificates, audit)
    tested = certificates["spki_sha256"].isin(audit.keys)
    kpis = _kpis(certificates, frame, audit, tested=int(tested.sum()))
    served = len(certificates)
    return inquiry.result(
        "known_bad_keys",
        title="Which certificates in service rest on an RSA key that anybody can break?",
        headline=inquiry.unanswered(served) or kpis[0].sentence,
        frame=frame,
        kpis=[*inquiry.answered(served, kpis[:3]), *kpis[3:]],
        method=inquiry.method(
            "Every distinct RSA key of which a certificate is kept in full is tested by the checks of badkeys, and "
            "every distinct modulus against all others for a common prime by a batch greatest common divisor over "
            f"remainder trees; moduli of up to {keyaudit.LARGEST:,} bits, {audit.moduli:,} of them. Prime factors and "
            "private keys that are found are not kept."
        ),
        tables={"keys": _key_table(frame, audit, scoped=inquiry.scope is not None), "checks": _check_table(audit)},
        caveats=(
            "Only RSA keys are tested; elliptic-curve keys show nothing of how they were made.",
            "A key that fails no check is not proved sound; a prime shared with a key outside the estate is not found.",
            *(() if audit.blocklist else (_NO_BLOCKLIST,)),
        ),
    )


def _audited(estate: Estate, moment: datetime) -> Audit:
    audit = Audit(blocklist=keyaudit.blocklist_is_there())
    for batch in estate.store.batches(_KEYS, {"as_of": moment}):
        for spki, name, issuances, is_ca, der in batch:
            key = rsa_key(der)
            audit.about[spki] = name, issuances, is_ca
            if key is None or key.modulus.bit_length() > keyaudit.LARGEST:
                audit.untestable.add(spki)
            else:
                audit.keys[spki] = key
    for spki, key in sorted(audit.keys.items()):
        weaknesses = keyaudit.weaknesses(key.modulus, key.exponent, blocklist=audit.blocklist)
        if weaknesses is None:
            audit.untestable.add(spki)
            del audit.keys[spki]
        for weakness in weaknesses or ():
            audit.failed[weakness.check] += 1
            detail = f" ({weakness.detail})" if weakness.detail else ""
            audit.found[spki].append(keyaudit.CHECKS[weakness.check] + detail)
    moduli = {key.modulus for key in audit.keys.values()}
    audit.moduli, audit.largest_bits = len(moduli), max((n.bit_length() for n in moduli), default=0)
    shared = {each.modulus: each for each in keyaudit.shared_factors(moduli)}
    for spki, key in sorted(audit.keys.items()):
        if hit := shared.get(key.modulus):
            audit.failed[COMMON_FACTOR] += 1
            audit.partners[spki] = len(hit.partners)
            others = f" ({counted(len(hit.partners), 'other key')})" if hit.partners else ""
            audit.found[spki].append(f"a factor in common with another key of the estate{others}")
    return audit


def _frame(certificates: pd.DataFrame, audit: Audit) -> pd.DataFrame:
    bad = certificates[certificates["spki_sha256"].isin(audit.found)].drop(columns="at_hand")
    reasons = ["; ".join(audit.found[spki]) for spki in bad["spki_sha256"]]
    bad.insert(list(bad.columns).index("key_bits") + 1, "reason", reasons)
    return bad.sort_values(["critical", "endpoints", "certificate"], ascending=[False, False, True], ignore_index=True)


def _key_table(frame: pd.DataFrame, audit: Audit, *, scoped: bool) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second only an answer should pay

    in_service = frame["spki_sha256"].value_counts().to_dict()
    columns = ["spki_sha256", "subject_cn", "key_bits", "reason", "is_ca", "issuances", "in_service", "shares_with"]
    rows = [
        (
            spki,
            audit.about[spki][0],
            audit.keys[spki].modulus.bit_length(),
            "; ".join(reasons),
            audit.about[spki][2],
            audit.about[spki][1],
            in_service.get(spki, 0),
            audit.partners.get(spki, 0),
        )
        for spki, reasons in sorted(audit.found.items())
        if not scoped or spki in in_service
    ]
    made = pd.DataFrame(rows, columns=columns)
    return made.sort_values(["is_ca", "in_service", "spki_sha256"], ascending=[False, False, True], ignore_index=True)


def _check_table(audit: Audit) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - half a second only an answer should pay

    def failed(check: str) -> int | None:
        return audit.failed.get(check, 0) if audit.keys else None

    rows: list[tuple[str, str, int, int | None, bool]] = [
        (check, finds, len(audit.keys), failed(check), True)
        for check, finds in keyaudit.CHECKS.items()
        if check != "blocklist" or audit.blocklist
    ]
    rows += [
        (check, finds, 0, None, False)
        for check, finds in keyaudit.CHECKS.items()
        if check == "blocklist" and not audit.blocklist
    ]
    shared = "a prime in common with another key of the estate"
    rows.append((COMMON_FACTOR, shared, len(audit.keys), failed(COMMON_FACTOR), True))
    made = pd.DataFrame(rows, columns=["check", "finds", "keys", "found", "done"])
    return made.astype({"found": "Int64"})


def _kpis(certificates: pd.DataFrame, frame: pd.DataFrame, audit: Audit, *, tested: int) -> list[Kpi]:
    served, bad = len(certificates), len(frame)
    rsa = certificates["key_algorithm"].isin(["RSA", "RSASSA-PSS"])
    unknown = int(certificates["key_algorithm"].isna().sum())
    missing = int((rsa & ~certificates["spki_sha256"].isin(audit.keys)).sum())
    left_out = without(
        [
            (served - unknown - int(rsa.sum()), "whose key is not RSA"),
            (missing, "with an RSA key that no certificate kept in full brings, or that cannot be read"),
            (unknown, "whose key is not known"),
        ]
    )
    common = int(frame["spki_sha256"].isin(audit.partners).sum())
    authorities = sum(1 for spki in audit.found if audit.about[spki][2])
    tested_authorities = sum(1 for spki in audit.keys if audit.about[spki][2])
    part = share(tested, served)
    made = [
        Kpi(
            id="bad_keys",
            label="Keys anybody can break",
            value=bad,
            sentence=sentence(
                f"{counted(bad)} in service {agree(bad, 'rests on an RSA key', 'rest on RSA keys')} that anybody can "
                f"break, of {tested:,} tested"
            ),
            definition="Certificates in service whose RSA key fails a check of badkeys or shares a prime with another "
            "key of the estate.",
            numerator=bad,
            denominator=tested,
            excluded=left_out,
            tone="critical" if bad else "good",
        ),
        Kpi(
            id="common_factors",
            label="Keys that share a prime",
            value=common,
            sentence=sentence(
                f"{counted(common)} in service {agree(common, 'has', 'have')} an RSA modulus with a factor in common "
                "with another key of the estate"
            ),
            definition="Certificates in service whose RSA modulus has a factor in common with another distinct modulus "
            "of the estate, in service or not.",
            numerator=common,
            denominator=tested,
            excluded=left_out,
            tone="critical" if common else "good",
        ),
        Kpi(
            id="keys_tested",
            label="Certificates whose key was tested",
            value=part,
            unit="share",
            sentence=sentence(f"the keys of {tested:,} of {counted(served)} in service could be tested"),
            definition="Certificates in service with an RSA key of which a certificate is kept in full.",
            numerator=tested,
            denominator=served,
            excluded=None,
        ),
        Kpi(
            id="bad_ca_keys",
            label="CA keys anybody can break",
            value=authorities,
            sentence=sentence(
                f"{counted(authorities, 'key')} of CAs, of {tested_authorities:,} tested, can be broken by anybody"
            ),
            definition="Distinct RSA keys of CA certificates in the estate that fail a check, whatever the scope.",
            counts="keys",
            tone="critical" if authorities else "good",
        ),
        Kpi(
            id="moduli_compared",
            label="Moduli compared",
            value=audit.moduli,
            sentence=sentence(
                f"distinct moduli of the whole estate compared with one another: {audit.moduli:,}, of up to "
                f"{audit.largest_bits:,} bits"
            ),
            definition="Distinct RSA moduli of the whole estate, in service or not, that were searched for common "
            f"primes; those above {keyaudit.LARGEST:,} bits are left out.",
            counts="moduli",
        ),
    ]
    if not tested:
        made[:2] = [withheld(kpi, NONE_TESTED) for kpi in made[:2]]
    if not audit.moduli:
        made[4] = withheld(made[4], "No certificate with an RSA key is kept in full.")
    if not tested_authorities:
        made[3] = withheld(made[3], "No CA certificate with an RSA key is kept in full.")
    return made
