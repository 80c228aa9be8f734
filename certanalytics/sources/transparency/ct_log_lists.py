"""Lists of Certificate Transparency logs: whose they are, where they answer, and which still count."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from certanalytics.errors import DataError
from certanalytics.model import CtLog, Reject, Row, Run
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.json import BrokenJsonError, events
from certanalytics.sources._reading.records import Record, json_records, rows, section, text
from certanalytics.sources._reading.signature import Head, json_paths
from certanalytics.sources._reading.source import source
from certanalytics.sources._reading.text import utc

_LOG_ID = 32  # RFC 6962 section 3.2: SHA-256 of the log's public key
_Kind = Literal["rfc6962", "static-ct-api"]
_KINDS: dict[str, _Kind] = {"logs": "rfc6962", "tiled_logs": "static-ct-api"}


@source(
    "ct-log-list",
    produced_by="Google log_list.json and all_logs_list.json (v3), Apple current_log_list.json, Mozilla, crt.sh, BIMI; "
    "Sunlight log.v3.json",
    brings=("logs",),
    signature=json_paths("operators.item.logs.item.log_id")
    | json_paths("operators.item.tiled_logs.item.log_id")
    | json_paths("operators.item.logs", "operators.item.tiled_logs")
    | json_paths("log_id", "key", "monitoring_url"),
)
def ct_log_list(export: Export) -> Iterator[Row]:
    """Read a log list, or what one static log says of itself.

    A list without a time of its own was true when it was fetched. Mozilla keeps the states a log went through
    beside each other: the latest one counts. A log's key is not kept, its identifier is the key's SHA-256.
    """
    if "operators" in Head(export.head).json_paths:
        this = _header(export)
        yield Run(tool_version=this.version, started_at=this.published)
        yield from rows(_logs(export, this.operators), this.log)
    else:
        yield from rows(json_records(export), _of_itself)


@dataclass(frozen=True, slots=True)
class _List:
    """What a list says of itself, and what that makes of its logs."""

    system: str
    version: str | None
    published: datetime | None
    operators: list[str | None]

    def log(self, locator: str, said: Mapping[str, Any]) -> Iterator[Row]:
        """One log, with its operator and kind."""
        log = said["log"]
        state, since = _state(section(log.get("state")))
        accepts = section(log.get("temporal_interval"))
        yield CtLog(
            locator=locator,
            system=self.system,
            log_id=_log_id(log["log_id"]),
            description=text(log.get("description")),
            operator=said["operator"],
            url=text(log.get("url")) or text(log.get("submission_url")) or text(log.get("monitoring_url")),
            state=state,
            state_since=since,
            kind=_KINDS[said["kind"]],
            accepts_from=utc(text(accepts.get("start_inclusive"))),
            accepts_until=utc(text(accepts.get("end_exclusive"))),
            observed_at=self.published,
            time_basis="run" if self.published else "record",
        )


def _header(export: Export) -> _List:
    """Which list it is and who operates its logs, wherever that stands: Apple has both after the logs."""
    said: dict[str, str] = {}
    operators: list[str | None] = []
    complete = False
    # The logs are read next, from the same bytes: there a break is reported, once.
    with suppress(BrokenJsonError, *DAMAGED), export.open() as stream:
        for prefix, event, value in events(stream):
            if prefix == "operators.item" and event == "start_map":
                operators.append(None)
            elif prefix == "operators.item.name" and event == "string":
                operators[-1] = value.strip() or None
            elif event in {"string", "number"} and prefix and "." not in prefix:
                said[prefix] = str(value)
        complete = True
    if not complete and operators and operators[-1] is None:
        operators.pop()  # the break came before the name: whose logs these are is not known
    system = "ct-log-list"
    if "assetVersion" in said or "apple.com" in said.get("$schema", ""):
        system = "apple-ct-log-list"
    elif {"version", "log_list_timestamp"} <= said.keys():
        system = "google-ct-log-list"
    try:
        published = utc(said.get("log_list_timestamp"))
    except ValueError:
        published = None
    return _List(system, said.get("version"), published, operators)


def _logs(export: Export, operators: list[str | None]) -> Iterator[Record | Reject]:
    """The logs in their order, each as soon as it has been read: an operator may have a hundred."""
    operator, counts, found = -1, dict.fromkeys(_KINDS, 0), False
    log: dict[str, Any] = {}
    try:
        with export.open() as stream:
            for prefix, event, value in events(stream):
                top, _, below = prefix.removeprefix("operators.item.").partition(".item")
                if prefix == "operators.item" and event == "start_map":
                    operator, counts = operator + 1, dict.fromkeys(_KINDS, 0)
                elif top not in _KINDS or top == prefix:
                    continue
                elif below:
                    _put(log, below.removeprefix(".").split("."), event, value)
                elif event == "start_map":
                    log = {}
                elif event == "end_map" and operator < len(operators):
                    found = True
                    said = {"operator": operators[operator], "kind": top, "log": log}
                    yield f"operators[{operator}].{top}[{counts[top]}]", said
                    counts[top] += 1
    except (BrokenJsonError, *DAMAGED) as error:
        if not found:
            raise DataError(f"no log list ({error})", where=export.label, hint="Fetch it again.") from None
        yield Reject(locator=f"operators[{operator}]", reason=f"the file is cut short ({error}); the rest is not read")


def _put(log: dict[str, Any], path: list[str], event: str, value: object) -> None:
    """One value into a log; lists (of operators it had before) are passed over."""
    if event in {"string", "number", "boolean", "start_map"} and "item" not in path:
        for name in path[:-1]:
            log = log.setdefault(name, {})
        log[path[-1]] = {} if event == "start_map" else value


def _of_itself(locator: str, log: Mapping[str, Any]) -> Iterator[Row]:
    """One log as its own server describes it."""
    accepts = section(log.get("temporal_interval"))
    yield CtLog(
        locator=locator,
        system="ct-log",
        log_id=_log_id(log["log_id"]),
        description=text(log.get("description")),
        url=text(log.get("submission_url")) or text(log.get("monitoring_url")),
        state=text(log.get("status")),
        state_since=utc(text(log.get("status_timestamp"))),
        kind="static-ct-api",
        accepts_from=utc(text(accepts.get("start_inclusive"))),
        accepts_until=utc(text(accepts.get("end_exclusive"))),
    )


def _state(states: Mapping[str, Any]) -> tuple[str | None, datetime | None]:
    """The state a log came to last, and when; with several and not one time, none can be told."""
    reached = [(utc(text(section(said).get("timestamp"))), name) for name, said in states.items()]
    if len(reached) == 1:
        return reached[0][1], reached[0][0]
    latest = max((time for time, _ in reached if time), default=None)
    names = [name for time, name in reached if time == latest]
    return (names[0], latest) if latest and len(names) == 1 else (None, None)


def _log_id(written: object) -> str:
    try:
        log_id = base64.b64decode(text(written) or "", validate=True)
    except binascii.Error as error:
        raise ValueError(f"log_id is not base64: {error}") from None
    if len(log_id) != _LOG_ID:
        raise ValueError(f"log_id has {len(log_id)} bytes where RFC 6962 has {_LOG_ID}")
    return log_id.hex()
