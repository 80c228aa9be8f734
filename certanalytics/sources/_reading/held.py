"""What clouds and clusters say of a certificate they hold: its PEM, its tags, and who is named in them as owner."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from certanalytics.model import Finding, Record, Reject
from certanalytics.x509.containers import certificates

_OWNERS = (
    "owner",
    "owneremail",
    "ownermail",
    "ownername",
    "ownedby",
    "certificateowner",
    "certowner",
    "technicalowner",
    "serviceowner",
    "applicationowner",
    "appowner",
    "businessowner",
    "productowner",
    "contact",
    "contactemail",
    "ownercontact",
    "technicalcontact",
    "ownerteam",
    "owningteam",
    "teamowner",
    "team",
    "teamname",
    "teamemail",
)
"""Keys that clearly say who answers for the thing, the most particular first; compared without separators and case."""

_UNITS = ("businessunit", "department")
_NOBODY = frozenset({"helm", "none", "n/a", "unknown", "tbd"})
"""Values that name nobody; Helm labels what it made with ``owner: helm``."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who the tags name; ``tag`` is the key that does."""

    name: str | None = None
    email: str | None = None
    unit: str | None = None
    tag: str | None = None


def owner_of(tags: Mapping[str, str]) -> Owner:
    """The owner named in tags or labels; the namespace of a key (``example.com/owner``, ``corp:owner``) is passed over.

    A name and an e-mail address may come from two keys; nothing is taken from keys that only may mean an owner
    (``admin``, ``creator``, ``project``).
    """
    by_word = {
        re.sub(r"[^a-z]", "", re.split(r"[:/]", key.lower())[-1]): (key, value.strip())
        for key, value in tags.items()
        if value.strip().lower() not in _NOBODY | {""}
    }
    named = [by_word[word] for word in _OWNERS if word in by_word]
    email = next((found for found in named if "@" in found[1]), None)
    name = next((found for found in named if "@" not in found[1]), None)
    unit = next((by_word[word][1] for word in _UNITS if word in by_word), None)
    first = named[0][0] if named else None
    return Owner(name and name[1], email and email[1], unit, first)


def attributes(said: Mapping[str, Any]) -> str | None:
    """What else a record says as a JSON object, without what says nothing."""
    kept = {key: value for key, value in said.items() if value not in (None, "", [], {})}
    return json.dumps(kept, default=str, ensure_ascii=False) if kept else None


@dataclass(frozen=True, slots=True)
class Held:
    """Certificates out of one text or value, in its order, and what else was found there."""

    chain: tuple[bytes, ...]
    rejects: tuple[Reject, ...] = ()
    keys: tuple[str, ...] = ()


def held(locator: str, content: str | bytes | None) -> Held:
    """The certificates in a PEM text or in bytes; a block that cannot be read is a `Reject`, a key only a name."""
    if not content or not content.strip():
        return Held(())
    found = list(certificates(content.encode("utf-8", "replace") if isinstance(content, str) else content))
    return Held(
        chain=tuple(each.der for each in found if each.der is not None),
        rejects=tuple(
            Reject(locator=f"{locator}, {each.locator}", reason=f"the certificate cannot be read: {each.detail}")
            for each in found
            if each.kind == "unreadable"
        ),
        keys=tuple(each.detail or "private key" for each in found if each.kind == "private key"),
    )


def chain_records(locator: str, system: str, record_id: str, chain: Iterable[bytes]) -> Iterator[Record]:
    """The certificates that came with another, above it: of each nothing is said but that the system holds it."""
    for number, der in enumerate(chain):
        where = f"{locator}.chain[{number}]"
        yield Record(locator=where, system=system, record_id=f"{record_id}/chain/{number}", certificate=der)


def key_findings(locator: str, keys: Iterable[str], holder: str, path: str) -> Iterator[Finding]:
    """One statement for each private key met in an export, which is not read."""
    for key in keys:
        yield Finding(
            locator=locator,
            check_id="private-key-in-file",
            severity="high",
            text=f"{key} of {holder}: whoever can read this file can pose as its holder",
            path=path,
        )
