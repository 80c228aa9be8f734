"""The enterprise with all its certificates issued: what the exports are written from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from certanalytics.demo.authorities import INTERNAL, Authority, Log, authorities, logs
from certanalytics.demo.certificates import Certificate, Request, issue, self_sign
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Company, Endpoint, Zone, company
from certanalytics.demo.deployments import Deployment, Network, deployments
from certanalytics.demo.faults import plant
from certanalytics.demo.keys import PublicKey, certified_key, signing_key
from certanalytics.demo.lifecycle import Issue, schedule

_CLIENT_AUTH_ENDS = datetime.fromisoformat("2026-05-01T00:00:00")
"""Public CAs stopped putting clientAuth into server certificates before the browsers' deadline."""
_VENDORS = ("Argent Networks", "Bluefen Systems", "Tarnholm Power")


@dataclass(frozen=True, slots=True, eq=False)
class Issued:
    """A certificate and its place in the life of a deployment."""

    issue: Issue
    certificate: Certificate


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything there is to know, of which each export tells a part."""

    company: Company
    authorities: dict[str, Authority]
    logs: tuple[Log, Log]
    deployments: list[Deployment]
    issued: list[Issued]

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
    cas = authorities(stream("authorities"))
    ct_logs = logs(stream("logs"))
    life, keys, serials = stream("lifecycle"), stream("keys"), stream("serials")
    shared: dict[str, PublicKey] = {}
    issued = []
    for deployment in planned:
        for each in schedule(life, deployment):
            key = _key(keys, each, shared)
            request = _request(each, key)
            if each.authority:
                sent_to = ct_logs if deployment.trace.is_logged else ()
                certificate = issue(serials, request, cas[each.authority], sent_to)
            else:
                certificate = self_sign(serials, request)
            issued.append(Issued(each, certificate))
    return World(people, cas, ct_logs, planned, issued)


def _key(rng: Random, each: Issue, shared: dict[str, PublicKey]) -> PublicKey:
    make = certified_key if each.authority else signing_key
    name = each.deployment.shared_key
    if name is None or not each.is_served(AS_OF):
        return make(rng, each.key)
    if name not in shared:
        shared[name] = make(rng, each.key)
    return shared[name]


def _request(each: Issue, key: PublicKey) -> Request:
    deployment = each.deployment
    return Request(
        subject=_subject(each),
        names=deployment.names,
        key=key,
        not_before=each.not_before,
        not_after=each.not_after,
        level=each.level,
        client_auth=each.authority is not None and (each.level is None or each.not_before < _CLIENT_AUTH_ENDS),
    )


def _subject(each: Issue) -> x509.Name:
    deployment = each.deployment
    unit = deployment.service.unit
    common_name = (NameOID.COMMON_NAME, deployment.names[0])
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
