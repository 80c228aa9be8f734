"""What certificates in service rest on together, and for which a second CA could stand in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from certanalytics.demo.truth.outcome import Outcome
from certanalytics.demo.truth.stand_ins import Held, StandIns, is_critical, stand_ins
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


def issuers_truth(seen: Outcome, held: Held) -> IssuersTruth:
    """Work it out from what is in service, who issued it, and what its owners hold."""
    return IssuersTruth(
        rests={kind: _together(seen, kind) for kind in _KINDS},
        critical_endpoints=sum(len(seen.served[each]) for each in seen.live if is_critical(each)),
        recorded=stand_ins(held, held.recorded, is_whole=False),
        by_policy=stand_ins(held, held.listed, is_whole=True),
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
        critical=sum(map(is_critical, certificates)),
        endpoints=len(pairs),
        critical_endpoints=sum(is_critical(each) for each, _ in pairs),
    )
