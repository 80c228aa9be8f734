"""Who answers for which name: one row of an owner list, whatever its columns were called."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from certanalytics.model import Asset, Person, Row
from certanalytics.sources._reading.column_map import Vocabulary
from certanalytics.sources._reading.text import hex_digits, ip_address, is_dns_name

_DEVIATIONS = frozenset("\u00df\u03c2\u200c\u200d")
"""Characters that IDNA 2003 maps to others and IDNA 2008 keeps (RFC 5894 section 7.2)."""

CRITICALITIES = ("critical", "high", "medium", "low")
ACTIVE = {
    **dict.fromkeys(("true", "yes", "y", "1", "active", "employed"), True),
    **dict.fromkeys(("false", "no", "n", "0", "inactive", "left", "departed", "terminated"), False),
    **dict.fromkeys(("wahr", "vrai", "verdadero", "vero"), True),
    **dict.fromkeys(("falsch", "faux", "falso"), False),
}
"""The words an owner list may use for whether someone is still there; Excel saves ``true`` in its own language."""

OWNERS = Vocabulary(
    columns={
        "name": "DNS name, wildcard pattern, IP address or certificate SHA-256; required",
        "owner": "who answers for it: user name or name; this or owner_email is required",
        "owner_email": "their e-mail address",
        "owner_name": "their full name",
        "active": "whether they are still there: yes or no, true or false, 1 or 0, active or left",
        "ip": "IP address",
        "team": "team that answers for it",
        "service": "business service it belongs to",
        "business_unit": "part of the organisation",
        "environment": "production, test ...",
        "criticality": "critical, high, medium or low",
        "status": "of the asset, as the organisation calls it",
        "location": "where it stands",
    },
    needs=(frozenset({"name"}), frozenset({"owner", "owner_email"})),
    words={"criticality": CRITICALITIES, "active": tuple(ACTIVE)},
)
"""The columns an owner list may have, and what each says."""


def owner_rows(system: str) -> Callable[[str, Mapping[str, str]], Iterator[Row]]:
    """From a locator and what a row says to its asset, and to a person the first time the list says this of them."""
    told: set[Person] = set()

    def convert(locator: str, said: Mapping[str, str]) -> Iterator[Row]:
        asset, person = _asset(locator, system, said), _person(locator, system, said)
        yield asset
        if person and replace(person, locator="") not in told:
            told.add(replace(person, locator=""))
            yield person

    return convert


def _asset(locator: str, system: str, said: Mapping[str, str]) -> Asset:
    if "name" not in said:
        raise ValueError("the name is empty")
    owner = said.get("owner_email") or said.get("owner")
    if not said.keys() - {"name", "ip"}:  # a row without an owner may still say whose business it is
        raise ValueError("the owner is empty, and the row says nothing else")
    criticality = said.get("criticality", "").casefold() or None
    if criticality not in {None, *CRITICALITIES}:
        raise ValueError(
            f"criticality {said['criticality']!r} is none of {', '.join(CRITICALITIES)}; "
            "a mapping with [values.criticality] can translate it"
        )
    name, address = _name_or_address(said["name"])
    address = address or said.get("ip")
    if address and not ip_address(address):
        raise ValueError(f"ip {address!r} is no IP address")
    return Asset(
        locator=locator,
        system=system,
        asset_id=said["name"],
        name=name,
        ip=ip_address(address) if address else None,
        owner=owner,
        team=said.get("team"),
        service=said.get("service"),
        business_unit=said.get("business_unit"),
        environment=said.get("environment"),
        criticality=criticality,
        status=said.get("status"),
        location=said.get("location"),
    )


def _name_or_address(written: str) -> tuple[str | None, str | None]:
    """What an asset's name is: a DNS name or SHA-256 in the estate's form, or an address."""
    if ip_address(written):
        return None, written
    name = written.lower().rstrip(".")
    if is_dns_name(name):
        return name, None
    if len(name.replace(":", "")) == 64:
        return hex_digits(name), None
    try:
        # A name in its own script stands in certificates as an A-label (RFC 5280 section 7.2).
        label = ".".join(map(_a_label, name.split(".")))
    except UnicodeError:
        label = ""
    if not is_dns_name(label):
        raise ValueError(f"name {written!r} is no DNS name, wildcard pattern, IP address or SHA-256")
    return label, None


def _a_label(label: str) -> str:
    """One label as IDNA 2008 writes it; Python knows the rules of 2003, which make two letters of one or drop it.

    Raises:
        UnicodeError: It is no label.
    """
    if not set(label) & _DEVIATIONS:
        return label.encode("idna").decode("ascii")
    return f"xn--{unicodedata.normalize('NFC', label).encode('punycode').decode('ascii')}"


def _person(locator: str, system: str, said: Mapping[str, str]) -> Person | None:
    """The owner as a person, where the list says more of them than how they are called."""
    if not (said.keys() & {"owner_name", "active"} and said.keys() & {"owner", "owner_email"}):
        return None
    active = said.get("active")
    if active is not None and active.casefold() not in ACTIVE:
        raise ValueError(
            f"active {active!r} is none of {', '.join(ACTIVE)}; a mapping with [values.active] can translate it"
        )
    return Person(
        locator=locator,
        system=system,
        person_id=said.get("owner_email") or said["owner"],
        name=said.get("owner_name"),
        user_name=said.get("owner"),
        email=said.get("owner_email"),
        active=ACTIVE[active.casefold()] if active is not None else None,
    )
