"""What endpoints send above their certificate, for which name, and how long the CA certificates above last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import NameOID

from certanalytics.demo.chains import CROSS_SIGNED, RENEWED_CA, sent_above
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.company import Endpoint
from certanalytics.demo.looks import TESTSSL_CSV, TESTSSL_JSON, by_testssl
from certanalytics.demo.truth.outcome import Outcome, fingerprints
from certanalytics.demo.world import Issued


@dataclass(frozen=True, slots=True, kw_only=True)
class CaEnd:
    """One CA certificate above certificates in service: its end, those with a path through it, those that end later."""

    ca: str
    issued_by: str
    not_after: datetime
    leaves: int
    outliving: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainTruth:
    """Endpoints (host or address, and port) by what is wrong, and CA certificates, soonest end first.

    Attributes:
        told: How many endpoints show their chain; one that has a self-signed certificate has none.
        incomplete: Nothing sent above a certificate of an issuing CA.
        out_of_order: A certificate followed by one that did not sign it.
        sends_ended: A CA certificate sent whose end has passed.
        sends_root: A root sent.
        wrong_name: A certificate that does not have the name it was asked for by (RFC 9525).
        right_name: How many have it.
        cas: The CA certificates.
        outliving: Certificates that end after every path above them.
        sha1_above: Certificates with a CA certificate above them, no root, that is signed with SHA-1.
    """

    told: int
    incomplete: tuple[str, ...]
    out_of_order: tuple[str, ...]
    sends_ended: tuple[str, ...]
    sends_root: tuple[str, ...]
    wrong_name: tuple[str, ...]
    right_name: int
    cas: tuple[CaEnd, ...]
    outliving: tuple[str, ...]
    sha1_above: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """What one endpoint sent where a scan shows it, leaf first."""

    place: str
    certificates: tuple[x509.Certificate, ...]

    @property
    def above(self) -> tuple[x509.Certificate, ...]:
        return self.certificates[1:]

    @property
    def is_in_order(self) -> bool:
        pairs = zip(self.certificates, self.above, strict=False)
        return all(_key_of_issuer(below) == _key(above) for below, above in pairs)


def chains_truth(seen: Outcome) -> ChainTruth:
    """Work out the chains of what is in service, as the scans that count show them."""
    shown = list(_shown(seen))
    asked = [(endpoint, each) for each in seen.live for endpoint in seen.served[each] if not endpoint.is_appliance]
    wrong = [endpoint.place for endpoint, each in asked if not _fits(endpoint, each)]
    places = {chain.place for chain in shown}
    return ChainTruth(
        told=len(shown),
        incomplete=_places(chain for chain in shown if not chain.above),
        out_of_order=_places(chain for chain in shown if not chain.is_in_order),
        sends_ended=_places(chain for chain in shown if any(_end(each) < AS_OF for each in chain.above)),
        sends_root=_places(chain for chain in shown if any(each.subject == each.issuer for each in chain.above)),
        wrong_name=tuple(sorted(wrong)),
        right_name=len(asked) - len(wrong),
        cas=_ends(seen),
        outliving=fingerprints(
            each
            for each in seen.live
            if (authority := each.certificate.authority)
            and each.issue.not_after > min(map(_end, map(x509.load_der_x509_certificate, authority.chain)))
        ),
        sha1_above=fingerprints(
            each
            for each in seen.live
            if any(endpoint.place in places for endpoint in seen.served[each])
            and seen.world.relics.cross_sign in sent_above(each, seen.world)
        ),
    )


def _shown(seen: Outcome) -> Iterable[_Chain]:
    """Only sslyze shows chains, and where testssl.sh 3.0 looked more than a day later its look no longer counts."""
    hidden = {
        endpoint.host for service in (TESTSSL_JSON, TESTSSL_CSV) for endpoint, _ in by_testssl(seen.world, service)
    }
    for each in seen.live:
        sent = (each.certificate.der, *sent_above(each, seen.world))
        for endpoint in seen.served[each]:
            if endpoint.zone == "public" and endpoint.host not in hidden:
                yield _Chain(place=endpoint.place, certificates=tuple(map(x509.load_der_x509_certificate, sent)))


def _ends(seen: Outcome) -> tuple[CaEnd, ...]:
    """Every CA certificate that stands above one in service on some path, those servers need not send among them."""
    world = seen.world
    relics = {RENEWED_CA: world.relics.ended, CROSS_SIGNED: world.relics.cross_sign}
    found = []
    for label, authority in world.authorities.items():
        below = [
            each
            for each in seen.live
            if (issuer := each.certificate.authority) and authority in (issuer, issuer.issuer)
        ]
        for der in (authority.certificate, *([relics[label]] if label in relics else [])):
            certificate = x509.load_der_x509_certificate(der)
            end = _end(certificate)
            found.append(
                CaEnd(
                    ca=_common_name(certificate.subject),
                    issued_by=_common_name(certificate.issuer),
                    not_after=end,
                    leaves=len(below),
                    outliving=sum(each.issue.not_after > end for each in below),
                )
            )
    return tuple(
        sorted((each for each in found if each.leaves), key=lambda each: (each.not_after, -each.leaves, each.ca))
    )


def _fits(endpoint: Endpoint, each: Issued) -> bool:
    if "alternative names" in each.issue.deployment.profile.lacks:
        return False
    wildcard = f"*.{endpoint.host.partition('.')[2]}"
    return not {endpoint.host, wildcard}.isdisjoint(each.certificate.request.names)


def _places(found: Iterable[_Chain]) -> tuple[str, ...]:
    return tuple(sorted(chain.place for chain in found))


def _end(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc.replace(tzinfo=None)


def _common_name(name: x509.Name) -> str:
    return str(name.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def _key(certificate: x509.Certificate) -> bytes:
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def _key_of_issuer(certificate: x509.Certificate) -> bytes | None:
    return certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
