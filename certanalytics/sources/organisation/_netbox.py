"""NetBox: its objects as rows, whichever way they were exported.

The name of a device is a DNS name only where it has a dot in it; in plain words it goes to ``service``. A tenant is a
team: NetBox means by it whoever a resource belongs to, a department or a customer.
"""

from __future__ import annotations

from collections.abc import Iterator

from certanalytics.model import Asset, Person, Team
from certanalytics.sources._reading.text import ip_address, is_dns_name

SYSTEM = "netbox"


def machine(
    locator: str,
    model: str,
    identifier: str,
    called: str | None,
    primary: str | None,
    *,
    status: str | None,
    tenant_id: str | None,
    tenant_name: str | None,
    location: str | None,
    owner: str | None = None,
) -> Asset:
    """A device or virtual machine."""
    name = dns_name(called)
    return Asset(
        locator=locator,
        system=SYSTEM,
        asset_id=f"{model}/{identifier}",
        name=name,
        ip=without_mask(primary),
        service=None if name else called,
        business_unit=tenant_name,
        owner=owner,
        team=team_id(tenant_id) if tenant_id else None,
        status=status,
        location=location,
    )


def address(
    locator: str,
    identifier: str,
    written: str | None,
    name: str | None,
    *,
    status: str | None,
    tenant_id: str | None,
    tenant_name: str | None,
    held: bool = False,
) -> Iterator[Asset]:
    """An IP address, if anything is said of it: a name, whose it is, or that a machine is known by it (``held``)."""
    if not (name or tenant_id or held):
        return
    ip = without_mask(written)
    if ip is None:
        raise ValueError(f"{written!r} is no IP address")
    yield Asset(
        locator=locator,
        system=SYSTEM,
        asset_id=f"ipam.ipaddress/{identifier}",
        name=name.lower().rstrip(".") if name and is_dns_name(name) else None,
        ip=ip,
        business_unit=tenant_name,
        team=team_id(tenant_id) if tenant_id else None,
        status=status,
    )


def tenant(locator: str, identifier: str, name: str | None) -> Team:
    """A tenant."""
    return Team(locator=locator, system=SYSTEM, team_id=team_id(identifier), name=name)


def contact(locator: str, identifier: str, name: str | None, email: str | None) -> Person:
    """A contact; whether they are still there NetBox does not know."""
    return Person(locator=locator, system=SYSTEM, person_id=person_id(identifier), name=name, email=email)


def team_id(identifier: str) -> str:
    """How assets refer to a tenant: the bare number would mean something else in another register."""
    return f"netbox:tenant/{identifier}"


def person_id(identifier: str) -> str:
    """How assets refer to a contact."""
    return f"netbox:contact/{identifier}"


def dns_name(called: str | None) -> str | None:
    """A machine's name where it is a DNS name of at least two labels."""
    name = (called or "").lower().rstrip(".")
    return name if "." in name and is_dns_name(name) else None


def without_mask(written: str | None) -> str | None:
    """The address in ``192.0.2.1/24``."""
    return ip_address((written or "").partition("/")[0])
