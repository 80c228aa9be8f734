"""The fictional Meridian Group: business units, services, the people and teams who own them.

All names are on domains reserved for documentation (RFC 2606, RFC 6761) and on addresses reserved
for private use and benchmarking (RFC 1918, RFC 2544). Some services have an owner who has left,
some have none, and one set of servers is known to nobody; `certanalytics.demo.faults` relies on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from certanalytics.demo.clock import AS_OF

Zone = Literal["public", "internal"]
Criticality = Literal["critical", "high", "medium", "low"]
Environment = Literal["production", "staging", "test"]
Part = Literal["engineer", "newcomer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An employee, or somebody who was one: then with the time at which the account was closed."""

    sys_id: str
    name: str
    department: str
    last_login: datetime
    left: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether they are still there at the end of the story."""
        return self.left is None

    def was_active(self, time: datetime) -> bool:
        """Whether the account was open at a time."""
        return self.left is None or time < self.left

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
    """A group that runs services, or ran some until it was dissolved."""

    sys_id: str
    name: str
    manager: Person
    active: bool = True


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

    def renamed(self, host: str) -> Endpoint:
        """The same place under another name."""
        return replace(self, host=host)


@dataclass(frozen=True, slots=True)
class Company:
    """Who there is, and what they run.

    Attributes:
        managers: Whose manager is whom, as far as directories say.
        successors: Who has taken over a service, by its label, though the lists do not say so.
        cast: People with a part in a planted fault, by that part.
    """

    services: tuple[Service, ...]
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    managers: Mapping[Person, Person]
    successors: Mapping[str, Person]
    cast: Mapping[Part, Person]

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
_YOUNG_SERVICES: tuple[tuple[str, str, str, Zone, Criticality, int], ...] = (
    ("Logistics", "dispatch", "Same-day dispatch", "public", "critical", 0),
    ("Retail", "collect", "Click and collect", "public", "high", 0),
)
"""Services that came last, each with an owner of its own; `certanalytics.demo.faults.issuers` gives them servers."""
DEPARTED = frozenset({"giftcards", "yard", "datasets"})
"""Services whose only owner has left."""
UNOWNED = frozenset({"depot", "notebooks"})
"""Services in the register for which nobody is named."""
OVERLOADED = ("checkout", "storefront", "catalog")
"""Services that all came to the owner of the first when two product owners were not replaced."""
ENGINEER_LEFT = datetime.fromisoformat("2026-07-15T17:00:00")
"""When the engineer who saw to the group's bought certificates left: between two exports of the directory."""
DISSOLVED = "Web Platform"
"""A team that no longer exists."""
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
    leavers = [_person(rng, next(chosen), unit, has_left=True) for unit in ("Retail", "Logistics", "Research") * 2]
    teams, services = [], []
    owners = iter(staff)
    busiest: Person | None = None
    for unit, domain in UNITS.items():
        team = Team(sys_id=_sys_id(rng), name=f"{unit} Operations", manager=next(owners))
        teams.append(team)
        for _, label, title, zone, criticality, weight in (row for row in _SERVICES if row[0] == unit):
            owner = next(owners)
            if label in DEPARTED:
                owner = next(person for person in leavers if person.department == unit)
            elif label in OVERLOADED:
                owner = busiest = busiest or owner
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
    others = list(owners)
    spare = {unit: [person for person in others if person.department == unit] for unit in units}
    head, engineer, *_ = spare["Corporate"]
    young = [
        Service(
            label=label,
            title=title,
            unit=unit,
            domain=f"{label}.{UNITS[unit]}",
            zone=zone,
            criticality=criticality,
            weight=weight,
            owner=spare[unit][-1],
            team=next(team for team in teams if team.name.startswith(unit)),
        )
        for unit, label, title, zone, criticality, weight in _YOUNG_SERVICES
    ]
    gone = replace(engineer, left=ENGINEER_LEFT, last_login=ENGINEER_LEFT - timedelta(minutes=40))
    staff[staff.index(engineer)] = gone
    dissolved = Team(sys_id=_sys_id(rng), name=DISSOLVED, manager=spare["Research"][0], active=False)
    return Company(
        services=(*services, *young, stray),
        people=(*staff, *leavers),
        teams=(*teams, dissolved),
        managers=_managers(staff, leavers, teams, head),
        successors={"giftcards": spare["Retail"][0]},
        cast={"engineer": gone, "newcomer": spare["Retail"][1]},
    )


def _managers(staff: list[Person], leavers: list[Person], teams: list[Team], head: Person) -> dict[Person, Person]:
    """Whose manager is whom: those of a unit have its team's manager, these the head, and nobody stands above.

    Of those who left long ago one still has a manager in the directory, the manager of another has left too, and the
    entries of all others were cleared when their accounts were closed.
    """
    above = {team.name.removesuffix(" Operations"): team.manager for team in teams}
    found = {person: above[person.department] for person in staff}
    found |= dict.fromkeys(above.values(), head)
    found.pop(head)
    in_retail, _, in_research, _, _, above_in_research = leavers
    return {
        **found,
        in_retail: above["Retail"],
        in_research: above_in_research,
        above_in_research: above["Research"],
    }


def _person(rng: Random, name: str, department: str, *, has_left: bool = False) -> Person:
    days = rng.randrange(120, 400) if has_left else rng.randrange(0, 20)
    last_login = (AS_OF - timedelta(days=days, minutes=rng.randrange(1440))).replace(second=rng.randrange(60))
    left = last_login + timedelta(days=1) if has_left else None
    return Person(sys_id=_sys_id(rng), name=name, department=department, last_login=last_login, left=left)


def _sys_id(rng: Random) -> str:
    return f"{rng.getrandbits(128):032x}"
