"""The truth table: what an analyst must find in the exports, worked out from the world itself.

The definitions are those of the analyses, at `certanalytics.demo.clock.AS_OF`:

* *in service*: served by an endpoint in the endpoint's latest scan, if that is at most 45 days old;
* *ended*: the end lies before the moment asked about;
* *successor*: same names, begins later than the certificate and at most 30 days after its end;
* *shadow*: public, valid, in the logs, never seen by a scan and in no manager's records.

A service's business unit and criticality are those of every certificate it serves, and so is its owner, unless the
closest statement names another.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from certanalytics.demo.clock import AS_OF, HORIZONS
from certanalytics.demo.truth.chains import ChainTruth, chains_truth
from certanalytics.demo.truth.contents import ContentsTruth, contents_truth
from certanalytics.demo.truth.coverage import CoverageTruth, coverage
from certanalytics.demo.truth.expiry import ExpiryTruth, expiry_truth
from certanalytics.demo.truth.inventory import InventoryTruth, inventory_truth
from certanalytics.demo.truth.issuers import IssuersTruth, issuers_truth
from certanalytics.demo.truth.keys import KeysTruth, keys_truth
from certanalytics.demo.truth.outcome import Outcome, fingerprints, outcome, successors
from certanalytics.demo.truth.ownership import OwnershipTruth, ownership_truth
from certanalytics.demo.truth.policy import PolicyTruth, policy_truth
from certanalytics.demo.truth.readiness import ReadinessTruth, readiness
from certanalytics.demo.truth.renewal import RenewalTruth, renewal
from certanalytics.demo.truth.revocation import RevocationTruth, revocation_truth
from certanalytics.demo.truth.stand_ins import Held
from certanalytics.demo.truth.statements import Statements, is_there, owner_of
from certanalytics.demo.truth.tls import TlsTruth, tls_truth
from certanalytics.demo.truth.transparency import TransparencyTruth, transparency
from certanalytics.demo.world import Issued, World

SELF_SIGNED = "self-signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """A successor that was issued and not installed, or not everywhere: ``endpoints`` still serve ``old``."""

    old: str
    new: str
    endpoints: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """What ends within ``days``: of every certificate known, and of those in service alone.

    The difference is what has been replaced, retired, or was never installed where scans look.
    """

    days: int
    known: int
    in_service: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What is true at `as_of`; certificates are given by SHA-256, endpoints as host (or address) and port.

    Attributes:
        as_of: The moment, UTC.
        certificates: Distinct end-entity certificates in all exports; precertificates not counted.
        precertificates: Distinct precertificates in the logs.
        in_service: Certificates in service.
        endpoints: What each endpoint serves. Appliances are known to scans by address alone.
        expired_in_service: Ended and in service, with the endpoints.
        expiring: Counts by days ahead; the ended ones are not in them.
        rsa_below_2048: In service with a short RSA key.
        sha1_signature: In service and signed with SHA-1.
        outlives_2030: In service, with an RSA or elliptic-curve key, and an end after 2030.
        outlives_2035: The same after 2035.
        ca_owners: Certificates in service by CA owner; self-signed ones under ``self-signed``.
        top_ca_owner: The largest of them.
        critical: In service for a critical service.
        critical_ca_owners: Those by CA owner.
        owner_inactive: In service, and whoever the closest statement names has left, or is a team that was dissolved.
        no_owner: In service, and nobody is named.
        business_units: Business unit of each certificate in service; ``None`` if nobody knows.
        shadow: Valid public certificates in the logs only.
        renewed_not_deployed: Successors that were issued and not installed everywhere.
        reused_keys: Certificates in service that share a key, by SHA-256 of the SubjectPublicKeyInfo.
        wildcard_endpoints: Endpoints of each wildcard certificate in service.
        keys: How keys were made, are shared, and kept.
        contents: What should not stand in certificates, or does not.
        tls: What endpoints take in handshakes.
        chains: What endpoints send above their certificates, and how long CAs last.
        revocation: What is revoked and still served.
        ownership: Who answers for what, and on whom it rests.
        policy: What a check of the group's own policy finds.
        transparency: What logs and DNS zones show.
        coverage: What was looked at, and what was not.
        renewal: How certificates follow one another.
        issuers: What certificates rest on together, and where a second CA could stand in.
        expiry: On which days what is in service ends.
        inventory: Which attributes of the guide are known, and in which states certificates are.
        readiness: How ready public certificates are for lives of 47 days.
    """

    as_of: datetime
    certificates: int
    precertificates: int
    in_service: tuple[str, ...]
    endpoints: dict[str, str]
    expired_in_service: dict[str, tuple[str, ...]]
    expiring: tuple[Expiring, ...]
    rsa_below_2048: tuple[str, ...]
    sha1_signature: tuple[str, ...]
    outlives_2030: tuple[str, ...]
    outlives_2035: tuple[str, ...]
    ca_owners: dict[str, int]
    top_ca_owner: str
    critical: tuple[str, ...]
    critical_ca_owners: dict[str, int]
    owner_inactive: tuple[str, ...]
    no_owner: tuple[str, ...]
    business_units: dict[str, str | None]
    shadow: tuple[str, ...]
    renewed_not_deployed: tuple[Renewal, ...]
    reused_keys: dict[str, tuple[str, ...]]
    wildcard_endpoints: dict[str, int]
    keys: KeysTruth
    contents: ContentsTruth
    tls: TlsTruth
    chains: ChainTruth
    revocation: RevocationTruth
    ownership: OwnershipTruth
    policy: PolicyTruth
    transparency: TransparencyTruth
    coverage: CoverageTruth
    renewal: RenewalTruth
    issuers: IssuersTruth
    expiry: ExpiryTruth
    inventory: InventoryTruth
    readiness: ReadinessTruth

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1, default=datetime.isoformat) + "\n", encoding="utf-8")


def truth(world: World) -> Truth:
    """Work out the truth of a world."""
    seen = outcome(world)
    live, known, places = seen.live, seen.known, seen.places
    critical = [each for each in live if each.issue.deployment.service.criticality == "critical"]
    owners = _ca_owners(live)
    said, shown, revocation = Statements(seen), transparency(seen), revocation_truth(seen)
    held = Held(seen, said)
    named = {each: owner_of(said.of(each)) for each in live}
    wildcards = [each for each in live if any(name.startswith("*.") for name in each.certificate.request.names)]
    return Truth(
        as_of=AS_OF,
        certificates=len(known),
        precertificates=sum(each.certificate.precertificate is not None for each in world.issued),
        in_service=fingerprints(live),
        endpoints={place: seen.recent[place].certificate.sha256 for place in sorted(seen.recent)},
        expired_in_service={each.certificate.sha256: places[each] for each in live if each.issue.not_after < AS_OF},
        expiring=tuple(
            Expiring(days=days, known=_ending(known, days), in_service=_ending(live, days)) for days in HORIZONS
        ),
        rsa_below_2048=fingerprints(each for each in live if each.certificate.request.key.kind == "RSA-1024"),
        sha1_signature=fingerprints(each for each in live if each.certificate.signer.digest == "sha1"),
        outlives_2030=fingerprints(each for each in live if each.issue.not_after.year > 2030),
        outlives_2035=fingerprints(each for each in live if each.issue.not_after.year > 2035),
        ca_owners=owners,
        top_ca_owner=next(iter(owners)),
        critical=fingerprints(critical),
        critical_ca_owners=_ca_owners(critical),
        owner_inactive=fingerprints(each for each, owner in named.items() if owner and is_there(owner) is False),
        no_owner=fingerprints(each for each, owner in named.items() if owner is None),
        business_units={each.certificate.sha256: each.issue.deployment.service.unit for each in live},
        shadow=fingerprints(each for each in world.issued if _is_shadow(each, seen)),
        renewed_not_deployed=_renewed_not_deployed(seen),
        reused_keys=_reused_keys(live),
        wildcard_endpoints={each.certificate.sha256: len(places[each]) for each in wildcards},
        keys=keys_truth(seen),
        contents=contents_truth(seen),
        tls=tls_truth(seen),
        chains=chains_truth(seen),
        revocation=revocation,
        ownership=ownership_truth(seen, said),
        policy=policy_truth(seen, said, shown),
        transparency=shown,
        coverage=coverage(seen),
        renewal=renewal(seen),
        issuers=issuers_truth(seen, held),
        expiry=expiry_truth(seen),
        inventory=inventory_truth(seen, said, revocation),
        readiness=readiness(seen, said, held.second(held.recorded, is_whole=False)),
    )


def _ending(issued: Iterable[Issued], days: int) -> int:
    return sum(AS_OF <= each.issue.not_after < AS_OF + timedelta(days=days) for each in issued)


def _ca_owners(issued: Iterable[Issued]) -> dict[str, int]:
    counts = Counter(each.certificate.ca_owner if each.certificate.authority else SELF_SIGNED for each in issued)
    return dict(counts.most_common())


def _is_shadow(each: Issued, seen: Outcome) -> bool:
    is_valid = each.issue.not_before <= AS_OF <= each.issue.not_after
    is_logged = each.certificate.precertificate is not None
    return is_logged and is_valid and each not in seen.observed | seen.recorded


def _renewed_not_deployed(seen: Outcome) -> tuple[Renewal, ...]:
    followed, places = successors(seen.world.issued), seen.places
    found = [
        Renewal(old=old.certificate.sha256, new=followed[old].certificate.sha256, endpoints=places[old])
        for old in places
        if old in followed
    ]
    return tuple(sorted(found, key=lambda renewal: renewal.old))


def _reused_keys(live: Iterable[Issued]) -> dict[str, tuple[str, ...]]:
    by_key: dict[str, list[Issued]] = defaultdict(list)
    for each in live:
        by_key[each.certificate.request.key.spki_sha256].append(each)
    return {key: fingerprints(group) for key, group in sorted(by_key.items()) if len(group) > 1}
