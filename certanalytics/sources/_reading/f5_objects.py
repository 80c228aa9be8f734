"""What the exports of an F5 BIG-IP have in common: how its objects are named, and how it writes addresses.

No export but one of the configuration's base says which BIG-IP it is from (``selfLink`` always names ``localhost``), so
an object's name is all that joins them: ``f5:/Common/www.crt``. Archives keep their names to themselves
(``f5:<archive>!/Common/www.crt``): every BIG-IP has a ``/Common/default.crt``, and each its own.
"""

from __future__ import annotations

import re

from certanalytics.model import Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.text import ip_address, port_number

SYSTEM = "f5-big-ip"

_PORTS = {
    "https": 443,
    "ldaps": 636,
    "ftps": 990,
    "telnets": 992,
    "imaps": 993,
    "pop3s": 995,
    "ssmtp": 465,
    "smtps": 465,
    "submissions": 465,
    "smtp": 25,
    "submission": 587,
    "imap": 143,
    "pop3": 110,
    "ldap": 389,
    "ftp": 21,
    "http": 80,
    "webcache": 8080,
    "http-alt": 8080,
    "pcsync-https": 8443,
    "sip-tls": 5061,
}
"""Services by the names ``tmsh`` gives their ports; any other name stays unknown."""

_ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - no address to bind to, but one that is none

_SUPPLIED = re.compile(
    r"(?:f5-|wam-|wom-|mp|apm-forwarding-client-|splitsession-default-)?(?:tcp|udp|sctp)(?:[-_].*)?"
    r"|classification_pem|spm|subscriber-mgmt|(?:request|response)adapt"
)
"""Profiles every BIG-IP comes with that have a client side, as SSL profiles do: of transport, policies and ICAP."""

_STORED = re.compile(r"(?:\A|/)files_d/[^/]+_d/certificate_d/(:[^/]+)_\d+_\d+\Z")
_INSTALLED = re.compile(r"(?:\A|/)(?:config|var/tmp/cert_temp)/ssl/ssl\.crt/([^/]+)\Z")


def named(export: Export, path: str) -> str:
    """The alias of an object of this BIG-IP by its full path."""
    if export.member is None:
        return f"f5:{path}"
    archive = str(export.path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return f"f5:{archive}!{path}"


def full_path(name: str, partition: str = "Common") -> str:
    """An object's name with its partition, which may be left out where it is ``Common``."""
    return name if name.startswith("/") else f"/{partition}/{name}"


def certificate_name(path: str) -> str | None:
    """Full path of the certificate object whose file this is, if it lies where a BIG-IP keeps them.

    ``/config/filestore/files_d/Common_d/certificate_d/:Common:www.crt_70369_1``, in backups below
    ``var/tmp/filestore_temp``; those it came with lie below ``/config/ssl/ssl.crt``, in backups below
    ``var/tmp/cert_temp``, and the store has links to them.
    """
    if stored := _STORED.search(path):
        return stored[1].replace(":", "/")
    installed = _INSTALLED.search(path)
    return f"/Common/{installed[1]}" if installed else None


def destination(written: str | None) -> tuple[str | None, int | None]:
    """Address and port of a virtual server (``/Common/10.0.0.1%2:443``, ``/Common/2001:db8::1.443``).

    The address is the name of a virtual-address object, which is an address unless somebody gave it another name;
    neither such a name nor a wildcard address is a place. Port 0 is any port. The route domain (``%2``) is left out.
    """
    target = (written or "").rpartition("/")[2]
    bare, mark, domain = target.partition("%")
    whole = ip_address(bare)
    if whole and (domain.isdigit() or not mark):
        return (whole if whole not in _ANYWHERE else None), None
    address, _, port = target.rpartition(":" if target.count(":") == 1 else ".")
    found = ip_address(address.partition("%")[0])
    number = port_number(port) if port.isascii() and port.isdigit() else _PORTS.get(port)
    return (found if found not in _ANYWHERE else None), number or None


def is_supplied(profile: str) -> bool:
    """Whether a profile that is not described is one of those that come with the system and are no SSL profiles."""
    return bool(_SUPPLIED.fullmatch(profile.rpartition("/")[2]))


def serving(export: Export, locator: str, name: str, address: str | None, profiles: list[str]) -> list[Row]:
    """The certificates of a virtual server, one sighting for each of its client-SSL profiles."""
    ip, port = destination(address)
    return [
        Sighting(
            locator=locator,
            kind="config",
            ip=ip,
            port=port,
            resource=name,
            chain=(StatedCertificate(alias=named(export, profile)),),
        )
        for profile in profiles
    ]


def unknown_profiles(locator: str, name: str) -> Reject:
    """What stands for a virtual server of which the export does not say what it serves."""
    reason = "its profiles are not in this export: fetch ltm/virtual with ?expandSubcollections=true"
    return Reject(locator=locator, reason=reason, excerpt=name)
