"""SSLyze: what each server presented, as one JSON object that may be many gigabytes long.

Read: the chains as served (with SNI and, from 6.1, without), the protocol versions, cipher suites
and curves that were accepted, and every server that gave no certificate. Not read: the chains SSLyze
built against its trust stores, and its checks for vulnerabilities. The JSON of 3.x and 4.x and the
XML of 1.x and 2.x are read by `sslyze_old`.

A result carries no time of its own: every row has the time the run started (``date_scans_started``),
which stands before the results in 5.x and behind them in 6.x and is therefore looked up in the first
and last bytes of the file beforehand. In a file that is cut short it may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from certanalytics.model import (
    Probe,
    Reject,
    Row,
    Run,
)
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, items
from certanalytics.sources._reading.records import json_records, rows, section, text
from certanalytics.sources._reading.reports import SEVERAL, read_through
from certanalytics.sources._reading.signature import json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import utc
from certanalytics.sources.scanners._sslyze import Result, outcome, place


@source(
    "sslyze-json",
    produced_by="sslyze --certinfo --json_out=FILE TARGETS (SSLyze 5.x and 6.x)",
    brings=("certificate", "chain", "place", "protocols"),
    signature=json_paths("server_scan_results.item.scan_result") | json_paths("invalid_server_strings"),
)
def sslyze_json(export: Export) -> Iterator[Row]:
    """Sightings, endpoints and probes of one run, in file order; targets that were no use come first.

    Raises:
        DataError: Not one result can be read.
    """
    reports, ends = read_through(export, "date_scans_started")
    header = _header(ends)
    if reports > 1:
        yield Reject(locator="date_scans_started", reason=SEVERAL)
        header = {"sslyze_version": header.get("sslyze_version", "")}
    times: dict[str, datetime | None] = {}
    for name in ("date_scans_started", "date_scans_completed"):
        try:
            times[name] = utc(header.get(name))
        except ValueError as error:
            yield Reject(locator=name, reason=str(error))
    started = times.get("date_scans_started")
    observed_at = started or times.get("date_scans_completed")
    time = {"observed_at": observed_at, "time_basis": "run"}
    yield Run(tool_version=header.get("sslyze_version"), started_at=started)
    for number, target in enumerate(_invalid_targets(export)):
        yield _invalid(f"invalid_server_strings[{number}]", target, time)
    yield from rows(
        json_records(export, "server_scan_results"),
        lambda locator, result: Result(locator, result, time).rows(),
    )


def _invalid(locator: str, target: object, time: Mapping[str, Any]) -> Row:
    """A target SSLyze could not start on: its name did not resolve, or it was no target at all."""
    try:
        target = section(target)
        server, message = text(target.get("server_string")) or "", text(target.get("error_message")) or ""
        found = place(server)
    except ValueError as error:
        return Reject(locator=locator, reason=str(error))
    if not found or outcome(message) != "unresolvable":
        return Reject(locator=locator, reason=f"SSLyze could not use this target: {message}", excerpt=server)
    host, ip, port = found
    return Probe(
        locator=locator,
        outcome="unresolvable",
        detail=message,
        host=host,
        ip=ip,
        port=port or 443,  # SSLyze's own default
        **time,
    )


def _invalid_targets(export: Export) -> Iterator[Any]:
    try:
        with export.open() as stream:
            yield from items(stream, "invalid_server_strings.item")
    except (BrokenJsonError, *DAMAGED):
        return  # the results are read next, from the same bytes: there the break is reported, once


def _header(ends: str) -> dict[str, str]:
    """The members of the outermost object that say when and by what, from the ends of the file.

    Quotes inside a JSON text are escaped, so the pattern cannot match what a server sent.
    """
    return dict(re.findall(r'"(date_scans_(?:started|completed)|sslyze_version)"\s*:\s*"([^"\\]*)"', ends))
