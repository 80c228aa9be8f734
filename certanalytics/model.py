"""The rows of an estate: what the sources say, in the terms of RFC 5280 and RFC 6962.

Sources yield these values, the DuckDB schema is derived from them (`certanalytics.store`).
Rows are facts and are only ever appended; what is true on a given day is a view over them.

All times are naive UTC. A time of ``None`` in ``observed_at`` means that the export does not
say when; the load then takes the time given by the user or that of the file, and says so in
``time_basis``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TimeBasis = Literal["record", "run", "given", "file"]
"""How a time is known: said by the record, by the header of the run, by the user, by the file."""

Outcome = Literal[
    "refused", "closed", "filtered", "timeout", "unresolvable", "not tls", "handshake failed", "no certificate"
]
"""Why an endpoint that was tried gave no certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCertificate:
    """What a source says of a certificate without bringing its DER.

    Distinguished names are kept as the source writes them; hexadecimal is lower case without
    separators. At least one of the fields is given.
    """

    sha256: str | None = None
    sha1: str | None = None
    serial_hex: str | None = None
    issuer_dn: str | None = None
    issuer_cn: str | None = None
    subject_dn: str | None = None
    subject_cn: str | None = None
    subject_o: str | None = None
    san_dns: tuple[str, ...] = ()
    san_ip: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_algorithm: str | None = None
    key_bits: int | None = None
    signature_algorithm: str | None = None
    signature_hash: str | None = None
    validation_level: str | None = None


CertificateRef = bytes | StatedCertificate
"""A certificate as a source brings it: its DER, or what is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What the header of an export says of the whole run; kept with the load, not a record."""

    tool_version: str | None = None
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One certificate chain seen at one place at one time, leaf first as served.

    The estate keeps one row for every certificate of the chain, with its position.
    """

    locator: str
    chain: tuple[CertificateRef, ...]
    kind: Literal["scan", "passive", "file", "config"]
    host: str | None = None
    ip: str | None = None
    port: int | None = None
    sni: str | None = None
    starttls: str | None = None
    path: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTls:
    """What one endpoint offered: protocol versions, suites and groups by their IANA or tool names."""

    locator: str
    host: str | None = None
    ip: str | None = None
    port: int | None = None
    sni: str | None = None
    starttls: str | None = None
    protocols: tuple[str, ...] = ()
    cipher_suites: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One attempt that gave no certificate: unknown is a state and is counted."""

    locator: str
    outcome: Outcome
    detail: str | None = None
    host: str | None = None
    ip: str | None = None
    port: int | None = None
    sni: str | None = None
    starttls: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class CtEntry:
    """One entry of one Certificate Transparency log (RFC 6962 section 4.6), or a search hit for one.

    ``log`` is the log's name or URL, or the search service (``crt.sh``) with its own identifier
    in ``log_index``.
    """

    locator: str
    certificate: CertificateRef
    chain: tuple[bytes, ...] = ()
    log: str | None = None
    log_index: int | None = None
    entry_type: Literal["x509_entry", "precert_entry"] | None = None
    issuer_key_hash: str | None = None
    entry_timestamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a CA, a manager or a cloud says of one certificate it issued or holds.

    ``attributes`` is a JSON object with whatever else the record says.
    """

    locator: str
    system: str
    record_id: str
    certificate: CertificateRef | None = None
    state: str | None = None
    owner_name: str | None = None
    owner_email: str | None = None
    requester: str | None = None
    approver: str | None = None
    business_unit: str | None = None
    location: str | None = None
    product: str | None = None
    requested_at: datetime | None = None
    revoked_at: datetime | None = None
    attributes: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One server, name or certificate of which the organisation says who answers for it.

    ``name`` is a DNS name, a wildcard pattern (``*.shop.example.com``: every name below it) or a
    certificate's SHA-256. ``owner`` and ``team`` refer to a person or team by identifier, e-mail
    or user name. ``criticality`` is ``critical``, ``high``, ``medium`` or ``low``.
    """

    locator: str
    system: str
    asset_id: str
    name: str | None = None
    ip: str | None = None
    service: str | None = None
    business_unit: str | None = None
    environment: str | None = None
    criticality: str | None = None
    owner: str | None = None
    team: str | None = None
    status: str | None = None
    location: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person the directory knows; ``active`` is false once they have left."""

    locator: str
    system: str
    person_id: str
    name: str | None = None
    user_name: str | None = None
    email: str | None = None
    active: bool | None = None
    department: str | None = None
    manager: str | None = None
    last_login: datetime | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """One group of people that can own certificates."""

    locator: str
    system: str
    team_id: str
    name: str | None = None
    email: str | None = None
    manager: str | None = None
    active: bool | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One statement by a scanner, or by us about a file (a private key lying beside a certificate)."""

    locator: str
    check_id: str
    severity: str
    text: str | None = None
    host: str | None = None
    ip: str | None = None
    port: int | None = None
    path: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One record that could not be taken in; the excerpt never holds a private key."""

    locator: str
    reason: str
    excerpt: str | None = None


Row = Run | Sighting | EndpointTls | Probe | CtEntry | Record | Asset | Person | Team | Finding | Reject
"""What a source may yield."""

FACTS: tuple[type, ...] = (Sighting, EndpointTls, Probe, CtEntry, Record, Asset, Person, Team, Finding, Reject)
"""The row types that become tables, named in snake case after their class."""
