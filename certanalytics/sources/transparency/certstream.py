"""certstream: what servers that follow the Certificate Transparency logs send, saved one message a line.

Three servers speak it (CaliDog's in Elixir, certstream-server-go, certstream-server-rust), each as a full stream, a
lite one without DER and chain, and one of names only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from certanalytics.model import CtEntry, Row, StatedCertificate
from certanalytics.sources._reading.export import Export
from certanalytics.sources._reading.records import array, json_records, number, rows, section, single_lines, text
from certanalytics.sources._reading.signature import Head, Signature, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import is_dns_name
from certanalytics.sources.transparency._certstream import ENTRY_TYPES, above, der, stated, time_of
from certanalytics.sources.transparency._certstream_bulk import bulk

_NAMES_ONLY = re.compile(r'"message_type"\s*:\s*"dns_entries"')


def _is_names_only(head: Head) -> bool:
    return bool(_NAMES_ONLY.search(head.text)) and not head.json_paths.isdisjoint(("data", "item.data"))


def _again(lines: Iterable[tuple[int, str]]) -> Iterator[Row]:
    """Rows of single lines that are no matter for SQL."""
    yield from rows(single_lines(lines), _message)


@source(
    "certstream",
    produced_by="certstream servers (CaliDog, certstream-server-go, certstream-server-rust): full, lite, domains-only",
    brings=("certificate", "chain", "ct"),
    signature=json_paths("data.leaf_cert")
    | json_paths("item.data.leaf_cert")
    | json_paths("leaf_cert", "update_type")
    | json_paths("item.leaf_cert", "item.update_type")
    | json_paths("data.chain", "data.cert_index")
    | Signature("JSON with message_type dns_entries", _is_names_only),
    bulk=partial(bulk, again=_again),
)
def certstream(export: Export) -> Iterator[Row]:
    """Read messages, with or without their envelope; heartbeats say nothing and are passed over.

    Where a message has no DER, or one that was taken out (``REDACT``), the certificate is as the message describes
    it: fingerprints, serial number, validity and names. Of distinguished names only the common name and organisation
    are kept, since what the servers put together leaves attributes out, and of extensions nothing, since every server
    words them in its own way. ``seen`` is the server's clock; only the Rust server says when the log took the entry
    in. A message of names only is one certificate of unknown identity with those names.
    """
    yield from rows(json_records(export), _message)


def _message(locator: str, message: Mapping[str, Any]) -> Iterator[Row]:
    kind, data = text(message.get("message_type")), message.get("data", message)
    if kind == "heartbeat":
        return
    if isinstance(data, list):
        names = tuple(name for name in map(text, data) if name and is_dns_name(name))
        if not names:
            raise ValueError("no DNS name in it")
        yield CtEntry(locator=locator, certificate=StatedCertificate(san_dns=names))
        return
    entry = section(data)
    leaf, origin = section(entry["leaf_cert"]), section(entry.get("source"))
    certificate = der(leaf) or stated(leaf)
    if certificate == StatedCertificate():
        raise ValueError("nothing is said of the certificate")
    yield CtEntry(
        locator=locator,
        certificate=certificate,
        chain=tuple(part for part in map(above, array(entry.get("chain"))) if part),
        log=text(origin.get("url")) or text(origin.get("name")),
        log_index=number(entry.get("cert_index")),
        entry_type=ENTRY_TYPES.get(text(entry.get("update_type"))),
        entry_timestamp=time_of(entry.get("submission_timestamp")),
    )
