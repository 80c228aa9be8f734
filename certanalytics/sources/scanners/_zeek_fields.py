r"""What the fields of Zeek's logs mean in our columns, declared once for every way of reading them.

A `Rule` names the column, the field (or its names over the versions) and how the field is written. Values reach the
kinds as a record of `_zeek_log` has them: text without the log's escapes, lists, or what JSON has in their place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from certanalytics.sources._reading import openssl_names as _openssl
from certanalytics.sources._reading.records import array, number, text
from certanalytics.sources._reading.text import from_epoch, ip_address, port_number, serial_hex, utc

Kind = Literal["text", "serial", "dn", "time", "validity", "names", "flag", "count", "address", "port"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One column, the fields it is read from (the first that is set counts) and how they are written."""

    column: str
    fields: tuple[str, ...]
    kind: Kind


CERTIFICATE = (
    Rule("serial_hex", ("certificate.serial",), "serial"),
    Rule("subject_dn", ("certificate.subject",), "dn"),
    Rule("issuer_dn", ("certificate.issuer",), "dn"),
    Rule("not_before", ("certificate.not_valid_before",), "validity"),
    Rule("not_after", ("certificate.not_valid_after",), "validity"),
    Rule("san_dns", ("san.dns",), "names"),
    Rule("san_uri", ("san.uri",), "names"),
    Rule("san_email", ("san.email",), "names"),
    Rule("san_ip", ("san.ip",), "names"),
    Rule("is_ca", ("basic_constraints.ca",), "flag"),
)
"""A certificate in x509.log."""

KEY = (
    Rule("algorithm", ("certificate.key_alg",), "text"),
    Rule("kind", ("certificate.key_type",), "text"),
    Rule("bits", ("certificate.key_length",), "count"),
    Rule("curve", ("certificate.curve",), "text"),
    Rule("signature", ("certificate.sig_alg",), "text"),
)
"""Key and signature of a certificate in x509.log, in OpenSSL's words."""

KNOWN = (
    Rule("serial_hex", ("serial",), "serial"),
    Rule("subject_dn", ("subject",), "dn"),
    Rule("issuer_dn", ("issuer_subject",), "dn"),
)
"""A certificate in known_certs.log."""

LEAF = (
    Rule("subject_dn", ("subject",), "dn"),
    Rule("issuer_dn", ("issuer", "issuer_subject"), "dn"),
    Rule("not_before", ("not_valid_before",), "validity"),
    Rule("not_after", ("not_valid_after",), "validity"),
)
"""What ssl.log said of the server's own certificate before 4.1."""

SERVER = (
    Rule("ip", ("id.resp_h",), "address"),
    Rule("port", ("id.resp_p",), "port"),
    Rule("sni", ("server_name",), "text"),
)
FLIPPED_SERVER = (
    Rule("ip", ("id.orig_h",), "address"),
    Rule("port", ("id.orig_p",), "port"),
    Rule("sni", ("server_name",), "text"),
)
"""The server where the other side opened the connection (``^`` in ``ssl_history``)."""

KNOWN_SERVER = (
    Rule("ip", ("host",), "address"),
    Rule("port", ("port_num",), "port"),
)

SEEN = Rule("observed_at", ("ts",), "time")

CHAIN = (
    Rule("fingerprints", ("cert_chain_fps",), "names"),
    Rule("files", ("cert_chain_fuids",), "names"),
    Rule("md5", ("cert_hash",), "text"),
)
"""The server's chain, leaf first: hashes since 4.1, file identifiers before, the leaf's MD5 before 2.2."""

HANDSHAKE = (
    Rule("established", ("established",), "flag"),
    Rule("resumed", ("resumed",), "flag"),
    Rule("version", ("version",), "text"),
    Rule("history", ("ssl_history",), "text"),
)

NAMED = (
    Rule("fingerprint", ("fingerprint",), "text"),
    Rule("file", ("id",), "text"),
    Rule("der", ("cert",), "text"),
    Rule("host_cert", ("host_cert",), "flag"),
    Rule("client_cert", ("client_cert",), "flag"),
)
"""What a row of x509.log goes by, and on which side of a connection it was seen."""

LOGS: dict[str, tuple[Rule, ...]] = {
    "x509": (SEEN, *CERTIFICATE, *KEY, *NAMED),
    "ssl": (SEEN, *SERVER, *FLIPPED_SERVER, *CHAIN, *LEAF, *HANDSHAKE),
    "known_certs": (SEEN, *KNOWN_SERVER, *KNOWN),
}
"""The logs that are read, and all that is read of them."""


def fields_of(log: str, *kinds: Kind) -> frozenset[str]:
    """The fields that are read of a log, or those written in one of these ways."""
    return frozenset(name for rule in LOGS[log] if not kinds or rule.kind in kinds for name in rule.fields)


TELLING = {
    "x509": frozenset({"certificate.serial", "certificate.subject"}),
    "known_certs": frozenset({"host", "port_num", "serial"}),
    "ssl": frozenset({"id.resp_h"}),
}
"""The fields by which a log is known; the first that has them counts, for ssl.log with one of the next."""

_OF_TLS = frozenset({"established", "cert_chain_fps", "cert_chain_fuids", "cert_hash"})


def log_of(columns: Iterable[str]) -> str | None:
    """Which log has these columns; ``None`` for one that says nothing of certificates."""
    names = frozenset(columns)
    log = next((log for log, telling in TELLING.items() if telling <= names), None)
    return None if log == "ssl" and names.isdisjoint(_OF_TLS) else log


def values(rules: Iterable[Rule], record: Mapping[str, Any]) -> dict[str, Any]:
    """The columns these rules find something for.

    Raises:
        ValueError: A field is not written as it should be.
    """
    found: dict[str, Any] = {}
    for rule in rules:
        for name in rule.fields:
            if (written := record.get(name)) is None:
                continue
            if (value := READERS[rule.kind](written)) not in (None, ()):
                found[rule.column] = value
                break
    return found


def key_columns(key: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a certificate by what `KEY` found, in our decoder's words."""
    curve = _openssl.curve(key.get("curve"))
    algorithm = _openssl.key_algorithm(key.get("algorithm"))
    if algorithm is None:  # Microsoft's terminal servers name a signature algorithm for their key
        algorithm = "EC" if curve else _openssl.key_algorithm(key.get("kind"))
    signature, digest = _openssl.signature(key.get("signature"))
    return {
        "key_algorithm": algorithm,
        "key_bits": _openssl.key_bits(algorithm, curve, key.get("bits")),
        "key_curve": curve,
        "signature_algorithm": signature,
        "signature_hash": digest,
    }


FIRST_SEEN, NONE_SEEN = datetime(1995, 1, 1), datetime(2100, 1, 1)
"""No connection with certificates was seen before the first (SSL is of that year) or will have been at the second."""

_FIRST_MOMENT, _LAST_MOMENT = datetime(1970, 1, 1), datetime(9999, 12, 31, 23, 59, 59)
_LAST_SECOND = 253_402_300_799
_DAY = 86_400
_BUFFERS = (255, 2047)
"""Zeek printed names into a buffer of 256 bytes, later of 2,048: a name that fills it was cut."""


def _moment(written: object) -> datetime | None:
    said = text(written)
    if not said or not said.strip("X."):  # Zeek's own tests put XXXXXXXXXX.XXXXXX where a time would be
        return None
    try:
        seconds = float(said)
    except ValueError:
        return utc(said)
    return from_epoch(seconds)


def _seen(written: object) -> datetime | None:
    """When a connection was seen; a sensor whose clock was not set, and a trace without times, do not tell."""
    said = text(written) or ""
    try:
        seconds = float(said)
    except ValueError:
        time = _moment(said)
    else:
        time = None if seconds < 0 or _LAST_SECOND < seconds < math.inf else from_epoch(seconds)
    return time if time and FIRST_SEEN <= time < NONE_SEEN else None


def _validity(written: object) -> datetime | None:
    """One end of a validity; 1970 is what Zeek writes for a time it could not read.

    Until 8.0 Zeek took these times for local ones: the last second of the year 9999, which stands for "no end"
    (RFC 5280 section 4.1.2.5), then lies in the year 10000.
    """
    said = text(written) or ""
    is_number = said.replace(".", "", 1).isdigit()
    if said.startswith("10000-01-01T") or (is_number and 0 < float(said) - _LAST_SECOND < _DAY):
        return _LAST_MOMENT
    time = _moment(said)
    return None if time == _FIRST_MOMENT else time


def _dn(written: object) -> str | None:
    said = text(written)
    return None if said and len(said.encode("utf-8", "replace")) in _BUFFERS else said


def _serial(written: object) -> str | None:
    said = text(written)
    return serial_hex(said.replace("\\\n", "")) if said else None  # OpenSSL breaks the line after 35 bytes


def _names(written: object) -> tuple[str, ...]:
    return tuple(name for name in map(text, array(written)) if name)


def _flag(written: object) -> bool | None:
    said = text(written)
    if said in (None, "T", "true"):
        return None if said is None else True
    if said in ("F", "false"):
        return False
    raise ValueError(f"T or F expected, found {said!r}")


def _count(written: object) -> int | None:
    return number((text(written) or "").removesuffix(".0"))


@lru_cache(maxsize=8192)
def _ip(written: str) -> str | None:
    return ip_address(written)


def _address(written: object) -> str | None:
    return _ip(text(written) or "")


def _port(written: object) -> int | None:
    """A port; other tools than Zeek's own writer add the protocol (``443/tcp``)."""
    said = text(written)
    return port_number(said.partition("/")[0].removesuffix(".0")) if said else None


READERS: dict[Kind, Callable[[object], Any]] = {
    "text": text,
    "serial": _serial,
    "dn": _dn,
    "time": _seen,
    "validity": _validity,
    "names": _names,
    "flag": _flag,
    "count": _count,
    "address": _address,
    "port": _port,
}
"""How each kind of field is read. What is plainly written `_zeek_bulk_fields` reads in SQL."""
