"""What certificates in service rest on together, and for which a second CA could stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.faults.transparency import PAYMENTS_ZONE, ZONE
from certanalytics.demo.policy import PARAMETERS
from certanalytics.demo.truth.outcome import Outcome, fingerprints, registered_domain
from certanalytics.demo.truth.statements import Statements, called, owner_of
from certanalytics.demo.world import Issued

Kind = Literal["CA owner", "root", "issuing key", "hosting network", "ACME account"]
_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """How many certificates rest on one thing, and at how many endpoints; the same of critical services."""

    certificates: int
    critical: int
    endpoints: int
    critical_endpoints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """What certificates of which one kind of dependency is known rest on.

    Attributes:
        things: By name; a self-signed certificate rests on itself, under its SHA-256.
        hhi: Sum of the squared shares of the things in the certificates.
        not_known: Certificates of which it is not known.
        single_point: Most endpoints of critical services on one thing.
    """

    things: dict[str, Resting]
    hhi: float
    not_known: int
    single_point: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIns:
    """Of public certificates in service, by what may be used.

    Attributes:
        approved: CA owners that may be used.
        approved_certificates: Issued by one of them.
        second: How many have an owner who holds a valid certificate of another of them.
        no_second: Whose owner holds none.
        second_not_told: How many have no owner, or one of whom it hangs on a CA nobody said is approved.
        ready: How many of the first could be replaced now: CAA lets anyone issue.
        not_ready: Those that could not: no second CA, or CAA lets nobody issue.
        critical_ready: The same of critical services.
        critical_not_ready: The same of critical services.
    """

    approved: tuple[str, ...]
    approved_certificates: int
    second: int
    no_second: tuple[str, ...]
    second_not_told: int
    ready: int
    not_ready: tuple[str, ...]
    critical_ready: int
    critical_not_ready: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuersTruth:
    """Certificates are given by SHA-256, CA owners by the organisation in their names.

    Attributes:
        rests: By kind of dependency.
        critical_endpoints: Endpoints of critical services.
        recorded: Stand-ins if the CAs of recorded certificates may be used, and of others nobody says.
        by_policy: Stand-ins if those that the group's policy names may be used, and no others.
    """

    rests: dict[Kind, Together]
    critical_endpoints: int
    recorded: StandIns
    by_policy: StandIns


def issuers_truth(seen: Outcome, said: Statements) -> IssuersTruth:
    """Work it out from what is in service, who issued it, and who owns it."""
    valid = [each for each in seen.known if each.certificate.is_public and each.issue.not_after >= AS_OF]
    owners = {each: _owner(said, each) for each in valid}
    held: dict[str, set[str]] = defaultdict(set)
    for each, owner in owners.items():
        if owner:
            held[owner].add(each.certificate.ca_owner)
    recorded = {each.certificate.ca_owner for each in valid if each in seen.recorded}
    listed = PARAMETERS["approved_public_cas"]
    public = {each: _owner(said, each) for each in seen.live if each.certificate.is_public}
    return IssuersTruth(
        rests={kind: _together(seen, kind) for kind in _KINDS},
        critical_endpoints=sum(len(seen.served[each]) for each in seen.live if _is_critical(each)),
        recorded=_stand_ins(public, held, recorded, is_whole=False),
        by_policy=_stand_ins(public, held, set(listed) if isinstance(listed, tuple) else set(), is_whole=True),
    )


def _owner(said: Statements, each: Issued) -> str | None:
    owner = owner_of(said.of(each))
    return called(owner) if owner else None


def _is_critical(each: Issued) -> bool:
    return each.issue.deployment.service.criticality == "critical"


def _caa(each: Issued) -> Literal["open", "closed", "cannot tell"]:
    """What the zones let others issue for the names of a certificate now.

    The zone of the payments unit names CAs of which nobody can tell that they are these; that of the festival is not at
    hand.
    """
    closed = each.issue.deployment.closed
    if any(registered_domain(name) != ZONE for name in each.certificate.request.names):
        return "cannot tell"
    if closed is None:
        return "open"
    return "cannot tell" if closed.by == "away" else "closed"


def _is_zone_known(each: Issued) -> bool:
    closed = each.issue.deployment.closed
    is_away = closed is not None and closed.by == "away"
    return not is_away and {registered_domain(name) for name in each.certificate.request.names} <= {ZONE, PAYMENTS_ZONE}


def _stand_ins(
    public: dict[Issued, str | None], held: dict[str, set[str]], approved: set[str], *, is_whole: bool
) -> StandIns:
    """Judge by what may be used; of other CAs nobody says whether they may, unless that is the whole of it."""
    second: dict[Issued, bool | None] = {}
    for each, owner in public.items():
        others = held[owner] - {each.certificate.ca_owner} if owner else set()
        is_told = owner is not None and (is_whole or not others)
        second[each] = True if others & approved else False if is_told else None
    ready = [each for each, has in second.items() if has and _caa(each) == "open"]
    not_ready = [
        each
        for each, has in second.items()
        if (has is False and _is_zone_known(each)) or (has and _caa(each) == "closed")
    ]
    return StandIns(
        approved=tuple(sorted(approved)),
        approved_certificates=sum(each.certificate.ca_owner in approved for each in public),
        second=sum(has is True for has in second.values()),
        no_second=fingerprints(each for each, has in second.items() if has is False),
        second_not_told=sum(has is None for has in second.values()),
        ready=len(ready),
        not_ready=fingerprints(not_ready),
        critical_ready=sum(map(_is_critical, ready)),
        critical_not_ready=fingerprints(each for each in not_ready if _is_critical(each)),
    )


def _together(seen: Outcome, kind: Kind) -> Together:
    places: dict[str, list[tuple[Issued, str]]] = defaultdict(list)
    unknown = 0
    for each in seen.live:
        found = list(_rests_on(seen, kind, each))
        unknown += not found
        for name, place in found:
            places[name].append((each, place))
    things = {name: _resting(held) for name, held in sorted(places.items())}
    whole = sum(thing.certificates for thing in things.values())
    return Together(
        things=things,
        hhi=float(sum(Fraction(thing.certificates, whole) ** 2 for thing in things.values())),
        not_known=unknown,
        single_point=max(thing.critical_endpoints for thing in things.values()),
    )


def _rests_on(seen: Outcome, kind: Kind, each: Issued) -> Iterator[tuple[str, str]]:
    """What a certificate rests on, and where: once for every endpoint."""
    authority, managed = each.certificate.authority, each.issue.deployment.management
    for endpoint in seen.served[each]:
        if kind == "hosting network":
            yield f"{endpoint.ip.rpartition('.')[0]}.0/24", endpoint.place
        elif kind == "ACME account":
            if managed and managed.system == "caddy":
                yield str(managed.account), endpoint.place
        elif authority is None:
            yield each.certificate.sha256, endpoint.place
        elif kind == "CA owner":
            yield authority.owner, endpoint.place
        elif kind == "issuing key":
            yield authority.signer.key.spki_sha256, endpoint.place
        else:
            yield (authority.issuer or authority).name.rfc4514_string(), endpoint.place


def _resting(held: Iterable[tuple[Issued, str]]) -> Resting:
    pairs = list(held)
    certificates = {each for each, _ in pairs}
    return Resting(
        certificates=len(certificates),
        critical=sum(map(_is_critical, certificates)),
        endpoints=len(pairs),
        critical_endpoints=sum(_is_critical(each) for each, _ in pairs),
    )
