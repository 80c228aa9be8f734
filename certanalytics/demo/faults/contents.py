"""What should not stand in a certificate, or does not: validity, purposes, pointers, names, and signatures."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from cryptography.x509.oid import ExtendedKeyUsageOID

from certanalytics.demo.certificates import Profile
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Company
from certanalytics.demo.deployments import Deployment, Network
from certanalytics.demo.faults.pool import Pool
from certanalytics.demo.lifecycle import LIFE_BEFORE, SECOND, SHORTER_LIVES

OVER_LIMIT = {"ostrava": 2}
"""Certificates a CA issued for 397 days in the first days of the limit of 200: it changed its profile too late."""

CODE_SIGNING = {"halden": 1}
"""A server certificate from the profile for code signing, which a public CA must not issue."""
STILL_FOR_CLIENTS = {"portal-ov": 2}
"""Gateways that call their partners with their own certificate: ordered this autumn with clientAuth once more, months
after the CA ceased to add it, and ending when no public CA may any more."""

WITHOUT_REVOCATION = {"corvine": 2}
"""Certificates of a CA whose new profile forgot the CRL, and which has no OCSP responder."""
WITHOUT_ISSUER = {"ostrava": 1}
"""A certificate that does not say where that of its issuer is found."""

TITLE_AS_COMMON_NAME = {"internal-one-year": 2}
"""The internal CA signs what it is sent: here the title of a service as common name, the server's beside it."""
WITHOUT_ALTERNATIVE_NAMES = {"internal-legacy": 3}
"""Requests from a template older than subject alternative names: no client of today takes such a certificate."""

PARTNER_PAGES = ("merchants", "tracking")
"""Services with a server each that serve a certificate somebody in Retail ordered for all of them."""
_RETAIL = ("checkout", "storefront", "mobile-api", "catalog", "loyalty", "campaigns")
AGENCY_SITES = ("careers", "www", "labs")
"""Services with a server each at one agency, which got itself one certificate with a wildcard for each service."""

STILL_SHA1 = {"internal-one-year": 2}
"""Servers for handheld terminals that take nothing but SHA-1, for which the internal CA keeps a profile of its own."""

CLIENT_ONLY = 5
"""Certificates of batch jobs that are clients only: found as files, served by nothing, out of scope."""

_SERVER, _CLIENT, _CODE = (
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
)


def plant(rng: Random, pool: Pool, deployments: list[Deployment], company: Company, network: Network) -> None:
    """Plant faults of CAs, faults of requests, and certificates that owners share; client certificates are added."""
    for each in pool.take_all(OVER_LIMIT):
        begun = SHORTER_LIVES + timedelta(days=rng.randrange(1, 4), minutes=rng.randrange(1440))
        each.lifetime, each.ends = LIFE_BEFORE, begun + timedelta(days=LIFE_BEFORE) - SECOND
    for each in pool.take_all(STILL_FOR_CLIENTS):
        each.profile = Profile(purposes=(_SERVER, _CLIENT))
        each.ends = AS_OF + timedelta(days=rng.randrange(130, 170), minutes=rng.randrange(1440))
    for profile, fleets in (
        (Profile(purposes=(_SERVER, _CODE)), CODE_SIGNING),
        (Profile(lacks=frozenset({"revocation"})), WITHOUT_REVOCATION),
        (Profile(lacks=frozenset({"issuer"})), WITHOUT_ISSUER),
        (Profile(lacks=frozenset({"alternative names"})), WITHOUT_ALTERNATIVE_NAMES),
        (Profile(digest="sha1"), STILL_SHA1),
    ):
        for each in pool.take_all(fleets):
            each.profile = profile
            if "alternative names" in profile.lacks:
                each.names = each.names[:1]
    for each in pool.take_all(TITLE_AS_COMMON_NAME):
        each.profile = Profile(common_name=each.service.title)

    (ordered,) = pool.take("ostrava", 1, of=_RETAIL)
    ordered.guests = tuple(_guest(rng, ordered, label, company, network) for label in PARTNER_PAGES)
    ordered.names += tuple(each.names[0] for each in ordered.guests)
    (wildcard,) = pool.take("acme-wildcard", 1)
    own, *others = (_guest(rng, wildcard, label, company, network) for label in AGENCY_SITES)
    wildcard.service, wildcard.endpoints, wildcard.guests = own.service, own.endpoints, tuple(others)
    wildcard.names = tuple(f"*.{each.service.domain}" for each in (own, *others))
    deployments.extend([*ordered.guests, *wildcard.guests])

    deployments.extend(_client(each, network) for each in pool.take("internal-one-year", CLIENT_ONLY))


def _guest(rng: Random, host: Deployment, label: str, company: Company, network: Network) -> Deployment:
    """A server of another service that serves a deployment's certificate."""
    service = company.service(label)
    endpoint = network.endpoint(rng, service.domain, service.zone)
    return Deployment(
        fleet=host.fleet,
        service=service,
        names=(endpoint.host,),
        endpoints=(endpoint,),
        authority=host.authority,
        key=host.key,
        since=host.since,
    )


def _client(like: Deployment, network: Network) -> Deployment:
    """A certificate with which a batch job of a service calls others."""
    return Deployment(
        fleet=like.fleet,
        service=like.service,
        names=(network.name("batch", like.service.domain),),
        endpoints=(),
        authority=like.authority,
        key=like.key,
        since=like.since,
        profile=Profile(purposes=(_CLIENT,)),
    )
