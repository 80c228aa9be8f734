"""DigiCert CertCentral Discovery: the certificates its sensors found on the network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import Record, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import number, page_records, rows, text
from certanalytics.sources._reading.signature import json_pages
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import from_epoch, ip_address, is_dns_name, serial_hex

_TAKEN = frozenset({"certId", "cn", "org", "ca", "san", "serialNum", "validFrom", "expiryDate"})


@source(
    "digicert-discovery-json",
    produced_by="DigiCert CertCentral Discovery API: POST /apicontroller/v1/certificate/list",
    brings=("status",),
    tried_on="documentation",
    signature=json_pages("data.certificateDetailsDTOList"),
)
def digicert_discovery_json(export: Export) -> Iterator[Row]:
    """Read the list of certificates found.

    A certificate is told by its serial number and the name of its CA; the list brings no thumbprint. Nor does it say at
    which endpoints a certificate was found or when, so it is a record and no sighting. Times are milliseconds.
    """
    yield from rows(page_records(export, "data.certificateDetailsDTOList"), _record)


def _record(locator: str, item: Mapping[str, Any]) -> Iterator[Row]:
    known, serial = text(item.get("certId")), text(item.get("serialNum"))
    if known is None:
        raise ValueError("certId is missing")
    names = _names(item.get("san"))
    noted = {name: value for name, value in item.items() if name not in _TAKEN and value not in (None, "", [], {})}
    certificate = StatedCertificate(
        serial_hex=serial_hex(serial) if serial else None,
        issuer_cn=text(item.get("ca")),
        subject_cn=text(item.get("cn")),
        subject_o=text(item.get("org")),
        san_dns=tuple(name for name in names if is_dns_name(name)),
        san_ip=tuple(address for address in map(ip_address, names) if address),
        not_before=_time(item.get("validFrom")),
        not_after=_time(item.get("expiryDate")),
    )
    yield Record(
        locator=locator,
        system="digicert-discovery",
        record_id=known,
        certificate=certificate if certificate != StatedCertificate() else None,
        state=text(item.get("certStatus")) or text(item.get("status")),
        attributes=json.dumps(noted, default=str, ensure_ascii=False) if noted else None,
    )


def _names(written: object) -> list[str]:
    """Names in a list, or in one text."""
    parts = written if isinstance(written, list) else re.split(r"[\s,;]+", text(written) or "")
    return [name for name in map(text, parts) if name]


def _time(written: object) -> datetime | None:
    milliseconds = number(written)
    return from_epoch(milliseconds // 1000) if milliseconds is not None else None
