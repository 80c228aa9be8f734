"""What `_tlsx` reads of a handshake, in SQL: for lines of tlsx, and for those of httpx that hold the same in a member.

Text of printed ASCII without escapes is plain. Any other goes to the function of Python the first reader uses, which
gets the same JSON. Files with whole certificates, chains, and handshakes of which no fingerprint is said are left to
the first reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from certanalytics.model import StatedCertificate
from certanalytics.sources._reading.bulk import ADDRESS, PORT, Field, Group
from certanalytics.sources._reading.bulk_members import (
    CLOCK,
    DNS_NAME,
    HOST,
    IN_UTC,
    INSIDE,
    LIST,
    MOMENT,
    SERIAL,
    TEXT,
    TEXTS,
    TOO_LONG,
    ZONED,
    array,
    member,
    plainly,
    together,
)
from certanalytics.sources._reading.records import section, text
from certanalytics.sources._reading.text import host_and_ip, port_number, utc
from certanalytics.sources.scanners._tlsx import attempt, certificate, offer

PLACE = ("host", "ip", "port", "sni")
OTHERS = ("chain", "certificate", "ctl_source")
_OF_CERTIFICATE = (
    *("serial", "not_before", "not_after", "subject_dn", "subject_cn", "subject_org", "subject_an", "emails"),
    *("issuer_dn", "issuer_cn", "issuer_org", "fingerprint_hash"),
)
_OF_ENDPOINT = ("version_enum", "cipher_enum", "tls_version", "cipher", "key_exchange")
_OF_PROBE = ("error", "client_cert_required")
MEMBERS = (*PLACE, *_OF_CERTIFICATE, *_OF_ENDPOINT, *_OF_PROBE, *OTHERS)
"""What is read of a handshake, the others only to see that they are not there."""

_DIGEST = _OF_CERTIFICATE.index("fingerprint_hash")
_DIGESTS = r'\{(?:"md5":"[0-9a-f]{32}",?)?(?:"sha1":"[0-9a-f]{40}",?)?(?:"sha256":"[0-9a-f]{64}")?\}'
_DNS_NAMES = rf'\["{DNS_NAME}"(?:,"{DNS_NAME}")*\]'


class Handshake:
    """The fields of one handshake.

    Args:
        within: The member of a line that holds it; empty where it is the line itself.

    Attributes:
        fields: The fields but for those of the certificate.
        group: Those.
        bad: SQL predicate for records in which something of it cannot be read.
        stated: SQL predicate for records that say something of a certificate.
        unfit: SQL predicate for those that say it without a fingerprint.
        statements: SELECT of what is said of certificates.
    """

    def __init__(self, within: str = "") -> None:
        self._within = f"{within}." if within else ""
        certificate = tuple(_certificate())
        columns = [field.name for field in certificate if field.name != "digests"]
        self.fields = (*self._others(), *self._place(), *self._whole())
        self.group = Group(
            name="described",
            cell=array(map(self._path, _OF_CERTIFICATE)),
            parts=f"json_extract(text, [{_PARTS}])",
            fields=certificate,
        )
        self.stated = "(" + " OR ".join(f"{name} IS NOT NULL" for name in columns) + ")"
        names = (self.group.name, *(field.name for field in self.fields if field.read and field.name != "attempt"))
        bad = " OR ".join(f'"{name} bad"' for name in names)
        self.bad = f'({bad} OR NOT {self.stated} AND "attempt bad")'
        self.unfit = f"{self.stated} AND sha256 IS NULL AND sha1 IS NULL"
        self.statements = (
            f"SELECT s.seq, {', '.join(f'c.{name}' for name in columns)} "
            f"FROM (SELECT min(seq) AS seq, described AS number FROM record WHERE readable AND {self.stated} "
            "GROUP BY ALL) AS s JOIN of_described AS c USING (number)"
        )

    def rows(self, place: str, where: str = "readable") -> dict[str, str]:
        """SELECTs of the facts of handshakes.

        Args:
            place: Columns that say where and when they were.
            where: Which records are handshakes.
        """
        return {
            "sighting": f"SELECT {place}, 'scan' AS kind, coalesce(sha256, 'sha1:' || sha1) AS chain "
            f"FROM record WHERE {where} AND {self.stated}",
            "probe": f"SELECT {place}, attempt.outcome AS outcome, attempt.detail AS detail "
            f"FROM record WHERE {where} AND NOT {self.stated}",
            "endpoint_tls": f"SELECT {place}, offer.protocols AS protocols, offer.cipher_suites AS cipher_suites, "
            f'offer."groups" AS "groups" FROM record WHERE {where} AND offer.protocols IS NOT NULL',
        }

    def _path(self, name: str) -> str:
        return f'{self._within}"{name}"'

    def _others(self) -> Iterator[Field]:
        cell = f"coalesce({', '.join(member(self._path(name)) for name in OTHERS)})"
        yield Field(name="others", cell=cell, plain="false", value="NULL", kind="VARCHAR")

    def _place(self) -> Iterator[Field]:
        def host(value: object, at: int) -> str | None:
            return host_and_ip(text(value))[at]

        cells = {name: member(self._path(name)) for name in PLACE}
        yield plainly("host", cells["host"], HOST, INSIDE, partial(host, at=0))
        yield plainly("host_ip", cells["host"], HOST, "NULL", partial(host, at=1), or_nothing=True)
        yield plainly("ip", cells["ip"], f'"{ADDRESS}"', INSIDE, lambda value: host_and_ip(None, text(value))[1])
        yield plainly("sni", cells["sni"], HOST, INSIDE, partial(host, at=0))
        yield plainly("port", cells["port"], f'"{PORT}"', f"{INSIDE}::BIGINT", _port, kind="BIGINT")

    def _whole(self) -> Iterator[Field]:
        """What takes few values in a file, each put together of several members by Python."""

        def of(name: str, members: tuple[str, ...], kind: str, make: Any) -> Field:
            cell = array(map(self._path, members))
            return together(name, cell, f"STRUCT({kind})", lambda values: make(dict(zip(members, values, strict=True))))

        lists = 'protocols VARCHAR[], cipher_suites VARCHAR[], "groups" VARCHAR[]'
        yield of("offer", _OF_ENDPOINT, lists, offer)
        yield of("attempt", _OF_PROBE, "outcome VARCHAR, detail VARCHAR", _attempt)


def time_of_line() -> Field:
    """When the line was written, with the zone."""
    return plainly(
        "observed_at", member('"timestamp"'), ZONED, IN_UTC, lambda value: utc(text(value)), kind="TIMESTAMP"
    )


_PARTS = ", ".join(
    [*(f"'$[{at}]'" for at in range(len(_OF_CERTIFICATE))), *(f"'$[{_DIGEST}].{name}'" for name in ("sha256", "sha1"))]
)


def _certificate() -> Iterator[Field]:
    """What is said of a certificate; other than plain text goes to `_tlsx.certificate`, member by member."""

    def part(column: str, name: str, pattern: str, value: str, *, kind: str = "VARCHAR", unless: str = "") -> Field:
        outer, _, inner = name.partition(".")

        def read(written: object) -> Any:
            said = {outer: {inner: written} if inner else written}
            return getattr(certificate(said) or StatedCertificate(), column)

        return plainly(column, _part(name), pattern, value, read, kind=kind, unless=unless)

    def digests(written: object) -> None:
        section(written)

    yield plainly("digests", _part("fingerprint_hash"), _DIGESTS, "NULL", digests, or_nothing=True)
    yield part("sha256", "fingerprint_hash.sha256", '"[0-9a-f]{64}"', INSIDE)
    yield part("sha1", "fingerprint_hash.sha1", '"[0-9a-f]{40}"', INSIDE)
    yield part("serial_hex", "serial", '"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{2}){0,40}"', SERIAL)
    for name in ("subject_dn", "subject_cn", "issuer_dn", "issuer_cn"):
        yield part(name, name, TEXT, INSIDE)
    for side in ("subject", "issuer"):
        yield part(f"{side}_o", f"{side}_org", TEXTS, f"{LIST}[1]")
    yield part("san_dns", "subject_an", _DNS_NAMES, LIST, kind="VARCHAR[]", unless=TOO_LONG)
    yield part("san_email", "emails", TEXTS, LIST, kind="VARCHAR[]")
    for name in ("not_before", "not_after"):
        yield part(name, name, f'"{CLOCK}Z"', MOMENT, kind="TIMESTAMP")


def _part(name: str) -> str:
    """SQL for a member of what is said of a certificate."""
    outer, _, inner = name.partition(".")
    at = len(_OF_CERTIFICATE) + ("sha256", "sha1").index(inner) if inner else _OF_CERTIFICATE.index(outer)
    return member(f"part[{at + 1}]")


def _port(value: object) -> int:
    return port_number(text(value) or "")


def _attempt(said: dict[str, Any]) -> dict[str, str | None]:
    outcome, detail = attempt(said)
    return {"outcome": outcome, "detail": detail}
