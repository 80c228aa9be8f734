"""Whom the demo's DNS exports let issue for a name (RFC 8659), without the package."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from independent_reading import Exports

Records = dict[str, dict[str, list[str]]]
"""Values by name and type."""


class Look(NamedTuple):
    """One recorded answer: when it was given, its sets as they stand in it, and its records."""

    time: datetime
    sets: list[dict[str, Any]]
    records: Records


def zone(exports: Exports, number: int) -> Look:
    """What was recorded of the first zone at one look."""
    path = exports.folder / "dns" / "route53" / f"route53.ListResourceRecordSets_{number}.json"
    data = json.loads(path.read_bytes())["data"]
    records: Records = defaultdict(dict)
    for each in data["ResourceRecordSets"]:
        records[each["Name"].rstrip(".")][each["Type"]] = [one["Value"] for one in each["ResourceRecords"]]
    time = parsedate_to_datetime(data["ResponseMetadata"]["HTTPHeaders"]["date"]).replace(tzinfo=None)
    return Look(time, data["ResourceRecordSets"], records)


def permitted(records: Records, name: str, apex: str) -> set[str] | None:
    """Nearest CAA set (RFC 8659 section 3): identifiers, ``open`` without one, ``None`` where an alias leads away."""
    is_wildcard, name = name.startswith("*."), name.removeprefix("*.")
    while name.endswith(apex):
        found = records.get(name, {})
        if "CNAME" in found:
            target = found["CNAME"][0].rstrip(".")
            if target not in records:
                return None
            found = records[target]
        if "CAA" in found:
            said: dict[str, set[str]] = defaultdict(set)
            for value in found["CAA"]:
                match = re.fullmatch(r'(\d+) (\w+) "([^"]*)"', value)
                assert match, value
                said[match[2]].add(match[3].partition(";")[0].strip())
            tag = "issuewild" if is_wildcard and "issuewild" in said else "issue"
            return said[tag] - {""}
        name = name.partition(".")[2]
    return {"open"}
