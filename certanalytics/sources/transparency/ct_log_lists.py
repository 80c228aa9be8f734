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
from certanalytics.sources._reading.signature import Head, json_pages
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
    signature=json_pages("operators.item.logs.item.log_id")
    | json_pages("operators.item.tiled_logs.item.log_id")
    | json_pages("operators.item.logs", "operators.item.tiled_logs")
    | json_pages("log_id", "key", "monitoring_url"),
)
def ct_log_list(export: Export) -> Iterator[Row]:
    """Read log lists, or what static logs say of themselves; several one after the other, or in an array.

    A list without a time of its own was true when it was fetched. Mozilla keeps the states a log went through
    beside each other: the latest one counts. A log's key is not kept, its identifier is the key's SHA-256.
    """
    root = next((root for root in ("", "item") if _below(root, "operators") in Head(export.head).json_paths), None)
    if root is not None:
        lists = _headers(export, root)
        newest = max(lists, key=lambda each: each.published or datetime.min)
        yield Run(tool_version=newest.version, started_at=newest.published)
        yield from rows(_logs(export, root, lists), lambda locator, said: lists[said["list"]].log(locator, said))
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


def _below(root: str, path: str) -> str:
    return f"{root}.{path}" if root else path


def _headers(export: Export, root: str) -> list[_List]:
    """Which lists there are and who operates their logs, wherever that stands: Apple has both after the logs."""
    found: list[tuple[dict[str, str], list[str | None]]] = []
    complete = False
    operator, start = _below(root, "operators.item"), _below(root, "")
    # The logs are read next, from the same bytes: there a break is reported, once.
    with suppress(BrokenJsonError, *DAMAGED), export.open() as stream:
        for prefix, event, value in events(stream):
            if prefix == root and event == "start_map":
                found.append(({}, []))
            elif not found:
                continue
            elif prefix == operator and event == "start_map":
                found[-1][1].append(None)
            elif prefix == f"{operator}.name" and event == "string":
                found[-1][1][-1] = value.strip() or None
            elif event in {"string", "number"} and prefix.startswith(start) and "." not in prefix[len(start) :]:
                found[-1][0][prefix[len(start) :]] = str(value)
        complete = True
    if not complete and found and found[-1][1][-1:] == [None]:
        found[-1][1].pop()  # the break came before the name: whose logs these are is not known
    return [_list(*each) for each in found] or [_list({}, [])]


def _list(said: Mapping[str, str], operators: list[str | None]) -> _List:
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


def _logs(export: Export, root: str, lists: list[_List]) -> Iterator[Record | Reject]:
    """The logs in their order, each as soon as it has been read: an operator may have a hundred."""
    at, operator, counts, found = -1, -1, dict.fromkeys(_KINDS, 0), False
    path = _below(root, "operators.item")
    log: dict[str, Any] = {}
    try:
        with export.open() as stream:
            for prefix, event, value in events(stream):
                top, _, below = prefix.removeprefix(f"{path}.").partition(".item")
                if prefix == root and event == "start_map":
                    at, operator = at + 1, -1
                elif prefix == path and event == "start_map":
                    operator, counts = operator + 1, dict.fromkeys(_KINDS, 0)
                elif top not in _KINDS or top == prefix:
                    continue
                elif below:
                    _put(log, below.removeprefix(".").split("."), event, value)
                elif event == "start_map":
                    log = {}
                elif event == "end_map" and operator < len(lists[at].operators):
                    found = True
                    said = {"list": at, "operator": lists[at].operators[operator], "kind": top, "log": log}
                    yield f"{f'[{at}].' if len(lists) > 1 else ''}operators[{operator}].{top}[{counts[top]}]", said
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
