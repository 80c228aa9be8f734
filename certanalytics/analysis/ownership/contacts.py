"""Who fills which role for which certificates, whether they are still there, and whether sources agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.analysis.ownership.stated import NOT_ASSESSABLE
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    import pandas as pd

    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_DIRECTORY = (
    "Whether contacts are still there cannot be told: no loaded export says of anybody whether they are active. Load a "
    "directory (users and groups, LDIF, a personnel list)."
)
"""What is said where nobody says who has left."""

NO_COMPARISON = (
    "Whether sources agree on the owner cannot be told: for no certificate in service do a system of record and "
    "another system name somebody in the same role."
)
"""What is said where there is nothing to compare."""

ASKED_FOR = ("technical", "business", "renewal", "security")
"""The roles a certificate should have filled (OWN-4)."""


def roles(estate: Estate, *, as_of: Moment | None = None, scope: str | None = None) -> Result:
    """Who fills which role for the certificates in service, and can they still be reached?

    A role is told by the field that names the party (``facts.contact_role``): `accountable` where the field does not
    say in what capacity. Of each system what it says most closely of a certificate counts. A directory says whether a
    party is still there; who it does not know, or does not say this of, is not verified.

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.

    Returns:
        A result whose frame holds one row a certificate, role and party: ``certificate``, ``subject_cn``,
        ``business_unit``, ``criticality``, ``days_left``, ``role``, ``level`` (``system of record``, ``manager``,
        ``inferred``, ``none`` or ``not assessable``), ``party``, ``kind``, ``name``, ``email``, ``state``
        (``verified``, ``left``, ``not confirmed``, ``not in directory`` or ``no directory``), ``said_by`` and
        ``probability`` (of inferred ones).

        Tables: ``roles`` (``role``, ``told``, ``filled``, ``verified``, ``by_manager``, ``left``, ``none``,
        ``certificates``), ``stale`` (contacts nobody confirms, those who left with
        ``left_by``), ``conflicts`` (``role``, ``system_a``, ``names_a``,
        ``system_b``, ``names_b``, ``verdict``) and ``single`` (certificates for which one person alone can be reached).

        Key figures: ``roles_filled``, ``all_roles``, ``unverifiable``, ``all_left``, ``some_left``, ``conflicts``,
        ``single_contact``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    figures = {name: int(value) for name, value in inquiry.figures("contact_figures").items()}
    compared = {name: int(value) for name, value in inquiry.figures("owner_comparison_figures").items()}
    by_role = inquiry.ask("role_completeness")
    served, assessable = figures["certificates"], inquiry.has["ownership"]
    stale = [
        withheld(kpi, NO_DIRECTORY) if not inquiry.has["people"] else kpi
        for kpi in (_unverifiable(figures), _all_left(figures), _some_left(figures))
    ]
    kpis = [_roles_filled(by_role), _all_roles(by_role, figures), *stale, _conflicts(compared), _single(figures)]
    if not assessable:
        kpis = [withheld(kpi, NOT_ASSESSABLE) for kpi in kpis]
    return inquiry.result(
        "roles",
        title="Who fills which role for the certificates in service, and can they still be reached?",
        headline=inquiry.unanswered(served) or (_headline(figures, inquiry) if assessable else NOT_ASSESSABLE),
        frame=inquiry.ask("contacts"),
        kpis=inquiry.answered(served, kpis),
        method=inquiry.method(
            "A role is told by the field that names the party (facts.contact_role); of each system its closest "
            "statements count, and statements by systems of record stand before those of managers. Somebody is "
            "verified if a directory says they are active. Two systems conflict in a role if they name nobody in "
            "common and a directory knows everyone named; the same party under identifier, address and user name is "
            "one."
        ),
        tables={
            "roles": by_role,
            "stale": inquiry.ask("stale_contacts"),
            "conflicts": inquiry.ask("owner_conflicts"),
            "single": inquiry.ask("single_contacts"),
        },
        caveats=(
            "Whether an address still takes mail, whether owners know of their duty, who is in a team no export says.",
            "Exports seldom say in what capacity somebody is named; such parties count as accountable only.",
        ),
    )


def _headline(figures: dict[str, int], inquiry: Inquiry) -> str:
    total, named = figures["certificates"], figures["with_contact"]
    said = f"for {named:,} of {counted(total)} in service somebody is named as contact"
    if not inquiry.has["people"] or not named:
        return sentence(said)
    verified = figures["verified"]
    return sentence(said, f"for {verified:,} of these a directory confirms that one of them is still there")


def _roles_filled(by_role: pd.DataFrame) -> Kpi:
    told = by_role[by_role["told"] & by_role["role"].isin(["accountable", *ASKED_FOR])]
    untold = [role for role in ASKED_FOR if role not in set(told["role"])]
    places, filled = int(told["certificates"].sum()), int(told["filled"].sum())
    part = share(filled, places)
    names = " and ".join([", ".join(told["role"][:-1]), *told["role"][-1:]]) if len(told) > 1 else "".join(told["role"])
    kpi = Kpi(
        id="roles_filled",
        label="Roles filled",
        value=part,
        unit="share",
        sentence=sentence(
            f"{filled:,} of {places:,} places ({show(part, 'share')}) in the {agree(len(told), 'role', 'roles')} "
            f"{names} are filled by somebody who has not left"
        ),
        definition="Of the certificates in service times the roles that any loaded export tells (accountable, "
        "technical, business, renewal, security), those for which somebody is named who has not left.",
        numerator=filled,
        denominator=places,
        counts="places",
        excluded=f"the {agree(len(untold), 'role', 'roles')} {', '.join(untold)}, in which no loaded export names "
        "anybody"
        if untold
        else None,
    )
    return kpi if places else withheld(kpi, NOT_ASSESSABLE)


def _all_roles(by_role: pd.DataFrame, figures: dict[str, int]) -> Kpi:
    untold = [role for role in ASKED_FOR if not by_role.set_index("role")["told"][role]]
    total, number = figures["certificates"], figures["all_roles"]
    part = share(number, total)
    kpi = Kpi(
        id="all_roles",
        label="All four roles filled",
        value=part,
        unit="share",
        sentence=sentence(
            f"for {number:,} of {counted(total)} in service ({show(part, 'share')}) the roles technical, business, "
            "renewal and security are all filled"
        ),
        definition="Certificates in service for which somebody who has not left is named as technical, as business, as "
        "renewal and as security contact.",
        numerator=number,
        denominator=total,
    )
    return (
        withheld(
            kpi,
            sentence(
                f"whether all roles are filled cannot be told: no loaded export names anybody as {' or '.join(untold)} "
                "contact"
            ),
        )
        if untold
        else kpi
    )


def _unverifiable(figures: dict[str, int]) -> Kpi:
    named, verified = figures["with_contact"], figures["verified"]
    stale, left, unknown = named - verified, figures["all_left"], figures["not_in_directory"]
    part = share(stale, named)
    other = stale - left - unknown
    return Kpi(
        id="unverifiable",
        label="Contact not verified",
        value=part,
        unit="share",
        sentence=sentence(
            f"of {stale:,} of {counted(named)} with a contact ({show(part, 'share')}) no directory says that any "
            "contact is still there",
            f"of {left:,} all have left" if left else "",
            f"for {unknown:,} somebody is named whom no directory knows" if unknown else "",
            f"for {other:,} directories do not say who is still there" if other else "",
        )
        if named
        else "No certificate in service has a contact.",
        definition="Certificates in service with a contact of which no directory says that any is active: they have "
        "left, no directory knows them, or none says whether they are still there.",
        numerator=stale,
        denominator=named,
        excluded=without([(figures["certificates"] - named, "without any contact")]),
        tone="warning" if stale else "good",
    )


def _all_left(figures: dict[str, int]) -> Kpi:
    number, named = figures["all_left"], figures["with_contact"]
    return Kpi(
        id="all_left",
        label="Every contact has left",
        value=number,
        sentence=sentence(f"for {counted(number)} in service every contact in any role has left")
        if number
        else "For no certificate in service has every contact left.",
        definition="Certificates in service with a contact whose contacts in every role a directory calls inactive: "
        "persons who have left, teams that are gone.",
        numerator=number,
        denominator=named,
        excluded=without([(figures["certificates"] - named, "without any contact")]),
        tone="critical" if number else "good",
    )


def _some_left(figures: dict[str, int]) -> Kpi:
    number, named = figures["some_left"], figures["with_contact"]
    return Kpi(
        id="some_left",
        label="A contact has left",
        value=number,
        sentence=sentence(
            f"{counted(number)} in service still {agree(number, 'names', 'name')} a contact who has left"
        ),
        definition="Certificates in service with at least one contact whom a directory calls inactive.",
        numerator=number,
        denominator=named,
        excluded=without([(figures["certificates"] - named, "without any contact")]),
        tone="warning" if number else "good",
    )


def _conflicts(compared: dict[str, int]) -> Kpi:
    number, unclear, total = compared["conflict"], compared["cannot_tell"], compared["compared"]
    kpi = Kpi(
        id="conflicts",
        label="Sources name different owners",
        value=number,
        sentence=sentence(
            f"two systems name different parties in one role for {counted(number)} in service",
            f"for {unclear:,} more it cannot be told whether they do" if unclear else "",
        ),
        definition="Certificates in service for which a system of record and another system name nobody in common in "
        "one role, though a directory knows everyone named.",
        numerator=number,
        denominator=total - unclear,
        excluded=without([(unclear, "whose named parties cannot be told apart")]),
        tone="warning" if number else "good",
    )
    if not total:
        return withheld(kpi, NO_COMPARISON)
    if not total - unclear:
        return withheld(
            kpi, "Whether sources name different owners cannot be told: of no certificate are all named parties known."
        )
    return kpi


def _single(figures: dict[str, int]) -> Kpi:
    number, team, unknown = figures["single"], figures["single_team"], figures["single_of_unknown_kind"]
    known = figures["with_contact"] - figures["all_left"] - unknown
    part = share(number, known)
    kpi = Kpi(
        id="single_contact",
        label="One person alone",
        value=part,
        unit="share",
        sentence=sentence(
            f"for {number:,} of {counted(known)} with a contact ({show(part, 'share')}) one person alone can be "
            "reached",
            f"for {team:,} one team" if team else "",
        ),
        definition="Certificates in service for which, over all roles, one party is named that has not left, and that "
        "is a person. A team counts as more than one; who belongs to it no export tells.",
        numerator=number,
        denominator=known,
        excluded=without(
            [
                (figures["certificates"] - figures["with_contact"], "without any contact"),
                (figures["all_left"], "whose contacts have all left"),
                (unknown, "with one contact of whom no directory says whether a person or a shared address"),
            ]
        ),
        tone="warning" if number else "good",
    )
    if known:
        return kpi
    return withheld(
        kpi, "Whether one person alone can be reached cannot be told: of no contact left the kind is known."
    )
