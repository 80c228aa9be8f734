"""A list of certificates kept in a table of somebody's own: one row of it, whatever its columns were called."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from certanalytics.model import CertificateRef, Record, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.column_map import Vocabulary
from certanalytics.sources._reading.held import chain_records, held
from certanalytics.sources._reading.records import number
from certanalytics.sources._reading.text import (
    hex_digits,
    host_and_ip,
    ip_address,
    is_dns_name,
    port_number,
    serial_hex,
)
from certanalytics.sources._reading.wording import as_json, is_email, key_algorithm, signature_hash

CERTIFICATES = Vocabulary(
    columns={
        "record_id": "what the list calls the row",
        "sha256": "SHA-256 of the certificate",
        "sha1": "SHA-1 of the certificate",
        "serial": "serial number in hexadecimal",
        "serial_decimal": "serial number in decimal",
        "certificate": "the certificate itself, PEM or base64",
        "issuer": "distinguished name of the issuer",
        "issuer_cn": "common name of the issuer",
        "subject": "distinguished name of the subject",
        "common_name": "common name of the subject",
        "names": "DNS names and addresses, between commas, semicolons or white space",
        "not_before": "begin of validity",
        "not_after": "end of validity; a bare date is the end of that day",
        "key_algorithm": "RSA, EC ...",
        "key_bits": "length of the key",
        "signature_algorithm": "how it is signed",
        "host": "host it is installed on",
        "ip": "address of the host",
        "port": "port it is served at",
        "path": "file it lies in",
        "state": "issued, revoked ... in the list's words",
        "owner": "who answers for it",
        "owner_email": "their e-mail address",
        "requester": "who asked for it",
        "approver": "who approved it",
        "business_unit": "part of the organisation",
        "location": "where it is used",
        "product": "kind of certificate, template",
        "requested_at": "when it was asked for",
        "revoked_at": "when it was revoked",
        "comment": "anything else worth keeping",
    },
    needs=(
        frozenset({"sha256", "sha1", "serial", "serial_decimal", "certificate", "common_name", "names", "record_id"}),
    ),
)
"""The columns a list of certificates may have, and what each says."""

TIMES = ("not_before", "not_after", "requested_at", "revoked_at")
_TELLING = ("record_id", "sha256", "sha1", "serial", "serial_decimal")
_DAY = re.compile(r"[\d./\- ]+")


def certificate_rows(
    system: str, times_of: Callable[[Mapping[str, str]], dict[str, datetime]]
) -> Callable[[str, Mapping[str, str]], Iterator[Row]]:
    """From a locator and what a row says to a record, and to a place if it names one."""

    def convert(locator: str, said: Mapping[str, str]) -> Iterator[Row]:
        written = {name: said[name] for name in TIMES if name in said}
        times = times_of(written)
        content = held(f"{locator}.certificate", said.get("certificate"))
        yield from content.rejects
        certificate = content.chain[0] if content.chain else _certificate(said, times)
        told = next((said[name] for name in _TELLING if name in said), None)
        if told is None and certificate is None:
            raise ValueError("nothing in the row tells which certificate it is about")
        unread = {f"{name}_as_written": value for name, value in written.items() if name not in times}
        owner, email = said.get("owner"), said.get("owner_email")
        yield Record(
            locator=locator,
            system=system,
            record_id=told or locator,
            certificate=certificate,
            state=said.get("state"),
            owner_name=None if is_email(owner) else owner,
            owner_email=email or (owner if is_email(owner) else None),
            requester=said.get("requester"),
            approver=said.get("approver"),
            business_unit=said.get("business_unit"),
            location=said.get("location"),
            product=said.get("product"),
            requested_at=times.get("requested_at"),
            revoked_at=times.get("revoked_at"),
            attributes=as_json({"comment": said.get("comment"), **unread}),
        )
        yield from chain_records(locator, system, told or locator, content.chain[1:])
        if certificate is not None and said.keys() & {"host", "ip", "path"}:
            yield _place(locator, certificate, said)

    return convert


def _certificate(said: Mapping[str, str], times: Mapping[str, datetime]) -> StatedCertificate | None:
    serial: str | None = None
    if "serial" in said:
        serial = serial_hex(said["serial"])
    elif "serial_decimal" in said:
        serial = serial_hex(int(said["serial_decimal"]))
    names = [name.removeprefix("DNS:").removeprefix("IP:") for name in re.split(r"[\s,;|]+", said.get("names", ""))]
    end = times.get("not_after")
    if end and _DAY.fullmatch(said["not_after"]) and not (end.hour or end.minute or end.second):
        end += timedelta(days=1, seconds=-1)  # notAfter is inclusive (RFC 5280 section 4.1.2.5)
    stated = StatedCertificate(
        sha256=_digest(said.get("sha256"), 64),
        sha1=_digest(said.get("sha1"), 40),
        serial_hex=serial,
        issuer_dn=said.get("issuer"),
        issuer_cn=said.get("issuer_cn"),
        subject_dn=said.get("subject"),
        subject_cn=said.get("common_name"),
        san_dns=tuple(name for name in names if is_dns_name(name)),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_before=times.get("not_before"),
        not_after=end,
        key_algorithm=key_algorithm(said.get("key_algorithm")),
        key_bits=number(said.get("key_bits")),
        signature_algorithm=said.get("signature_algorithm"),
        signature_hash=signature_hash(said.get("signature_algorithm")),
    )
    tells = stated.sha256 or stated.sha1 or stated.serial_hex or stated.subject_cn or stated.san_dns or stated.san_ip
    return stated if tells else None


def _digest(written: str | None, length: int) -> str | None:
    if written is None:
        return None
    digits = hex_digits(written)
    if len(digits) != length:
        raise ValueError(f"{written[:70]!r} is not {length} hexadecimal digits")
    return digits


def _place(locator: str, certificate: CertificateRef, said: Mapping[str, str]) -> Sighting:
    host, ip = host_and_ip(said.get("host"), said.get("ip"))
    return Sighting(
        locator=locator,
        chain=(certificate,),
        kind="config",
        host=host,
        ip=ip,
        port=port_number(said["port"]) if "port" in said else None,
        path=said.get("path"),
    )
