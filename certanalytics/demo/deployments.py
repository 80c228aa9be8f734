"""Deployments: which certificate is kept where, by whom it is issued, and how it is renewed.

A deployment is one certificate in rotation: the names it carries, the endpoints that serve it, and
the practice by which it is renewed. Its certificates follow one another; an endpoint serves one
at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Literal

from certanalytics.demo.certificates import USUAL, Profile
from certanalytics.demo.chains import Sent
from certanalytics.demo.company import STRAY, Company, Endpoint, Environment, Service, Zone
from certanalytics.demo.fleets import FLEETS, Fleet
from certanalytics.demo.handshakes import MODERN, Handshake
from certanalytics.demo.keys import SOUND, KeyHandling, KeyKind
from certanalytics.demo.naming import Naming
from certanalytics.demo.revocation import Revoked

PREDECESSORS = ("northgate-ov", "halden-ov", "ostrava-ov", "quillon-dv")
"""Whose certificates the automated fleets replaced."""

SPRAWLING, SPRAWL = "apps", 64
"""The service of the one sprawling wildcard certificate, and the endpoints that share it."""
STRAY_DEPLOYMENTS = 17
"""Deployments on servers nobody knows about."""


CaaClosure = Literal["issue", "issuewild", "alias", "away"]
AutomationLevel = Literal["manual", "monitored", "enrolled", "provisioned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a deployment leaves behind where others could see it.

    Attributes:
        is_logged: Its public certificates are sent to logs.
        is_on_account: What the portal's CA issues for it is ordered on the company's account.
        out_of_reach: Since when scanners are not let in to its endpoints; ``None`` if they are.
    """

    is_logged: bool = True
    is_on_account: bool = True
    out_of_reach: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRenewal:
    """How the last renewal of a deployment was another than the ones before.

    Attributes:
        late_by: It began this long after the end of the certificate before.
        key_before: Kind of key of all certificates before.
        lagging: Endpoints that still serve the certificate before.
    """

    late_by: timedelta | None = None
    key_before: KeyKind | None = None
    lagging: tuple[Endpoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Since when the DNS lets no CA issue for the first name of a deployment, and how it says so (RFC 8659).

    Attributes:
        since: When the records were changed.
        by: ``issue`` or ``issuewild`` with no identifier at the name itself; ``alias`` to a name that has it; ``away``
            is an alias out of the zone, of which the zone tells nothing.
    """

    since: datetime
    by: CaaClosure


@dataclass(frozen=True, slots=True, kw_only=True)
class Management:
    """Which system manages a deployment, and how far it renews by itself.

    Attributes:
        system: Caddy does all by itself; Venafi does what its policy says.
        level: By the names of ``facts.automation_stage``.
        account: Number of Caddy's account at the CA.
    """

    system: Literal["caddy", "venafi"]
    level: AutomationLevel
    account: int = 1816


@dataclass(slots=True, kw_only=True, eq=False)
class Deployment:
    """One certificate in rotation; `certanalytics.demo.faults` changes some before they are scheduled.

    Attributes:
        since: First day of this practice.
        predecessor: Label of the CA whose certificate was there before.
        retired: When the endpoints were switched off.
        ends: Planted end of the certificate in service, which is not renewed before.
        waiting_since: When a successor was issued that was never installed.
        lifetime: Days that certificate lives, where its CA did not keep to the limit of the day.
        handling: How its keys are made and kept.
        profile: What stands in its certificates.
        guests: Deployments without a certificate of their own, whose endpoints serve this one's.
        handshake: What its endpoints take.
        sends: What its endpoints send above their certificate.
        revoked: Why and when one of its certificates was revoked.
        naming: What sources say of who answers for it, where that is not what the service says.
        trace: What it leaves behind where others could see it.
        last_renewal: How its last renewal was another than the ones before.
        closed: That the DNS lets nobody issue for it.
        management: The system that manages it, if one does.
        balanced_at: Endpoints where the load balancer is set up to serve it.
    """

    fleet: Fleet
    service: Service
    names: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    authority: str | None
    key: KeyKind
    since: datetime
    predecessor: str | None = None
    retired: datetime | None = None
    ends: datetime | None = None
    waiting_since: datetime | None = None
    lifetime: int | None = None
    handling: KeyHandling = SOUND
    profile: Profile = USUAL
    guests: tuple[Deployment, ...] = ()
    handshake: Handshake = MODERN
    sends: Sent = "its issuer"
    revoked: Revoked | None = None
    naming: Naming | None = None
    trace: Trace = Trace()
    last_renewal: LastRenewal = LastRenewal()
    closed: Closed | None = None
    management: Management | None = None
    balanced_at: tuple[Endpoint, ...] = ()

    @property
    def places(self) -> tuple[Endpoint, ...]:
        """Every endpoint that serves its certificates."""
        return sum((each.endpoints for each in self.guests), self.endpoints)


@dataclass(slots=True)
class Network:
    """Hands out host names and addresses, each once."""

    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _public: Iterator[int] = field(default_factory=lambda: count(256))
    _internal: Iterator[int] = field(default_factory=lambda: count(256))

    def name(self, role: str, domain: str) -> str:
        """A name below a domain that nobody has yet."""
        return f"{role}{next(self._numbers):04d}.{domain}"

    def endpoint(self, rng: Random, domain: str, zone: Zone, *, is_appliance: bool = False) -> Endpoint:
        """A new server or appliance below a domain, serving on port 443, or outside sometimes on 8443."""
        roles = ("fw", "sw", "ilo", "ups") if is_appliance else ("app", "web", "api", "edge", "srv", "lb")
        environment: Environment = rng.choices(("production", "staging", "test"), (80, 12, 8))[0]
        suffix = {"production": "", "staging": "stg", "test": "tst"}[environment]
        host = self.name(rng.choice(roles) + suffix, domain)
        number = next(self._public if zone == "public" else self._internal)
        prefix = "198.18" if zone == "public" else "10.20"
        port = 8443 if zone == "public" and rng.random() < 0.06 else 443
        return Endpoint(host, f"{prefix}.{number // 256}.{number % 256}", port, zone, environment, is_appliance)


def deployments(rng: Random, company: Company, network: Network) -> list[Deployment]:
    """Every deployment of every fleet, as it would be if nothing ever went wrong."""
    made = [_deployment(rng, fleet, company, network) for fleet in FLEETS for _ in range(fleet.size)]
    automatic = [each for each in made if each.fleet.name == "acme"]
    for each in rng.sample(automatic, STRAY_DEPLOYMENTS):
        _place(rng, each, company.service(STRAY), network)
        each.predecessor = None
    sprawling, *wildcards = [each for each in made if each.fleet.name == "acme-wildcard"]
    for each in wildcards:
        _share(rng, each, network, network.name("c", each.service.domain), rng.randrange(2, 5))
    sprawling.service = company.service(SPRAWLING)
    _share(rng, sprawling, network, sprawling.service.domain, SPRAWL)
    return made


def _deployment(rng: Random, fleet: Fleet, company: Company, network: Network) -> Deployment:
    # the portal's orders name an owner, so its certificates are on owned services only
    candidates = [
        service
        for service in company.services
        if service.zone == fleet.zone and (service.owner or not fleet.name.startswith("portal"))
    ]
    service = rng.choices(candidates, [service.weight for service in candidates])[0]
    if fleet.practice == "appliance":
        service = company.service("mgmt")
    first, last = fleet.since
    made = Deployment(
        fleet=fleet,
        service=service,
        names=(),
        endpoints=(),
        authority=fleet.authority,
        key=rng.choices(list(fleet.keys), list(fleet.keys.values()))[0],
        since=(first + (last - first) * rng.random()).replace(microsecond=0),
    )
    _place(rng, made, service, network)
    if rng.random() < fleet.moved:
        made.predecessor = rng.choice(PREDECESSORS if service.owner else PREDECESSORS[1:])
    return made


def _place(rng: Random, deployment: Deployment, service: Service, network: Network) -> None:
    """Put a deployment on one new server of a service."""
    is_appliance = deployment.fleet.practice == "appliance"
    endpoint = network.endpoint(rng, service.domain, deployment.fleet.zone, is_appliance=is_appliance)
    host, _, domain = endpoint.host.partition(".")
    has_second_name = not is_appliance and rng.random() < 0.25
    deployment.service = service
    deployment.endpoints = (endpoint,)
    deployment.names = (endpoint.host, *((f"{host}-alt.{domain}",) if has_second_name else ()))


def _share(rng: Random, deployment: Deployment, network: Network, domain: str, size: int) -> None:
    """Make a deployment a wildcard for several new servers below one domain."""
    deployment.endpoints = tuple(network.endpoint(rng, domain, deployment.fleet.zone) for _ in range(size))
    deployment.names = (f"*.{domain}",)
