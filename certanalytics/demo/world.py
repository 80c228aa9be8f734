"""The enterprise with all its certificates issued: what the exports are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certanalytics.demo.authorities import INTERNAL, Authority, Log, authorities, logs
from certanalytics.demo.certificates import Certificate, Request, issue, self_sign
from certanalytics.demo.chains import Relics, relics
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Company, Endpoint, Zone, company
from certanalytics.demo.deployments import Deployment, Network, deployments
from certanalytics.demo.faults import plant
from certanalytics.demo.faults.chains import CA_ENDS
from certanalytics.demo.keys import SOUND, PublicKey, certified_key, signing_key
from certanalytics.demo.lifecycle import Issue, schedule
from certanalytics.demo.moduli import Moduli
from certanalytics.demo.naming import in_database

_CLIENT_AUTH_ENDS = datetime.fromisoformat("2026-05-01T00:00:00")
"""Public CAs stopped putting clientAuth into server certificates before the browsers' deadline."""
_FOR_SERVERS = (ExtendedKeyUsageOID.SERVER_AUTH,)
_FOR_BOTH = (*_FOR_SERVERS, ExtendedKeyUsageOID.CLIENT_AUTH)
_VENDORS = ("Argent Networks", "Bluefen Systems", "Tarnholm Power")


@dataclass(frozen=True, slots=True, eq=False)
class Issued:
    """A certificate and its place in the life of a deployment."""

    issue: Issue
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything there is to know, of which each export tells a part.

    Attributes:
        in_database: The hosts that the configuration database knows.
    """

    company: Company
    authorities: dict[str, Authority]
    relics: Relics
    logs: tuple[Log, Log]
    deployments: list[Deployment]
    issued: list[Issued]
    in_database: frozenset[str]

    def served(self, zone: Zone, time: datetime) -> Iterator[tuple[Endpoint, Issued]]:
        """What each endpoint of a zone serves to a scanner at a time, in the order of the deployments."""
        for each in self.issued:
            closed = each.issue.deployment.trace.out_of_reach
            if closed is None or time < closed:
                yield from ((endpoint, each) for endpoint in each.issue.places(time) if endpoint.zone == zone)

    def gone(self, zone: Zone, time: datetime) -> Iterator[Endpoint]:
        """The endpoints switched off in the month before a time, which a scan still tries."""
        for deployment in self.deployments:
            if deployment.retired and deployment.retired <= time < deployment.retired + timedelta(days=30):
                yield from (endpoint for endpoint in deployment.endpoints if endpoint.zone == zone)

    def refusing(self, zone: Zone, time: datetime) -> list[Endpoint]:
        """Those of them that refuse a connection; the names of the others outside no longer resolve."""
        gone = list(self.gone(zone, time))
        return gone[::2] if zone == "public" else gone


def world(seed: int) -> World:
    """The enterprise of one seed; parts draw from streams of their own, so that they can change apart."""

    def stream(part: str) -> Random:
        return Random(f"{seed}/{part}")

    people = company(stream("company"))
    network = Network()
    planned = deployments(stream("deployments"), people, network)
    plant(stream, planned, people, network)
    cas = authorities(stream("authorities"), CA_ENDS)
    ct_logs = logs(stream("logs"))
    life, keys, serials = stream("lifecycle"), stream("keys"), stream("serials")
    moduli, kept = Moduli(stream("moduli")), dict[str | Deployment, PublicKey]()
    issued = []
    guests = {guest for each in planned for guest in each.guests}
    for deployment in (each for each in planned if each not in guests):
        for each in schedule(life, deployment):
            key = _key(keys, moduli, each, kept)
            request = _request(each, key)
            if each.authority:
                sent_to = ct_logs if deployment.trace.is_logged else ()
                certificate = issue(serials, request, cas[each.authority], sent_to)
            else:
                certificate = self_sign(serials, request)
            issued.append(Issued(each, certificate))
    sent, registered = relics(stream("relics"), cas), in_database(stream("database"), planned)
    return World(people, cas, sent, ct_logs, planned, issued, registered)


def _key(rng: Random, moduli: Moduli, each: Issue, kept: dict[str | Deployment, PublicKey]) -> PublicKey:
    deployment, handling = each.deployment, each.deployment.handling
    in_service = each.is_served(AS_OF)
    holder: str | Deployment | None = handling.shared if in_service else None
    if handling.kept and each.authority == deployment.authority:
        holder = deployment
    if holder in kept:
        return kept[holder]
    if each.authority:
        key = certified_key(rng, moduli, each.key, handling if in_service else SOUND)
    else:
        key = signing_key(rng, each.key)
    if holder is not None:
        kept[holder] = key
    return key


def _request(each: Issue, key: PublicKey) -> Request:
    deployment, profile = each.deployment, each.deployment.profile
    usual = _FOR_BOTH if each.level is None or each.not_before < _CLIENT_AUTH_ENDS else _FOR_SERVERS
    return Request(
        subject=_subject(each),
        names=deployment.names,
        key=key,
        not_before=each.not_before,
        not_after=each.not_after,
        level=each.level,
        purposes=profile.purposes or (usual if each.authority else _FOR_SERVERS),
        lacks=profile.lacks,
        digest=profile.digest,
    )


def _subject(each: Issue) -> x509.Name:
    deployment = each.deployment
    unit = deployment.service.unit
    common_name = (NameOID.COMMON_NAME, deployment.profile.common_name or deployment.names[0])
    parts: tuple[tuple[ObjectIdentifier, str], ...]
    if each.authority is None:
        vendor = _VENDORS[sum(deployment.names[0].encode()) % len(_VENDORS)]
        parts = ((NameOID.ORGANIZATION_NAME, vendor), common_name)
    elif each.level is None:
        parts = (
            (NameOID.COUNTRY_NAME, "IE"),
            (NameOID.ORGANIZATION_NAME, INTERNAL),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, str(unit)),
            common_name,
        )
    elif each.level == "DV":
        parts = (common_name,)
    else:
        organization = (
            (NameOID.COUNTRY_NAME, "IE"),
            (NameOID.LOCALITY_NAME, "Dublin"),
            (NameOID.ORGANIZATION_NAME, f"Meridian {unit} Ltd"),
        )
        extended = (
            (NameOID.BUSINESS_CATEGORY, "Private Organization"),
            (NameOID.JURISDICTION_COUNTRY_NAME, "IE"),
            (NameOID.SERIAL_NUMBER, "493021"),
        )
        parts = (*(extended if each.level == "EV" else ()), *organization, common_name)
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
