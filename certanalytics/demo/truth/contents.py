"""What is true of the contents of certificates in service: validity, purposes, pointers and names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.x509.oid import ExtendedKeyUsageOID

from certanalytics.demo.company import Service
from certanalytics.demo.naming import registered
from certanalytics.demo.truth.outcome import Outcome, fingerprints
from certanalytics.demo.world import Issued, World

_LIMITS = (
    (datetime.fromisoformat("2026-03-15T00:00:00"), 200),
    (datetime.fromisoformat("2020-09-01T00:00:00"), 398),
)
"""Days a public certificate may live by its day of issue (CA/B Forum Baseline Requirements section 6.3.2)."""
_SHORT_LIVED = timedelta(days=7)
"""What lives no longer needs no pointer to revocation (the same, section 1.6.1, since 2026-03-15)."""
_NO_CLIENTS = datetime.fromisoformat("2027-03-15T00:00:00")
"""From this day on no public CA issues clientAuth (Chrome Root Program Policy 1.8)."""

_SERVER, _CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentsTruth:
    """Certificates by SHA-256; all but the last are in service.

    Attributes:
        over_limit: Public and valid for more days than was allowed at issue: how many more.
        against_purpose: Public, with a purpose beside server and client authentication.
        client_auth: Public, and also for clients.
        client_auth_next: Those of them that end when no public CA issues such any more.
        without_revocation: Public, not short-lived, and naming neither a CRL nor an OCSP responder.
        without_issuer: Public, without the URL of the issuer's certificate.
        across_owners: With names of different owners: whoever is named for that server, else the owner of the service.
        across_units: With names of services of different business units.
        wildcards_across_owners: With a wildcard name, served by servers of different owners.
        common_name_apart: With a common name that is none of the alternative names.
        without_alternative_names: With a common name alone.
        client_only: For clients alone, found in files; no server certificates, and in no other figure.
    """

    over_limit: dict[str, int]
    against_purpose: tuple[str, ...]
    client_auth: tuple[str, ...]
    client_auth_next: tuple[str, ...]
    without_revocation: tuple[str, ...]
    without_issuer: tuple[str, ...]
    across_owners: tuple[str, ...]
    across_units: tuple[str, ...]
    wildcards_across_owners: tuple[str, ...]
    common_name_apart: tuple[str, ...]
    without_alternative_names: tuple[str, ...]
    client_only: tuple[str, ...]


def contents_truth(seen: Outcome) -> ContentsTruth:
    """Work it out from what was seen of the world."""
    public = [each for each in seen.live if each.certificate.is_public]
    clients = [each for each in public if _CLIENT in each.certificate.request.purposes]
    wild = [each for each in seen.live if any(name.startswith("*.") for name in each.certificate.request.names)]
    services = seen.world.company.services

    stated = _owners_of_servers(seen.world)

    def owners(names: Iterable[str]) -> set[str]:
        found = {stated[name] for name in names if name in stated}
        others = _services(services, (name for name in names if name not in stated))
        return found | {each.owner.name for each in others if each.owner}

    def units(names: Iterable[str]) -> set[str]:
        return {each.unit for each in _services(services, names) if each.unit}

    return ContentsTruth(
        over_limit={each.certificate.sha256: days for each in public if (days := _days_over(each)) > 0},
        against_purpose=fingerprints(
            each for each in public if not {_SERVER, _CLIENT}.issuperset(each.certificate.request.purposes)
        ),
        client_auth=fingerprints(clients),
        client_auth_next=fingerprints(each for each in clients if each.issue.not_after >= _NO_CLIENTS),
        without_revocation=fingerprints(each for each in public if _lacks(each, "revocation") and not _is_short(each)),
        without_issuer=fingerprints(each for each in public if _lacks(each, "issuer")),
        across_owners=fingerprints(each for each in seen.live if len(owners(each.certificate.request.names)) > 1),
        across_units=fingerprints(each for each in seen.live if len(units(each.certificate.request.names)) > 1),
        wildcards_across_owners=fingerprints(
            each for each in wild if len(owners(endpoint.host for endpoint in seen.served[each])) > 1
        ),
        common_name_apart=fingerprints(
            each for each in seen.live if each.certificate.common_name not in each.certificate.request.names
        ),
        without_alternative_names=fingerprints(each for each in seen.live if _lacks(each, "alternative names")),
        client_only=fingerprints(
            each for each in seen.world.issued if _SERVER not in each.certificate.request.purposes
        ),
    )


def _days_over(each: Issued) -> int:
    life = each.issue.not_after - each.issue.not_before + timedelta(seconds=1)
    days = -(-life // timedelta(days=1))
    return days - next(limit for start, limit in _LIMITS if each.issue.not_before >= start)


def _is_short(each: Issued) -> bool:
    return each.issue.not_after - each.issue.not_before < _SHORT_LIVED


def _lacks(each: Issued, what: str) -> bool:
    return what in each.certificate.request.lacks


def _owners_of_servers(world: World) -> dict[str, str]:
    """Whom the database or a row of the list names for a server itself; of several the first by name."""
    people = {person.email: person.name for person in world.company.people}
    found: dict[str, str] = {}
    for deployment in world.deployments:
        listed = deployment.naming.listed if deployment.naming else None
        owner, team = registered(deployment)
        for host in (endpoint.host for endpoint in deployment.endpoints):
            in_database = (owner or team) if host in world.in_database else None
            named = [in_database.name] if in_database else []
            if listed and listed.owner_email:
                named.append(people.get(listed.owner_email, listed.owner_email))
            if named:
                found[host] = min(named)
    return found


def _services(services: tuple[Service, ...], names: Iterable[str]) -> set[Service]:
    """The services whose servers have these names."""
    return {each for name in names for each in services if name.endswith(f".{each.domain}")}
