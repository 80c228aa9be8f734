"""On how few people and teams the certificates of critical services rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry
from certanalytics.analysis._words import agree, counted, sentence, withheld
from certanalytics.analysis.ownership.contacts import NO_DIRECTORY
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

SEARCHED = 200_000
"""Sets of parties looked at before the search is given up and bounds are reported."""

NO_CRITICALITY = "Which services are critical cannot be told: no loaded export says so."
"""What is said where nothing is called critical."""


@dataclass(frozen=True, slots=True)
class BusFactor:
    """How few have to be lost.

    Attributes:
        least: No smaller number of parties is enough.
        most: So many are enough; equal to ``least`` where the answer is exact.
        parties: A set of ``most`` parties that is enough, the one that strands most first.
        stranded: Certificates that have no contact left without them, those included that had none before.
        certificates: All certificates.
    """

    least: int
    most: int
    parties: tuple[str, ...]
    stranded: int
    certificates: int


def fewest(contacts: Iterable[Iterable[str]], *, searched: int = SEARCHED) -> BusFactor:
    """The fewest parties whose loss leaves more than half of the certificates without a contact.

    A certificate is stranded if every contact of it is lost; one without any is stranded from the start. This is no
    maximum coverage: where a certificate has two contacts neither loss alone strands it, the gain is not submodular,
    and the greedy answer has no guarantee of its own. Therefore two bounds are kept. From below: a stranded
    certificate splits itself evenly between its contacts, so k parties strand no more than the k largest sums of
    shares. From above: a greedy set, the party next that strands most at once. A depth-first search with the lower
    bound closes the gap for up to ``searched`` sets.

    Args:
        contacts: For each certificate its verified contacts.
        searched: How many sets to look at before giving up.

    Raises:
        ValueError: There are no certificates.
    """
    groups = Counter(frozenset(each) for each in contacts)
    total = sum(groups.values())
    if not total:
        raise ValueError("a bus factor is one of certificates")
    start = groups.pop(frozenset(), 0)
    need = total // 2 + 1 - start
    if need <= 0:
        return BusFactor(0, 0, (), start, total)
    weights: dict[str, float] = {}
    for group, number in groups.items():
        for party in group:
            weights[party] = weights.get(party, 0.0) + number / len(group)
    ranked = sorted(weights, key=lambda party: (-weights[party], party))
    found = _greedy(groups, need)
    least = _at_least([weights[party] for party in ranked], need)
    budget = [searched]
    while least < len(found):
        smaller = _search(groups, ranked, weights, need, least, budget)
        if smaller is not None:
            found = smaller
            break
        if budget[0] <= 0:
            break
        least += 1
    chosen = frozenset(found)
    stranded = start + sum(number for group, number in groups.items() if group <= chosen)
    return BusFactor(least, len(found), found, stranded, total)


def _at_least(shares: list[float], need: int) -> int:
    reached = 0.0
    for number, part in enumerate(shares, 1):
        reached += part
        if reached >= need - 1e-9:
            return number
    return len(shares)


def _greedy(groups: Counter[frozenset[str]], need: int) -> tuple[str, ...]:
    """Parties until enough is stranded; the next strands most at once, of equals the one with the largest shares."""
    left = dict(groups)
    chosen: list[str] = []
    stranded = 0
    while stranded < need:
        gains: dict[str, list[float]] = {}
        for group, number in left.items():
            for party in group:
                gain = gains.setdefault(party, [0.0, 0.0])
                gain[0] += number * (len(group) == 1)
                gain[1] += number / len(group)
        best = min(gains, key=lambda party: (-gains[party][0], -gains[party][1], party))
        chosen.append(best)
        after: Counter[frozenset[str]] = Counter()
        for group, number in left.items():
            rest = group - {best}
            if rest:
                after[rest] += number
            else:
                stranded += number
        left = dict(after)
    return tuple(chosen)


def _search(
    groups: Counter[frozenset[str]],
    ranked: list[str],
    weights: dict[str, float],
    need: int,
    size: int,
    budget: list[int],
) -> tuple[str, ...] | None:
    """A set of so many parties that strands enough; none if there is none, or the budget is used up."""

    def descend(chosen: tuple[str, ...], place: int, share: float) -> tuple[str, ...] | None:
        budget[0] -= 1
        if budget[0] <= 0:
            return None
        open_places = size - len(chosen)
        if not open_places:
            held = frozenset(chosen)
            return chosen if sum(number for group, number in groups.items() if group <= held) >= need else None
        for at in range(place, len(ranked) - open_places + 1):
            if share + sum(weights[party] for party in ranked[at : at + open_places]) < need - 1e-9:
                return None
            found = descend((*chosen, ranked[at]), at + 1, share + weights[ranked[at]])
            if found or budget[0] <= 0:
                return found
        return None

    return descend((), 0, 0.0)


def dependence(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """On how few people and teams do the certificates of critical services rest?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a verified contact of critical certificates, most first: ``party``, ``name``,
        ``kind``, ``certificates``, ``alone`` (of which they are the only one) and ``lost`` (in the smallest set found).

        Key figures: ``bus_factor``, ``critical_without_contact``, ``critical_on_one``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    served = inquiry.figures("ownership_figures")["certificates"]
    rows = inquiry.ask("critical_contacts")
    contacts = {
        str(certificate): frozenset(parties.dropna()) for certificate, parties in rows.groupby("certificate")["party"]
    }
    found = fewest(contacts.values()) if contacts else None
    kpis = [_factor(found, rows), *_few(contacts)]
    why = _untold(inquiry, contacts)
    if why:
        kpis = [withheld(kpi, why) for kpi in kpis]
    kpis = inquiry.answered(served, kpis)
    return inquiry.result(
        "dependence",
        title="On how few people and teams do the certificates of critical services rest?",
        headline=kpis[0].sentence,
        frame=_by_party(rows, contacts, found),
        kpis=kpis,
        method=inquiry.method(
            "Contacts are those named as accountable, technical, business, renewal or security whom a directory says "
            "are active. A certificate is stranded if all of them are lost, or it has none. The bus factor is the "
            "smallest number of people and teams whose loss strands more than half of the certificates of critical "
            f"services; it is exact where a search over at most {SEARCHED:,} sets decides it, else it lies between a "
            "lower bound (a stranded certificate is shared evenly by its contacts) and what a greedy choice needs, "
            "which has no guarantee of its own."
        ),
        tables={},
        caveats=(
            "Who belongs to a team no loaded export tells: a team counts as one, a person apart from it as another.",
        ),
    )


def _untold(inquiry: Inquiry, contacts: dict[str, frozenset[str]]) -> str | None:
    if not inquiry.has["criticality"]:
        return NO_CRITICALITY
    if not contacts:
        return "No certificate in service is known to belong to a critical service."
    if not inquiry.has["ownership"]:
        return NOT_ASSESSABLE
    return None if inquiry.has["people"] else NO_DIRECTORY


def _factor(found: BusFactor | None, rows: pd.DataFrame) -> Kpi:
    named = rows.dropna(subset=["party"]).drop_duplicates("party").set_index("party")["name"]
    text, value = "", None
    if found:
        value = float(found.most)
        who = ", ".join(str(named[party]) for party in found.parties[:3]) + (", …" if found.most > 3 else "")
        half = f"more than half of {counted(found.certificates)} of critical services"
        text = (
            f"{half} have no verified contact already"
            if not found.most
            else f"the loss of {counted(found.most, 'contact')} ({who}) would leave {half} without a verified one"
            if found.least == found.most
            else f"the loss of {counted(found.most, 'contact')} ({who}) would leave {half} without a verified one; no "
            f"fewer than {found.least:,} would, and whether fewer than {found.most:,} do was not decided"
        )
    return Kpi(
        id="bus_factor",
        label="Bus factor, critical services",
        value=value,
        sentence=sentence(text) if text else "",
        definition="Fewest people and teams whose loss leaves more than half of the certificates in service for "
        "critical services without a verified contact; an upper bound where the sentence says so.",
        numerator=found.stranded if found else None,
        denominator=found.certificates if found else None,
        tone="critical" if value is not None and value <= 1 else "warning" if value == 2 else "neutral",
    )


def _few(contacts: dict[str, frozenset[str]]) -> list[Kpi]:
    none = sum(not parties for parties in contacts.values())
    one = sum(len(parties) == 1 for parties in contacts.values())
    total = len(contacts)
    return [
        Kpi(
            id="critical_without_contact",
            label="Critical, no verified contact",
            value=none,
            sentence=sentence(
                f"{none:,} of {counted(total)} of critical services {agree(none, 'has', 'have')} no verified contact"
            ),
            definition="Certificates in service for critical services with no contact that a directory says is active.",
            numerator=none,
            denominator=total,
            tone="critical" if none else "good",
        ),
        Kpi(
            id="critical_on_one",
            label="Critical, one verified contact",
            value=one,
            sentence=sentence(
                f"{one:,} of {counted(total)} of critical services {agree(one, 'rests', 'rest')} on one verified "
                "contact"
            ),
            definition="Certificates in service for critical services with exactly one contact, person or team, that a "
            "directory says is active.",
            numerator=one,
            denominator=total,
            tone="warning" if one else "good",
        ),
    ]


def _by_party(rows: pd.DataFrame, contacts: dict[str, frozenset[str]], found: BusFactor | None) -> pd.DataFrame:
    held = rows.dropna(subset=["party"])
    alone = held["certificate"].map(lambda certificate: len(contacts[certificate]) == 1).astype(bool)
    frame = (
        held.assign(alone=alone)
        .groupby(["party", "name", "kind"], as_index=False)
        .agg(certificates=("certificate", "size"), alone=("alone", "sum"))
        .astype({"alone": "int64"})
    )
    frame["lost"] = frame["party"].isin(found.parties if found else ())
    return frame.sort_values(["certificates", "name", "party"], ascending=[False, True, True], ignore_index=True)
