"""What endpoints take in handshakes, as far as a scan asked for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from certanalytics.demo.handshakes import VERSIONS, Version
from certanalytics.demo.looks import PCI_SCOPE, TESTSSL_CSV, TESTSSL_GROUPS, TESTSSL_JSON, by_testssl
from certanalytics.demo.truth.outcome import Outcome
from certanalytics.demo.world import World

_ENDED: frozenset[Version] = frozenset({"SSLv2", "SSLv3", "TLSv1.0", "TLSv1.1"})
_TO_BE_ASKED = _ENDED - {"SSLv2"}
"""What has to be asked for before an endpoint counts as free of ended versions."""
_NOT_LISTED = ("_3DES_",)
"""Of the suites the demo's servers take, those section 3.3.1 of NIST SP 800-52 Rev. 2 does not have."""
_WITHOUT_FORWARD_SECRECY = "TLS_RSA_"


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCount:
    """Endpoints that offer a version, that do not, and that nobody asked."""

    offered: int
    not_offered: int
    not_asked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsTruth:
    """What endpoints with a certificate in service offer; they are given as host (or address) and port.

    Attributes:
        versions: By version, oldest first.
        obsolete: Those that offer a version an RFC has ended (RFC 6176, 7568, 8996).
        obsolete_told: Of how many it can be told: they offer one, or were asked for SSL 3.0, TLS 1.0 and TLS 1.1.
        without_tls13: Asked for TLS 1.3, and without it.
        suites_to_end: Those with a suite outside section 3.3.1 of NIST SP 800-52 Rev. 2.
        suites_told: Of how many that can be told.
        transition_alone: How many of those have none of them but RSA key transport (its appendix D).
        conforming: How many have TLS 1.3, no TLS 1.0 or SSL, and only suites that are listed; SSL 2.0 has to be asked.
        conformity_told: Of how many that can be told.
        decryptable: By how much of the traffic a copied key lays open: ``all``, ``some``, ``none`` or ``unknown``.
        hybrid: Seen to offer a hybrid group.
    """

    versions: dict[str, VersionCount]
    obsolete: tuple[str, ...]
    obsolete_told: int
    without_tls13: tuple[str, ...]
    suites_to_end: tuple[str, ...]
    suites_told: int
    transition_alone: int
    conforming: int
    conformity_told: int
    decryptable: dict[str, int]
    hybrid: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the looks that count tell of one endpoint."""

    place: str
    asked: frozenset[Version]
    versions: frozenset[Version]
    suites: frozenset[str]
    suites_told: bool
    is_hybrid: bool

    @property
    def obsolete(self) -> bool | None:
        return True if self.versions & _ENDED else False if self.asked >= _TO_BE_ASKED else None

    @property
    def not_listed(self) -> frozenset[str]:
        return frozenset(suite for suite in self.suites if any(part in suite for part in _NOT_LISTED))

    @property
    def transition(self) -> frozenset[str]:
        transported = frozenset(suite for suite in self.suites if suite.startswith(_WITHOUT_FORWARD_SECRECY))
        return transported - self.not_listed

    @property
    def conforms(self) -> bool | None:
        lacks = "TLSv1.3" in self.asked and "TLSv1.3" not in self.versions
        if lacks or self.versions & {"SSLv2", "SSLv3", "TLSv1.0"} or self.not_listed or self.transition:
            return False
        return True if self.suites_told and {"SSLv2", "SSLv3", "TLSv1.0", "TLSv1.3"} <= self.asked else None

    @property
    def decryptable(self) -> str:
        open_ = frozenset(suite for suite in self.suites if suite.startswith(_WITHOUT_FORWARD_SECRECY))
        if open_ and open_ != self.suites:
            return "some"
        return "unknown" if not self.suites_told else "all" if open_ else "none"


def tls_truth(seen: Outcome) -> TlsTruth:
    """Work out what endpoints offer, by the look that counts for each."""
    found = _seen(seen)
    told = [each for each in found if each.suites_told or each.not_listed or each.transition]
    return TlsTruth(
        versions={version: _count(version, found) for version in VERSIONS},
        obsolete=_places(each for each in found if each.obsolete),
        obsolete_told=sum(each.obsolete is not None for each in found),
        without_tls13=_places(each for each in found if "TLSv1.3" in each.asked - each.versions),
        suites_to_end=_places(each for each in told if each.not_listed or each.transition),
        suites_told=len(told),
        transition_alone=sum(bool(each.transition) and not each.not_listed for each in told),
        conforming=sum(each.conforms is True for each in found),
        conformity_told=sum(each.conforms is not None for each in found),
        decryptable=dict(sorted(Counter(each.decryptable for each in found).items())),
        hybrid=_places(each for each in found if each.is_hybrid),
    )


def _seen(seen: Outcome) -> list[_Seen]:
    whole = frozenset(VERSIONS)
    by_version_3_0 = _hosts(seen.world, TESTSSL_JSON) | _hosts(seen.world, TESTSSL_CSV)
    by_version_3_2 = _hosts(seen.world, TESTSSL_GROUPS)
    found = []
    for each in seen.live:
        handshake = each.issue.deployment.handshake
        for endpoint in seen.served[each]:
            asked, tells_suites, names_suites = whole, True, True
            if endpoint.host in by_version_3_0:  # more than a day after sslyze, which then no longer counts
                tells_suites = names_suites = False
            elif endpoint.zone == "internal":  # nmap does not know SSL 2.0
                asked = whole - {"SSLv2"}
            elif endpoint.host not in by_version_3_2 and each.issue.deployment.service.label not in PCI_SCOPE:
                asked, tells_suites = frozenset[Version]({"TLSv1.2", "TLSv1.3"}), False
            offered = handshake.offered(is_rsa=each.certificate.request.key.is_rsa)
            suites = {suite for version in asked & set(offered) for suite in offered[version]}
            found.append(
                _Seen(
                    place=endpoint.place,
                    asked=asked,
                    versions=asked & frozenset(offered),
                    suites=frozenset(suites if names_suites else ()),
                    suites_told=tells_suites,
                    is_hybrid=endpoint.host in by_version_3_2 and "X25519MLKEM768" in handshake.groups,
                )
            )
    return found


def _hosts(world: World, service: str) -> frozenset[str]:
    return frozenset(endpoint.host for endpoint, _ in by_testssl(world, service))


def _count(version: Version, found: list[_Seen]) -> VersionCount:
    offered = sum(version in each.versions for each in found)
    asked = sum(version in each.asked for each in found)
    return VersionCount(offered=offered, not_offered=asked - offered, not_asked=len(found) - asked)


def _places(found: Iterable[_Seen]) -> tuple[str, ...]:
    return tuple(sorted(each.place for each in found))
