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
from typing import Literal, get_args

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
    separators. ``alias`` is given only where a source knows nothing firmer: the name the certificate
    goes by in one system, which an `Alias` from another export of that system explains. At least one
    of the fields is given.
    """

    sha256: str | None = None
    sha1: str | None = None
    alias: str | None = None
    spki_sha256: str | None = None
    tbs_sha256: str | None = None
    serial_hex: str | None = None
    issuer_dn: str | None = None
    issuer_cn: str | None = None
    issuer_o: str | None = None
    subject_dn: str | None = None
    subject_cn: str | None = None
    subject_o: str | None = None
    subject_key_id: str | None = None
    authority_key_id: str | None = None
    san_dns: tuple[str, ...] = ()
    san_ip: tuple[str, ...] = ()
    san_email: tuple[str, ...] = ()
    san_uri: tuple[str, ...] = ()
    not_before: datetime | None = None
    not_after: datetime | None = None
    key_algorithm: str | None = None
    key_bits: int | None = None
    key_curve: str | None = None
    signature_algorithm: str | None = None
    signature_hash: str | None = None
    is_ca: bool | None = None
    extended_key_usage: tuple[str, ...] = ()
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

    The estate keeps one row for every certificate of the chain, with its position. ``kind`` is
    ``scan`` (a scanner connected), ``passive`` (a monitor saw the handshake), ``file`` (it lies in a
    file or key store) or ``config`` (a system is set up to serve it there). ``resource`` is what holds
    it in the terms of its system: the alias in a key store, a Kubernetes ``namespace/name``, the
    full path of an F5 virtual server, the ARN or resource name in a cloud.
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
    resource: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointTls:
    """What one endpoint offered: protocol versions, suites and groups by their IANA or tool names.

    ``refused`` are the versions the tool says it asked for in vain. What is neither there nor in ``protocols`` was not
    asked for, or the tool does not say so (``facts.tls_tool`` may).
    """

    locator: str
    host: str | None = None
    ip: str | None = None
    port: int | None = None
    sni: str | None = None
    starttls: str | None = None
    protocols: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    cipher_suites: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One attempt that gave no certificate: unknown is a state and is counted.

    ``kind`` is ``passive`` where a monitor only watched somebody else's connection: that it saw no
    certificate (TLS 1.3 encrypts it) says nothing against one it saw before.
    """

    locator: str
    outcome: Outcome
    kind: Literal["scan", "passive"] = "scan"
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
    chain: tuple[CertificateRef, ...] = ()
    log: str | None = None
    log_index: int | None = None
    entry_type: Literal["x509_entry", "precert_entry"] | None = None
    issuer_key_hash: str | None = None
    entry_timestamp: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Which certificate a name of one system means, so that its exports fit together in any order.

    ``alias`` begins with the system: ``zeek:<file id>``, ``f5:<full path>`` of a certificate or profile,
    ``kubernetes:<namespace>/<secret>``, ``arn:...``, ``path:<absolute path>`` on a server. The
    certificate may be named by another alias: an F5 profile names a certificate object.
    """

    locator: str
    alias: str
    certificate: CertificateRef
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


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
class DnsRecord:
    """One resource record of a DNS zone (RFC 1035 section 3.2); names without the final dot, in lower case.

    ``value`` is the record's data in presentation form, one row for each record of a set: an address,
    a name, ``0 issue "ca.example"`` for CAA (RFC 8659).
    """

    locator: str
    system: str
    name: str
    record_type: str
    value: str
    zone: str | None = None
    ttl: int | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList:
    """One certificate revocation list (RFC 5280 section 5), whether or not anything stands in it."""

    locator: str
    issuer_dn: str
    this_update: datetime
    next_update: datetime | None = None
    crl_number: str | None = None
    authority_key_id: str | None = None
    entries: int = 0
    path: str | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What a CRL, an OCSP response or a manager says of the status of one certificate.

    ``status`` is ``revoked``, ``hold``, ``removed`` (from hold, in a delta CRL), ``good`` or ``unknown``
    (RFC 6960 section 2.2); ``reason`` a CRLReason of RFC 5280 section 5.3.1 as written there. An OCSP
    response names the issuer only by the hash of its key (``issuer_key_hash``, SHA-1 or SHA-256).
    """

    locator: str
    system: str
    serial_hex: str
    status: Literal["revoked", "hold", "removed", "good", "unknown"]
    issuer_dn: str | None = None
    authority_key_id: str | None = None
    issuer_key_hash: str | None = None
    revoked_at: datetime | None = None
    reason: str | None = None
    invalid_from: datetime | None = None
    this_update: datetime | None = None
    next_update: datetime | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class CtLog:
    """One Certificate Transparency log as a log list describes it.

    ``log_id`` is lower-case hexadecimal, as ``sct_log_ids`` of a certificate has it. ``state`` is the list's own word
    (``usable``, ``readonly``, ``retired``, ``rejected``, ...).
    """

    locator: str
    system: str
    log_id: str
    description: str | None = None
    operator: str | None = None
    url: str | None = None
    state: str | None = None
    state_since: datetime | None = None
    kind: Literal["rfc6962", "static-ct-api"] = "rfc6962"
    accepts_from: datetime | None = None
    accepts_until: datetime | None = None
    observed_at: datetime | None = None
    time_basis: TimeBasis = "record"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaListing:
    """One CA certificate as a root programme, a trust store or the CCADB lists it.

    ``programme`` is who lists it (``mozilla``, ``apple``, ``chrome``, ``microsoft``, ``java``, a path).
    ``status`` and ``trust_bits`` are in the list's own words; ``attributes`` is a JSON object with
    whatever else it says.
    """

    locator: str
    system: str
    programme: str
    certificate: CertificateRef
    ca_owner: str | None = None
    record_type: Literal["root", "intermediate"] | None = None
    parent_sha256: str | None = None
    status: str | None = None
    trust_bits: tuple[str, ...] = ()
    revocation_status: str | None = None
    distrusted_after: datetime | None = None
    attributes: str | None = None
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


Fact = (
    Sighting
    | EndpointTls
    | Probe
    | CtEntry
    | Alias
    | Record
    | Asset
    | Person
    | Team
    | DnsRecord
    | RevocationList
    | Revocation
    | CtLog
    | CaListing
    | Finding
    | Reject
)
"""What becomes a row of a table."""

Row = Run | Fact
"""What a source may yield."""

FACTS: tuple[type, ...] = get_args(Fact)
"""The row types that become tables, named in snake case after their class."""
