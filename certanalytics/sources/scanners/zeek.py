"""Zeek (formerly Bro): certificates seen on the wire, from x509.log, ssl.log and known_certs.log.

Read in any version since 2.0, tab-separated (several headers in one file, live files, rotated and packed ones) or JSON
(``LogAscii::use_json=T``, policy ``tuning/json-logs``; times as epoch, milliseconds or ISO 8601), with dots or
underscores in field names, one log or several in a file. Other logs in the file are passed over.

ssl.log says where a chain was seen, x509.log what is in its certificates. They meet by fingerprint (since 4.1; the
hash function can be chosen) or by file identifier (before), in whatever order they are loaded.

What cannot be told from these logs: the certificate of a TLS 1.3 connection, which is encrypted; what an endpoint
offers besides the one version and suite agreed on, so no `EndpointTls` comes from here; STARTTLS; UDP (DTLS) or TCP;
and whether ``id.resp_h`` is the server or a proxy before it. Until 8.0 Zeek writes ``not_valid_before`` and
``not_valid_after`` as if they were in the time zone of the sensor, which the log does not name: they may be up to
14 hours off and are kept as written, until the certificate itself is loaded from anywhere. Client certificates are
not sightings.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from certanalytics.model import Alias, CertificateRef, Row, Sighting, StatedCertificate
from certanalytics.sources._reading.dn import rfc4514
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import rows
from certanalytics.sources._reading.signature import Head, Signature, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources.scanners._passive import ENCRYPTED, NOT_SEEN, RESUMED, Place, Watched
from certanalytics.sources.scanners._zeek_bulk import RowOfLine, bulk
from certanalytics.sources.scanners._zeek_fields import (
    CERTIFICATE,
    CHAIN,
    FLIPPED_SERVER,
    HANDSHAKE,
    KEY,
    KNOWN,
    KNOWN_SERVER,
    LEAF,
    NAMED,
    SEEN,
    SERVER,
    key_columns,
    values,
)
from certanalytics.sources.scanners._zeek_log import is_tsv, json_records, tsv_logs, tsv_records

_SHA256, _SHA1 = 64, 40
"""Hexadecimal digits of a fingerprint."""


def _json_logs() -> Signature:
    """JSON of one of the logs, however fields are named and rows are put together."""
    telling = (
        ("certificate.serial", "certificate.subject", "certificate.not_valid_before", "certificate.sig_alg"),
        ("ts", "host", "port_num", "serial", "issuer_subject"),
        ("ts", "uid", "id.orig_h", "id.resp_h", "established"),
    )
    forms = [
        json_paths(*(f"{prefix}{name.replace('.', mark)}" for name in names))
        for names in telling
        for prefix in ("", "item.")
        for mark in (".", "_")
    ]
    signature = forms[0]
    for form in forms[1:]:
        signature |= form
    return signature


_TSV_LOGS = Signature(
    "Zeek's #fields header of x509.log, ssl.log or known_certs.log",
    lambda head: is_tsv(head.text) and any(tsv_logs(head.text.splitlines())),
)


def _again(row: RowOfLine, lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines DuckDB could not make sense of."""
    records = (row(f"line {number}", line) for number, line in lines)
    yield from rows(filter(None, records), partial(_converted, Watched()))


@source(
    "zeek-logs",
    produced_by="Zeek or Bro 2.0 and later: x509.log, ssl.log, known_certs.log as TSV or JSON",
    brings=("certificate", "chain", "place"),
    signature=_TSV_LOGS | _json_logs(),
    bulk=partial(bulk, again=_again),
)
def zeek_logs(export: Export) -> Iterator[Row]:
    """Read rows of the three logs.

    ssl.log: a connection with a server chain is a `Sighting` at the responder, established or not. One that was
    established without a chain is a `Probe` ("no certificate": the session was resumed, TLS 1.3 hides it, or it was
    not seen), at most one for an endpoint and reason, and none once the file has shown the endpoint's certificate.
    One that was not established says no more of the server than of a client that asked for what it does not offer,
    and is passed over.

    x509.log: the leaf of a server (``host_cert``, not ``client_cert``; since 4.1) is a `Sighting` without a place: it
    was served, and only ssl.log knows where. Issuers, client certificates, certificates from files and all rows before
    4.1, of which that cannot be told, are an `Alias`: kept, and nobody is said to serve them.

    known_certs.log: a `Sighting`; a row without a port is a client's and is passed over.

    A time that Zeek's own tests made unreadable (``XXXXXXXXXX.XXXXXX``), one before SSL was (a clock that was not set)
    and one absurdly far in the future are left empty: the file's time counts. One that cannot be read is a reject.
    """
    records = tsv_records(export) if is_tsv(Head(export.head).text) else json_records(export)
    yield from rows(records, partial(_converted, Watched()))


def _converted(watched: Watched, locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    if record["_path"] == "ssl":
        yield from _connection(locator, record, watched)
    elif record["_path"] == "x509":
        yield from _certificate(locator, record)
    else:
        yield from _known(locator, record)


def _connection(locator: str, record: Mapping[str, Any], watched: Watched) -> Iterator[Row]:
    chain = _chain(record)
    handshake = values(HANDSHAKE, record)
    if not (chain or handshake.get("established")):
        return
    flipped = "^" in handshake.get("history", "")
    place = _place(values(FLIPPED_SERVER if flipped else SERVER, record))
    if chain:
        watched.showed(place)
        yield Sighting(locator=locator, chain=chain, kind="passive", observed_at=_seen(record), **place)
    else:
        why = RESUMED if handshake.get("resumed") else ENCRYPTED if _hides(handshake) else NOT_SEEN
        if probe := watched.showed_none(locator, place, why, _seen(record)):
            yield probe


def _seen(record: Mapping[str, Any]) -> datetime | None:
    time: datetime | None = values((SEEN,), record).get("observed_at")
    return time


def _hides(handshake: Mapping[str, Any]) -> bool:
    return "TLSv13" in handshake.get("version", "")


def _place(found: Mapping[str, Any]) -> Place:
    return {"ip": found.get("ip"), "port": found.get("port"), "sni": found.get("sni")}


def _chain(record: Mapping[str, Any]) -> tuple[CertificateRef, ...]:
    named, leaf = values(CHAIN, record), _described(values(LEAF, record))
    chain: tuple[StatedCertificate, ...]
    if fingerprints := named.get("fingerprints"):
        chain = tuple(map(_by_fingerprint, fingerprints))
    elif files := named.get("files"):
        chain = tuple(StatedCertificate(alias=f"zeek:{file}") for file in files)
    elif "md5" in named:
        chain = (_by_fingerprint(named["md5"]),)
    else:
        return (StatedCertificate(**leaf),) if "subject_dn" in leaf else ()
    return (replace(chain[0], **leaf), *chain[1:]) if leaf else chain


@lru_cache(maxsize=8192)
def _by_fingerprint(fingerprint: str) -> StatedCertificate:
    """A certificate by its hash: of SHA-256 and SHA-1 we know what they are of, any other is Zeek's own name for it."""
    digits = fingerprint.lower()
    if not digits.strip("0123456789abcdef"):
        if len(digits) == _SHA256:
            return StatedCertificate(sha256=digits)
        if len(digits) == _SHA1:
            return StatedCertificate(sha1=digits)
    return StatedCertificate(alias=f"zeek:{digits}")


def _certificate(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    named = values(NAMED, record)
    by_hash = _by_fingerprint(named["fingerprint"]) if "fingerprint" in named else None
    certificate = _der(named["der"]) if "der" in named else _stated(record, by_hash)
    served = bool(named.get("host_cert")) and not named.get("client_cert")
    aliases = [f"zeek:{named['file']}"] if "file" in named else []
    if by_hash and (by_hash.alias or not (served or aliases)):
        aliases.append(by_hash.alias or f"zeek:{named['fingerprint'].lower()}")
    if not (served or aliases):
        raise ValueError("neither fingerprint nor id: nothing can refer to this certificate")
    if served:
        yield Sighting(locator=locator, chain=(certificate,), kind="passive", observed_at=_seen(record))
    for alias in aliases:
        yield Alias(locator=locator, alias=alias, certificate=certificate, observed_at=_seen(record))


def _der(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except binascii.Error as error:
        raise ValueError(f"cert is not base64 ({error})") from None


def _stated(record: Mapping[str, Any], by_hash: StatedCertificate | None) -> StatedCertificate:
    said = values(CERTIFICATE, record)
    if "subject_dn" not in said and record.get("certificate.subject"):
        said.pop("issuer_dn", None)  # the old writer went on with the rest of the subject in the issuer
    return StatedCertificate(
        sha256=by_hash.sha256 if by_hash else None,
        sha1=by_hash.sha1 if by_hash else None,
        **key_columns(values(KEY, record)),
        **_described(said),
    )


def _known(locator: str, record: Mapping[str, Any]) -> Iterator[Row]:
    place, said = values(KNOWN_SERVER, record), _described(values(KNOWN, record))
    if "port" not in place:
        return
    if not said:
        raise ValueError("neither subject nor serial number")
    chain = (StatedCertificate(**said),)
    yield Sighting(locator=locator, chain=chain, kind="passive", observed_at=_seen(record), **_place(place))


def _described(said: dict[str, Any]) -> dict[str, Any]:
    """Columns of a certificate, with the common names and organisations its distinguished names hold."""
    for side in ("subject", "issuer"):
        if dn := said.get(f"{side}_dn"):
            attributes = rfc4514(dn)
            said |= {f"{side}_{kind.lower()}": attributes[kind] for kind in ("CN", "O") if kind in attributes}
    return said
