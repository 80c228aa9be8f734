"""osquery: the certificates in the stores of a machine, and those it saw by connecting to a server.

Read: the tables ``certificates`` and ``curl_certificate``, as rows of ``osqueryi --json`` and from the results log of
osqueryd (one line an event, a batch or a snapshot). Other tables in such a log are passed over, and so is what a
query no longer returned (``removed``): a certificate that is gone is seen nowhere. A server ``curl_certificate`` could
not reach gives no row at all.

A store has every certificate it holds in it, the roots of a CA bundle too. ``osqueryi`` says neither which machine it
ran on nor when; the log has both. On Linux and macOS osquery computes the times of ``certificates`` in the machine's
own time zone (so they are off by it unless that is UTC), which the export does not say. On Windows ``common_name`` is
the name for display, which is the common name only where the subject has it; whether a certificate is a CA's is not
known there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from certanalytics.model import CertificateRef, Reject, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, number, rows, section, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import (
    fingerprint,
    from_epoch,
    hex_digits,
    host_and_ip,
    ip_address,
    is_dns_name,
    openssl_time,
    serial_hex,
)
from certanalytics.x509.containers import pem_to_der

_STORE = ("sha1", "not_valid_after", "signing_algorithm")
_SERVED = ("sha256_fingerprint", "hostname", "valid_to")
"""Columns that tell the rows of the two tables from others, whatever else was asked for."""

_ENVELOPE = ("hostIdentifier", "calendarTime", "unixTime", "name")

_KEY_ALGORITHMS = {
    "rsaencryption": "RSA",
    "rsa": "RSA",
    "id-ecpublickey": "EC",
    "ecc": "EC",
    "dsaencryption": "DSA",
    "dsa": "DSA",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
}
"""OpenSSL's names, and those of Windows."""

_CURVES = {"prime256v1": "secp256r1", "prime192v1": "secp192r1"}


@source(
    "osquery",
    produced_by="osqueryi --json 'select * from certificates', or curl_certificate; osqueryd.results.log",
    brings=("certificate", "place"),
    tried_on="documentation",
    signature=json_paths(*(f"item.{column}" for column in _STORE))
    | json_paths(*(f"item.{column}" for column in _SERVED))
    | json_paths(*_STORE)
    | json_paths(*_SERVED)
    | json_paths(*_ENVELOPE, "action")
    | json_paths(*_ENVELOPE, "diffResults")
    | json_paths(*(f"item.{member}" for member in (*_ENVELOPE, "action")))
    | json_paths(*(f"item.{member}" for member in (*_ENVELOPE, "diffResults"))),
)
def osquery(export: Export) -> Iterator[Row]:
    """Sightings in file order.

    Raises:
        DataError: Not one record can be read.
    """
    yield from rows(json_records(export), _record)


def _record(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    """A row of a table, or a line of the log with the rows it brings."""
    if "hostIdentifier" not in record:
        yield from _row(locator, record, {})
        return
    seconds = number(record.get("unixTime"))
    name = text(section(record.get("decorations")).get("hostname")) or text(record["hostIdentifier"])
    run = {"machine": name, "observed_at": from_epoch(seconds) if seconds else None}
    for where, row in _present(record):
        try:
            yield from tuple(_row(f"{locator}.{where}", section(row), run))
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            yield Reject(locator=f"{locator}.{where}", reason=str(error))


def _present(record: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The rows a line says are there."""
    action, differences = record.get("action"), record.get("diffResults")
    if action == "added":
        return [("columns", record.get("columns"))]
    many = ("snapshot", record.get("snapshot")) if action == "snapshot" else ("diffResults.added", None)
    if isinstance(differences, dict):
        many = ("diffResults.added", differences.get("added"))
    where, found = many
    return [(f"{where}[{at}]", row) for at, row in enumerate(found)] if isinstance(found, list) else []


def _row(locator: str, row: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[Row]:
    if all(column in row for column in ("hostname", "sha256_fingerprint")):
        yield from _served(locator, row, run)
    elif "sha1" in row and ("not_valid_after" in row or "signing_algorithm" in row or "self_signed" in row):
        yield from _stored(locator, row, run)


def _stored(locator: str, row: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[Row]:
    """One entry of a store. On Windows ``path`` is none, but the name of the store."""
    said = {column: text(value) for column, value in row.items()}
    windows = "store" in said or "store_location" in said or "sid" in said
    path = said.get("path")
    host, ip = host_and_ip(run.get("machine"))
    yield Sighting(
        locator=locator,
        chain=(_entry(said, windows=windows),),
        kind="file",
        host=host,
        ip=ip,
        path=None if windows else path,
        resource=path if windows else None,
        observed_at=run.get("observed_at"),
    )


def _entry(said: Mapping[str, str | None], *, windows: bool) -> StatedCertificate:
    sha1, serial = said.get("sha1"), said.get("serial")
    if not sha1:
        raise ValueError("the certificate has no SHA-1")
    subject, issuer = (said.get(f"{name}2") or _distinguished(said.get(name)) for name in ("subject", "issuer"))
    algorithm = _KEY_ALGORITHMS.get((said.get("key_algorithm") or "").lower())
    strength = said.get("key_strength") or ""
    # What osquery calls the strength of a DSA key is the length of its signatures.
    is_size = strength.isdigit() and (algorithm == "RSA" or (algorithm == "EC" and windows))
    signature = said.get("signing_algorithm")
    common_name = said.get("common_name")
    if windows and not re.search(rf"(?:^|,\s*)CN=\"?{re.escape(common_name or '')}\"?(?:,|$)", subject or ""):
        common_name = None
    return StatedCertificate(
        sha1=fingerprint(sha1, 20),
        serial_hex=serial_hex(serial) if serial else None,
        subject_dn=subject,
        subject_cn=common_name,
        issuer_dn=issuer,
        subject_key_id=hex_digits(said.get("subject_key_id") or "") or None,
        authority_key_id=hex_digits(said.get("authority_key_id") or "") or None,
        not_before=_epoch(said.get("not_valid_before")),
        not_after=_epoch(said.get("not_valid_after")),
        key_algorithm=algorithm,
        key_bits=int(strength) if is_size else None,
        key_curve=_CURVES.get(strength, strength)
        if algorithm == "EC" and not strength.isdigit() and strength
        else None,
        signature_algorithm=signature,
        signature_hash=_digest(signature),
        is_ca={"1": True, "0": False}.get(said.get("ca") or ""),
    )


def _distinguished(name: str | None) -> str | None:
    """The older column, if it is a distinguished name: Windows puts the values alone there."""
    return name if name and re.match(r"/?[A-Za-z0-9.]+\s*=", name) else None


def _epoch(written: str | None) -> Any:
    """Seconds since 1970; 0 and -1 are what osquery writes for a time it could not make out."""
    return from_epoch(float(written)) if written and float(written) > 0 else None


def _digest(signature: str | None) -> str | None:
    found = re.search(r"md5|sha-?(\d+)", signature or "", re.IGNORECASE)
    return found[0].lower().replace("-", "") if found else None


def _served(locator: str, row: Mapping[str, Any], run: Mapping[str, Any]) -> Iterator[Row]:
    """One server; osquery connects to port 443 unless the query names another, and sends the name."""
    said = {column: text(value) for column, value in row.items()}
    written = said.get("hostname") or ""
    asked = urlsplit(written if "://" in written else f"//{written}")
    host, ip = host_and_ip(asked.hostname)
    if not (host or ip):
        raise ValueError("it does not say which server it is about")
    yield Sighting(
        locator=locator,
        chain=(_leaf(said),),
        kind="scan",
        host=host,
        ip=ip,
        port=asked.port or 443,
        sni=host,
        observed_at=run.get("observed_at"),
    )


def _leaf(said: Mapping[str, str | None]) -> CertificateRef:
    """The DER where the query asked for it (``dump_certificate = 1``), else what the columns say."""
    if armoured := said.get("pem"):
        return pem_to_der(armoured)
    names = [name.strip().partition(":") for name in re.split("[,;]", said.get("subject_alternative_names") or "")]
    key_id = re.search(r"(?:keyid:)?((?:[0-9A-F]{2}:?){8,})", said.get("authority_key_identifier") or "")
    start, end, serial = said.get("valid_from"), said.get("valid_to"), said.get("serial_number")
    authority = re.search(r"\bCA:(TRUE|FALSE)\b", said.get("basic_constraint") or "")
    stated = StatedCertificate(
        sha256=fingerprint(said.get("sha256_fingerprint"), 32),
        sha1=fingerprint(said.get("sha1_fingerprint"), 20),
        serial_hex=serial_hex(serial) if serial else None,
        subject_cn=said.get("common_name"),
        subject_o=said.get("organization"),
        issuer_cn=said.get("issuer_common_name"),
        issuer_o=said.get("issuer_organization"),
        subject_key_id=hex_digits(said.get("subject_key_identifier") or "") or None,
        authority_key_id=hex_digits(key_id[1]) if key_id else None,
        san_dns=tuple(name for kind, _, name in names if kind == "DNS" and is_dns_name(name)),
        san_ip=tuple(address for kind, _, name in names if kind == "IP Address" and (address := ip_address(name))),
        san_email=tuple(name for kind, _, name in names if kind == "email"),
        san_uri=tuple(name for kind, _, name in names if kind == "URI"),
        not_before=openssl_time(start) if start else None,
        not_after=openssl_time(end) if end else None,
        signature_algorithm=said.get("signature_algorithm"),
        signature_hash=_digest(said.get("signature_algorithm")),
        is_ca=authority[1] == "TRUE" if authority else None,
    )
    if not stated.sha256:
        raise ValueError("the certificate has no fingerprint")
    return stated
