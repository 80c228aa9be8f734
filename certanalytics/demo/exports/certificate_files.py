"""Certificate files: what was copied from appliances and batch jobs by hand, and the trust store of the company."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography.x509.oid import ExtendedKeyUsageOID

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.exports._files import pem, write
from certanalytics.demo.world import World

_COPIED = AS_OF - timedelta(days=10)


def write_files(folder: Path, world: World) -> None:
    """Write one PEM file an appliance, one a certificate for clients, and one bundle with the roots and issuing CAs."""
    for each in world.issued:
        if ExtendedKeyUsageOID.SERVER_AUTH not in each.certificate.request.purposes:
            name = each.issue.deployment.names[0].partition(".")[0]
            write(folder / "clients" / f"{name}.pem", pem(each.certificate.der).encode(), _COPIED)
        if each.certificate.authority is None:
            host = each.issue.deployment.endpoints[0].host.partition(".")[0]
            write(folder / "appliances" / f"{host}.pem", pem(each.certificate.der).encode(), _COPIED)
    for kind, is_public in (("public", True), ("internal", False)):
        blocks = [
            f"# {authority.name.rfc4514_string()}\n{pem(authority.certificate)}"
            for authority in world.authorities.values()
            if authority.is_public == is_public
        ]
        write(folder / "trust" / f"{kind}-authorities.pem", "\n".join(blocks).encode(), _COPIED)
