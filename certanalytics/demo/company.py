"""The fictional Meridian Group: business units, services, the people and teams who own them.

All names are on domains reserved for documentation (RFC 2606, RFC 6761) and on addresses reserved
for private use and benchmarking (RFC 1918, RFC 2544). Some services have an owner who has left,
some have none, and one set of servers is known to nobody; `certanalytics.demo.faults` relies on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from certanalytics.demo.clock import AS_OF

Zone = Literal["public", "internal"]
Criticality = Literal["critical", "high", "medium", "low"]
Environment = Literal["production", "staging", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee, or somebody who was one."""

    sys_id: str
    name: str
    department: str
    active: bool = True
    last_login: datetime

    @property
    def user_name(self) -> str:
        """First name, dot, last name."""
        return self.name.lower().replace(" ", ".")

    @property
    def email(self) -> str:
        """The address the directory and the ownership list have in common."""
        return f"{self.user_name}@meridian.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A group that runs services."""

    sys_id: str
    name: str
    manager: Person


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """One service: a domain with servers below it.

    Attributes:
        label: Short name.
        title: Name as the ownership list has it.
        unit: Business unit; ``None`` when the company does not know the service.
        domain: Every server's name is below it.
        zone: Reachable from outside, or not.
        criticality: ``None`` when the company does not know the service.
        weight: Share of the servers of its zone.
        owner: The person who answers for it, if anyone was ever named.
        team: The team that runs it; ``None`` when there is no owner, or only a departed one.
    """

    label: str
    title: str
    unit: str | None
    domain: str
    zone: Zone
    criticality: Criticality | None
    weight: int
    owner: Person | None = None
    team: Team | None = None

    @property
    def is_registered(self) -> bool:
        """Whether the company knows that the service exists."""
        return self.unit is not None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One place where a certificate is served; scans know appliances by address, all else by name."""

    host: str
    ip: str
    port: int
    zone: Zone
    environment: Environment
    is_appliance: bool = False

    @property
    def place(self) -> str:
        """What scans know it by, and port."""
        return f"{self.ip if self.is_appliance else self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Company:
    """Who there is, and what they run."""

    services: tuple[Service, ...]
    people: tuple[Person, ...]
    teams: tuple[Team, ...]

    def service(self, label: str) -> Service:
        """The service with this label."""
        return next(service for service in self.services if service.label == label)


UNITS = {
    "Retail": "retail.meridian.example",
    "Payments": "meridianpay.example",
    "Corporate": "corp.meridian.example",
    "Logistics": "logistics.meridian.example",
    "Research": "research.meridian.example",
}
"""Business units and the domain each of them uses."""

# unit, label, title, zone, criticality, weight
_SERVICES: tuple[tuple[str, str, str, Zone, Criticality, int], ...] = (
    ("Retail", "checkout", "Web checkout", "public", "critical", 70),
    ("Retail", "storefront", "Storefront", "public", "critical", 120),
    ("Retail", "mobile-api", "Mobile shopping API", "public", "high", 60),
    ("Retail", "catalog", "Product catalogue", "public", "high", 70),
    ("Retail", "loyalty", "Loyalty programme", "public", "medium", 50),
    ("Retail", "giftcards", "Gift cards", "public", "medium", 18),
    ("Retail", "campaigns", "Campaign sites", "public", "low", 60),
    ("Retail", "pos", "Point of sale", "internal", "critical", 50),
    ("Retail", "stock", "Stock levels", "internal", "medium", 25),
    ("Payments", "gateway", "Payment gateway", "public", "critical", 80),
    ("Payments", "acquiring", "Acquirer interface", "public", "critical", 30),
    ("Payments", "merchants", "Merchant portal", "public", "high", 50),
    ("Payments", "settlement", "Settlement", "internal", "critical", 25),
    ("Payments", "fraud", "Fraud scoring", "internal", "high", 20),
    ("Corporate", "www", "Group web site", "public", "high", 30),
    ("Corporate", "careers", "Careers", "public", "low", 25),
    ("Corporate", "apps", "Business applications", "public", "medium", 60),
    ("Corporate", "identity", "Sign-in", "internal", "critical", 15),
    ("Corporate", "hr", "Personnel systems", "internal", "high", 15),
    ("Corporate", "intranet", "Intranet", "internal", "low", 20),
    ("Corporate", "mgmt", "Network equipment", "internal", "high", 0),
    ("Logistics", "tracking", "Parcel tracking", "public", "high", 70),
    ("Logistics", "carriers", "Carrier API", "public", "high", 45),
    ("Logistics", "depot", "Depot booking", "public", "medium", 22),
    ("Logistics", "warehouse", "Warehouse control", "internal", "high", 35),
    ("Logistics", "yard", "Yard planning", "internal", "medium", 7),
    ("Research", "labs", "Public labs", "public", "low", 40),
    ("Research", "datasets", "Data sharing", "public", "low", 12),
    ("Research", "compute", "Compute cluster", "internal", "medium", 20),
    ("Research", "notebooks", "Notebook servers", "internal", "low", 8),
)
DEPARTED = frozenset({"giftcards", "yard", "datasets"})
"""Services whose only owner has left."""
UNOWNED = frozenset({"depot", "notebooks"})
"""Services in the register for which nobody is named."""
STRAY = "stray"
"""The label of the servers nobody knows about."""

_FIRST_NAMES = """
Aileen Bashir Carmen Dorte Emeka Fiona Goran Hanna Idris Jolanta Kofi Leonor Marek Nadia Oskar Priya Quentin
Rosa Soren Tomas Uma Viktor Wanda Xenia Yusuf Zofia
"""
_LAST_NAMES = """
Abara Brandt Castellan Dvorak Eriksen Falk Grieve Holm Ivers Jansen Kaya Lindqvist Moreau Novak Okafor Petrov
Quist Rasmussen Sato Thorne Ueda Varga Weiss Xu Yilmaz Zeller
"""
_STAFF, _LEAVERS = 120, 6


def company(rng: Random) -> Company:
    """Everyone and everything, before the first certificate."""
    names = [f"{first} {last}" for first in _FIRST_NAMES.split() for last in _LAST_NAMES.split()]
    chosen = iter(rng.sample(names, _STAFF + _LEAVERS))
    units = list(UNITS)
    staff = [_person(rng, next(chosen), units[number % len(units)]) for number in range(_STAFF)]
    leavers = [_person(rng, next(chosen), unit, active=False) for unit in ("Retail", "Logistics", "Research") * 2]
    teams, services = [], []
    owners = iter(staff)
    for unit, domain in UNITS.items():
        manager = next(owners)
        team = Team(sys_id=_sys_id(rng), name=f"{unit} Operations", manager=manager)
        teams.append(team)
        for _, label, title, zone, criticality, weight in (row for row in _SERVICES if row[0] == unit):
            owner = next(owners)
            if label in DEPARTED:
                owner = next(person for person in leavers if person.department == unit)
            services.append(
                Service(
                    label=label,
                    title=title,
                    unit=unit,
                    domain=f"{label}.{domain}",
                    zone=zone,
                    criticality=criticality,
                    weight=weight,
                    owner=None if label in UNOWNED else owner,
                    team=None if label in DEPARTED | UNOWNED else team,
                )
            )
    stray = Service(
        label=STRAY, title="", unit=None, domain="unit17.meridian.example", zone="public", criticality=None, weight=0
    )
    return Company((*services, stray), (*staff, *leavers), tuple(teams))


def _person(rng: Random, name: str, department: str, *, active: bool = True) -> Person:
    days = rng.randrange(0, 20) if active else rng.randrange(120, 400)
    last_login = (AS_OF - timedelta(days=days, minutes=rng.randrange(1440))).replace(second=rng.randrange(60))
    return Person(sys_id=_sys_id(rng), name=name, department=department, active=active, last_login=last_login)


def _sys_id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"
