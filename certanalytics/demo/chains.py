"""What servers send above their own certificate, and the CA certificates that should have gone from their files.

A well-configured server sends its certificate and the issuing CA's (RFC 8446 section 4.4.2). Two CA certificates are
older than the CAs they are for: an issuing CA was certified again with the same key, and a root was vouched for by an
older one until browsers knew it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Literal

from certanalytics.demo.authorities import NORTHGATE, Authority, Signer, ca_certificate, ca_name
from certanalytics.demo.keys import signing_key

if TYPE_CHECKING:
    from certanalytics.demo.world import Issued, World

Sent = Literal[
    "its issuer", "nothing", "another CA first", "the root too", "an ended CA certificate", "a cross-sign too"
]
"""What stands above the server's certificate."""

RENEWED_CA, CROSS_SIGNED = "halden-ov", "northgate-root"
"""The CA that was certified again, and the root an older one vouched for."""
_BEFORE: dict[str, str] = {"larkspur-e5": "larkspur-e6", "larkspur-e6": "larkspur-e5"}
"""The CA whose certificate was left in the file when the servers moved to another of the same owner."""


@dataclass(frozen=True, slots=True)
class Relics:
    """CA certificates that servers need no longer send.

    Attributes:
        ended: The earlier certificate of `RENEWED_CA`: the same name, issuer and key, and its end is past.
        cross_sign: What an older root, which nobody trusts any more, said with SHA-1 of `CROSS_SIGNED`.
    """

    ended: bytes
    cross_sign: bytes


def relics(rng: Random, authorities: dict[str, Authority]) -> Relics:
    """The two CA certificates that outlived their use."""
    renewed, root = authorities[RENEWED_CA], authorities[CROSS_SIGNED]
    name, signer = ca_name("GB", NORTHGATE, "Northgate Primary Root"), Signer(signing_key(rng, "RSA-2048"), "sha1")
    older = Authority("northgate-primary", NORTHGATE, name, signer, b"", None)
    return Relics(
        ended=ca_certificate(rng, renewed.name, renewed.signer, renewed.issuer, _days("2021-10-04", "2026-10-03")),
        cross_sign=ca_certificate(
            rng, root.name, root.signer, older, _days("2013-05-21", "2028-05-20"), certifies_cas=True
        ),
    )


def sent_above(each: Issued, world: World) -> tuple[bytes, ...]:
    """The CA certificates the endpoints of a certificate send after it, in the order they send them."""
    authority = each.certificate.authority
    if authority is None:
        return ()
    # what is in the file was put there with the CA the deployment has now
    sends = each.issue.deployment.sends if authority.label == each.issue.deployment.authority else "its issuer"
    match sends:
        case "nothing":
            return ()
        case "another CA first":
            return (world.authorities[_BEFORE[authority.label]].certificate, authority.certificate)
        case "the root too":
            return authority.chain
        case "an ended CA certificate":
            return (world.relics.ended,)
        case "a cross-sign too":
            return (authority.certificate, world.relics.cross_sign)
        case _:
            return (authority.certificate,)


def _days(first: str, last: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(f"{first}T00:00:00"), datetime.fromisoformat(f"{last}T23:59:59")
