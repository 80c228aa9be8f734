"""crt.sh search results: which certificates the public logs hold for a name, without their DER."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from certanalytics.model import CtEntry, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import json_records, number, rows, text
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import ip_address, is_dns_name, serial_hex, utc

_COLUMNS = ("issuer_ca_id", "issuer_name", "name_value", "id", "not_before", "not_after")
"""What every result has had since 2019; ``common_name``, ``serial_number`` and ``result_count`` came later."""

_OLD_COLUMNS = ("issuer_ca_id", "issuer_name", "name_value", "min_cert_id", "not_before")
"""What every result had before: a row for every name of a certificate, and no bracket around or comma between them."""

_ISSUER_UNKNOWN = -1


@source(
    "crtsh-json",
    produced_by="crt.sh web search: ?q=<name>&output=json",
    brings=("ct",),
    signature=json_paths(*(f"item.{column}" for column in _COLUMNS))
    | json_paths(*_COLUMNS)
    | json_paths(*(f"item.{column}" for column in _OLD_COLUMNS))
    | json_paths(*_OLD_COLUMNS),
)
def crtsh_json(export: Export) -> Iterator[Row]:
    """Read search results, an array or one a line.

    A result is not a log entry: ``log_index`` is crt.sh's own identifier, ``entry_timestamp`` the
    first time a log took the certificate in (unknown for certificates crt.sh got elsewhere), and a
    precertificate and its certificate are two results with nothing to tell which is which.
    ``name_value`` holds what the search matched, which may be fewer names than the certificate's. Until 2019 each
    name had a result of its own: there crt.sh's identifier is all that tells which results are of one certificate.
    """
    yield from rows(json_records(export), _result)


def _result(locator: str, result: Mapping[str, Any]) -> Iterator[Row]:
    names = [name.strip() for name in (text(result["name_value"]) or "").splitlines()]
    serial = text(result.get("serial_number"))
    old = "id" not in result
    identifier = number(result["min_cert_id" if old else "id"])
    yield CtEntry(
        locator=locator,
        certificate=StatedCertificate(
            alias=f"crt.sh:{identifier}" if old else None,
            serial_hex=serial_hex(serial) if serial else None,
            issuer_dn=text(result["issuer_name"]) if number(result["issuer_ca_id"]) != _ISSUER_UNKNOWN else None,
            subject_cn=text(result.get("common_name")),
            # E-mail addresses, and organisations where those were searched for, stand here too.
            san_dns=tuple(name for name in names if is_dns_name(name)),
            san_ip=tuple(address for address in map(ip_address, names) if address),
            not_before=utc(text(result["not_before"])),
            not_after=utc(text(result.get("not_after"))),
        ),
        log="crt.sh",
        log_index=identifier,
        entry_timestamp=utc(text(result.get("min_entry_timestamp" if old else "entry_timestamp"))),
    )
