"""Who is named twice, wrongly, no longer or not at all; the people behind it stand in `certanalytics.demo.company`."""

from __future__ import annotations

from certanalytics.demo.company import Company
from certanalytics.demo.deployments import Deployment, Network
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.naming import Listed, Naming, Registered

TWO_OWNERS = 6
"""Servers of the loyalty programme that changed hands: the database has the new owner, rows of the list the old one."""
AGENCY, AGENCY_SERVERS = "hosting@brightwater.example", 5
"""Campaign sites that an agency keeps: the list names its mailbox, which no directory knows. It names it for the server
alone: a second name in a certificate stays with the owner of the service, and so the certificate has two owners."""
HANDED_OVER = 1
"""Servers of gift cards for which the database was put right when the owner left; all others still name who left."""
TEAM_DISSOLVED = 6
"""Public labs whose entries in the database name a team that no longer exists, and nobody else."""
TERMINALS = 2
"""Servers for payment terminals, critical, of which the list says the service and nobody ever said the owner."""
COPIED_ROW = 1
"""A depot server whose row of the list was copied from parcel tracking and lost its owner, but not the service."""
ENGINEERED = 9
"""Bought certificates whose technical contact is an engineer who left; some of their keys are from before."""
SELF_APPROVED = 1
"""Orders, with all that came before them, approved by whoever ordered; all others went to the unit's manager."""


def plant(pool: Pool, company: Company, network: Network) -> None:
    """Have sources name others than the owner of the service."""
    newcomer, successor = company.cast["newcomer"], company.successors["giftcards"]
    for each in pool.take("acme", TWO_OWNERS, of=("loyalty",)):
        each.naming = Naming(registered=Registered(newcomer, each.service.team), listed=_listed(each), answers=newcomer)
    for each in pool.take("acme", AGENCY_SERVERS, of=("campaigns",)):
        each.naming = Naming(is_unregistered=True, listed=_listed(each, AGENCY))
    for each in pool.take("acme", HANDED_OVER, of=("giftcards",)):
        each.naming = Naming(registered=Registered(successor, None))
    dissolved = next(team for team in company.teams if not team.active)
    for each in pool.take("acme", TEAM_DISSOLVED, of=("labs",)):
        each.naming = Naming(registered=Registered(None, dissolved), answers=each.service.owner)
    for each in pool.take("acme", TERMINALS, of=("gateway",)):
        host = network.name("terminal", each.service.domain.partition(".")[2])
        each.endpoints, each.names, each.predecessor = (each.endpoints[0].renamed(host),), (host,), None
        each.naming = Naming(is_unregistered=True, listed=_listed(each, ""), answers=each.service.owner)
    for each in pool.take("acme", COPIED_ROW, of=("depot",)):
        tracking = company.service("tracking")
        each.naming = Naming(listed=Listed("", tracking.title, ""), answers=company.service("carriers").owner)
    answered = tuple(service.label for service in company.services if service.team)
    for each in pool.take("portal-ov", ENGINEERED, of=answered):
        each.naming = Naming(contact=company.cast["engineer"])
    for each in pool.take("portal-ev", SELF_APPROVED, of=answered):
        each.naming = Naming(approves_own=True)


def _listed(deployment: Deployment, owner_email: str | None = None) -> Listed:
    """A row as the pattern of the service has it, for one server, and perhaps with another owner."""
    service = deployment.service
    if owner_email is None:
        owner_email = service.owner.email if service.owner else ""
    return Listed(owner_email, service.title, service.criticality or "")
