"""Caddy: the storage of the gateway, certificates and what it knows of them, without keys."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from certanalytics.demo.clock import AS_OF
from certanalytics.demo.exports._files import pem, write
from certanalytics.demo.world import World

_COPIED = AS_OF - timedelta(hours=6)
_DIRECTORY = "acme.larkspur.example"


def write_storage(folder: Path, world: World) -> None:
    """Write the certificate and the record of each deployment Caddy manages, as it stands now."""
    for each in world.issued:
        managed = each.issue.deployment.management
        if managed is None or managed.system != "caddy" or not each.issue.is_served(AS_OF):
            continue
        name = each.certificate.request.names[0]
        place = folder / "certificates" / f"{_DIRECTORY}-directory" / name
        authority = each.certificate.authority
        above = authority.chain[:1] if authority else ()
        chain = "\n".join(map(pem, (each.certificate.der, *above)))
        issuer = {
            "url": f"https://{_DIRECTORY}/acme/cert/{each.certificate.serial:032x}",
            "ca": f"https://{_DIRECTORY}/directory",
            "account": f"https://{_DIRECTORY}/acme/acct/{managed.account}",
        }
        record = {"sans": each.certificate.request.names, "issuer_data": issuer}
        write(place / f"{name}.crt", chain.encode(), _COPIED)
        write(place / f"{name}.json", json.dumps(record, indent="\t").encode(), _COPIED)
