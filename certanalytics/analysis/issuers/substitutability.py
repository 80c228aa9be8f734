"""Who could go on with a second CA at once if the first one failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from certanalytics.analysis._inquiry import Inquiry, share
from certanalytics.analysis._words import agree, counted, sentence, withheld, without
from certanalytics.result import Kpi, Result, show

if TYPE_CHECKING:
    from certanalytics.estate import Estate
    from certanalytics.moment import Moment

NO_APPROVED = (
    "Which CAs are approved is not known: no list is given, and no manager's record names a public certificate."
)
"""What is said where nothing tells which CA could stand in."""

NO_LIST = "Which CAs are approved no list says: that managers' records name some does not make others unapproved."
"""What is said of the share of approved CAs where no list was given."""

CAA_CAVEAT = (
    "CAA is read from the zones that were loaded; records served otherwise, and accounts or validation methods that a "
    "record is bound to, are not seen."
)
"""What CAA records of loaded zones do not show."""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """What each owner could fall back on.

    Attributes:
        approved: CA owners that may be used.
        held: By owner, the approved CA owners of whom they hold a valid public certificate.
        doubtful: By owner, those of whom they hold one and nobody says whether they are approved.
        identified: CA owners whose names in CAA records are known.
    """

    approved: frozenset[str]
    held: Mapping[str, frozenset[str]]
    doubtful: Mapping[str, frozenset[str]]
    identified: frozenset[str]

    def second(self, owner: str | None, ca_owner: str) -> bool | None:
        """Whether an owner holds a valid certificate of an approved CA owner other than one; ``None``: not told."""
        if not owner or not self.approved:
            return None
        if self._others(self.held, owner, ca_owner):
            return True
        return None if self._others(self.doubtful, owner, ca_owner) else False

    def _others(self, held: Mapping[str, frozenset[str]], owner: str, ca_owner: str) -> frozenset[str]:
        return held.get(owner, frozenset()) - {ca_owner}

    def substitutable(
        self,
        owner: str | None,
        ca_owner: str,
        *,
        told: bool,
        restricted: bool,
        allowed: Sequence[str],
        closed: bool = False,
    ) -> bool | None:
        """Whether one of them may issue for the names of a certificate today.

        Args:
            owner: Who answers for the certificate; ``None`` where nobody is known to.
            ca_owner: Who issued it.
            told: Whether CAA is known for all its names.
            restricted: Whether CAA restricts who may issue for one of its names.
            allowed: Who may issue for all of them, where it does.
            closed: Whether CAA lets nobody issue for one of them, by whatever name.

        Returns:
            ``None`` where the data do not tell.
        """
        second = self.second(owner, ca_owner)
        if not owner or not second:
            return second
        if not told:
            return None
        if closed:
            return False
        ready = self._others(self.held, owner, ca_owner)
        if not restricted or ready & set(allowed):
            return True
        return False if ready <= self.identified and not self._others(self.doubtful, owner, ca_owner) else None


def alternatives(held: pd.DataFrame, approved: Sequence[str] | None) -> Alternatives:
    """What each owner could fall back on.

    Args:
        held: Rows of the question ``owner_cas``.
        approved: CA owners that may be used; ``None`` for those of the public certificates that managers' records
            name: whether others are approved, too, is then not known.
    """
    recorded = held.loc[held["recorded"] > 0, "ca_owner"]
    chosen = frozenset(recorded) if approved is None else frozenset(approved)
    by_owner: dict[str, set[str]] = {}
    for owner, ca_owner in zip(held["owner"], held["ca_owner"], strict=True):
        if isinstance(owner, str):
            by_owner.setdefault(owner, set()).add(ca_owner)
    doubtful = {owner: frozenset(names) - chosen for owner, names in by_owner.items()} if approved is None else {}
    return Alternatives(
        chosen,
        {owner: frozenset(names) & chosen for owner, names in by_owner.items()},
        doubtful,
        frozenset(held.loc[held["caa_known"], "ca_owner"]),
    )


def acting_owners(rows: pd.DataFrame) -> list[str | None]:
    """Who answers for each certificate and is still there to do it: one who has left orders nothing from any CA.

    Args:
        rows: Certificates with ``owner`` and ``owner_state``.
    """
    pairs = zip(rows["owner"], rows["owner_state"], strict=True)
    return [owner if isinstance(owner, str) and state == "owned" else None for owner, state in pairs]


def judged(rows: pd.DataFrame, known: Alternatives) -> pd.DataFrame:
    """Certificates with ``second_ca`` (owner holds one of a second approved CA) and ``substitutable`` (CAA allows it).

    Args:
        rows: Certificates with ``owner``, ``owner_state``, ``ca_owner``, ``caa_told``, ``caa_restricted``,
            ``caa_allowed`` and ``caa_closed``.
        known: What owners could fall back on.
    """
    second: list[bool | None] = []
    able: list[bool | None] = []
    columns = ["ca_owner", "caa_told", "caa_restricted", "caa_allowed", "caa_closed"]
    for owner, row in zip(acting_owners(rows), rows[columns].to_dict("records"), strict=True):
        second.append(known.second(owner, row["ca_owner"]))
        told = row["caa_told"] is True or str(row["caa_told"]) == "True"
        able.append(
            known.substitutable(
                owner,
                row["ca_owner"],
                told=told,
                restricted=told and bool(row["caa_restricted"]),
                allowed=_listed(row["caa_allowed"]),
                closed=told and bool(row["caa_closed"]),
            )
        )
    return rows.assign(second_ca=pd.array(second, dtype="boolean"), substitutable=pd.array(able, dtype="boolean"))


def _listed(value: Any) -> list[str]:
    return [str(each) for each in value] if hasattr(value, "__len__") and not isinstance(value, str) else []


def substitutable(
    estate: Estate, *, as_of: Moment | None = None, scope: str | None = None, approved: Sequence[str] | None = None
) -> Result:
    """For which public certificates could another approved CA stand in at once?

    Args:
        estate: The estate to ask.
        as_of: The moment to answer for, UTC; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        approved: CA owners that may be used, as ``ca_owner`` of the inventory names them; those of the public
            certificates that managers' records name if ``None``.

    Returns:
        A result whose frame holds one row a public certificate in service, those of critical services first:
        ``certificate``, ``subject_cn``, ``hosts``, ``endpoints``, ``ca_owner``, ``owner``, ``owner_state``,
        ``critical``, ``not_after``, ``caa_told``, ``caa_restricted``, ``caa_allowed``, ``caa_closed`` (CAA lets nobody
        issue), ``second_ca`` (its owner holds a valid certificate of a second approved CA) and ``substitutable`` (and
        CAA lets that CA issue for all its names); the last two are absent where the data do not tell.

        Tables: ``approved`` (``ca_owner``, ``certificates``, ``owners``: valid public certificates by approved CA).

        Key figures: ``approved_rate``, ``second_ca``, ``substitutable``, ``critical_substitutable``.

    Raises:
        DataError: The estate is empty.
        UsageError: ``as_of`` is no moment or ``scope`` no predicate.
    """
    inquiry = Inquiry(estate, as_of=as_of, scope=scope)
    held = inquiry.ask_everywhere("owner_cas")
    known = alternatives(held, approved)
    rows = judged(inquiry.ask("second_cas"), known)
    served = len(rows)
    kpis = _kpis(inquiry, rows, known, listed=approved is not None)
    why = unanswered(inquiry, served)
    listed = held[held["ca_owner"].isin(known.approved)].groupby("ca_owner", as_index=False)
    return inquiry.result(
        "substitutable",
        title="For which public certificates could another approved CA stand in at once?",
        headline=why or kpis[2].sentence,
        frame=rows,
        kpis=[withheld(kpi, why) if why else kpi for kpi in kpis],
        method=inquiry.method(
            "An owner is ready to change who already holds a valid public certificate of another approved CA owner, in "
            "service or not, in this scope or not. "
            + (
                "Approved are the CA owners that were given."
                if approved is not None
                else "No list of approved CAs was given: approved are the CA owners of the valid public certificates "
                "that managers' records name, for somebody has a contract with them; whether others are, is not known."
            ),
            "CAA allows it if of every name the closest record set lets that CA issue (RFC 8659); a name without "
            "records, in a zone that was loaded, lets anyone. Where no owner is known or the owner has left, the zone "
            "was not loaded, or the name of the CA in CAA records is not known, nothing is said.",
        ),
        tables={"approved": listed.agg(certificates=("certificates", "sum"), owners=("owner", "nunique"))},
        caveats=(CAA_CAVEAT,),
    )


def unanswered(inquiry: Inquiry, public: int) -> str | None:
    """Why nothing can be said of public certificates in service, in one sentence; ``None`` where something can."""
    if public:
        return None
    served = inquiry.figures("expiry_figures")["in_service"]
    return inquiry.unanswered(served) or "None of the certificates in service is known to be a public one."


def _kpis(inquiry: Inquiry, rows: pd.DataFrame, known: Alternatives, *, listed: bool) -> list[Kpi]:
    # Where CAA is not known only a "no" could be told: counting those alone would say that nothing can be replaced.
    answers = rows["substitutable"].where(rows["caa_told"].fillna(False).astype(bool))
    critical = answers[rows["critical"]]
    approved = int(rows["ca_owner"].isin(known.approved).sum())
    part = share(approved, len(rows))
    made = [
        Kpi(
            id="approved_rate",
            label="Issued by an approved CA",
            value=part,
            unit="share",
            sentence=sentence(
                f"{show(part, 'share')} of the public certificates in service {agree(approved, 'is', 'are')} issued by "
                f"one of {counted(len(known.approved), 'approved CA owner')}"
            ),
            definition="Public certificates in service whose CA owner is approved ÷ all of them.",
            numerator=approved,
            denominator=len(rows),
            tone="warning" if part is not None and part < 1 else "neutral",
        ),
        _told(
            inquiry,
            rows["second_ca"],
            id="second_ca",
            label="Owner holds a second CA",
            what="have an owner who already holds a valid certificate of a second approved CA",
            definition="Public certificates in service whose owner holds a valid public certificate of another "
            "approved CA owner ÷ those with a known owner who has not left.",
        ),
        _told(
            inquiry,
            answers,
            id="substitutable",
            label="Substitutable at once",
            what="could be replaced by a second approved CA at once",
            definition="Public certificates in service whose owner holds a valid public certificate of another "
            "approved CA owner that CAA lets issue for all their names ÷ those of which CAA is known, and an owner who "
            "has not left.",
        ),
        _told(
            inquiry,
            critical,
            id="critical_substitutable",
            label="Substitutable, critical services",
            what="of critical services could be replaced by a second approved CA at once",
            definition="The same, of the certificates of critical services.",
        ),
    ]
    if not known.approved:
        return [withheld(kpi, NO_APPROVED) for kpi in made]
    return made if listed else [withheld(made[0], NO_LIST), *made[1:]]


def _told(inquiry: Inquiry, answers: pd.Series, *, id: str, label: str, what: str, definition: str) -> Kpi:  # noqa: A002
    yes, told = int(answers.fillna(False).sum()), int(answers.notna().sum())
    part = share(yes, told)
    kpi = Kpi(
        id=id,
        label=label,
        value=part,
        unit="share",
        sentence=sentence(
            f"{yes:,} of {counted(told, 'public certificate')} ({show(part, 'share')}) {what}",
            f"of {len(answers) - told:,} it cannot be told" if told < len(answers) else "",
        ),
        definition=definition,
        numerator=yes,
        denominator=told,
        excluded=without([(len(answers) - told, "of which it cannot be told")]),
        tone="warning" if part is not None and part < 0.5 else "neutral",
    )
    if told:
        return kpi
    if id.startswith("critical") and answers.empty:
        return withheld(kpi, "No public certificate in service is known to belong to a critical service.")
    if not inquiry.has["ownership"]:
        return withheld(kpi, "Who owns the certificates in service cannot be told: no loaded export names an owner.")
    return withheld(kpi, "Of no public certificate in service are owner and CAA known.")
