"""Verdicts as SARIF 2.1.0, the format code scanners hand their results over in.

A violating row is a result of kind ``fail``. A control that is met, not assessable, without anything to judge, excepted
or attested is one result of the kind that says so (section 3.27.9): ``pass``, ``open``, ``notApplicable``, ``review``,
``informational``; a level is given to failures only, as the standard asks. A row is no line of a file: it stands as a
logical location.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from certanalytics.policy import guide
from certanalytics.policy.verdict import Sample, State, Verdict

if TYPE_CHECKING:
    from certanalytics.policy.assessment import Assessment

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
"""What the schema of the format is called."""

_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""``security-severity`` as code scanning platforms read it: the middle of each of their bands."""

_KINDS = {
    State.MET: "pass",
    State.NOT_ASSESSABLE: "open",
    State.NOTHING: "notApplicable",
    State.EXCEPTED: "review",
    State.ATTESTED: "informational",
}


def sarif(found: Assessment, *, version: str) -> str:
    """A check as one SARIF log.

    Args:
        found: The check.
        version: The version of this package.
    """
    rules = [_rule(verdict) for verdict in found.verdicts]
    results = [result for number, verdict in enumerate(found.verdicts) for result in _results(number, verdict)]
    run = {
        "tool": {"driver": {"name": "certanalytics", "version": version, "rules": rules}},
        "results": results,
        "properties": {"asOf": f"{found.as_of:%Y-%m-%dT%H:%M:%SZ}", "scope": found.scope or "everything"},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(verdict: Verdict) -> dict[str, Any]:
    control = verdict.control
    return {
        "id": control.id,
        "shortDescription": {"text": control.title},
        "fullDescription": {"text": control.why},
        "help": {"text": f"{control.do} ({guide.reference(control.reference, control.requirements)})"},
        "defaultConfiguration": {"level": _LEVELS[control.severity]},
        "properties": {
            "tags": ["security", verdict.pack.name, *control.requirements],
            "security-severity": _SCORES[control.severity],
        },
    }


def _results(number: int, verdict: Verdict) -> Iterator[dict[str, Any]]:
    control = verdict.control
    base = {"ruleId": control.id, "ruleIndex": number, "properties": {"state": str(verdict.state)}}
    if verdict.state is not State.NOT_MET:
        text = verdict.reason + (f" Data that would tell: {verdict.missing}." if verdict.missing else "")
        yield {**base, "kind": _KINDS[verdict.state], "level": "none", "message": {"text": text}}
        return
    failed = {**base, "kind": "fail", "level": _LEVELS[control.severity]}
    for sample in verdict.samples:
        told = f" ({sample.told})" if sample.told else ""
        yield {
            **failed,
            "message": {"text": f"{sample.name}: not so: {control.title}{told}. {control.do}"},
            "locations": [_location(sample, control.subject)],
            "partialFingerprints": {"row/v1": _fingerprint(control.id, sample.subject)},
        }
    if (rest := verdict.counts.violating - len(verdict.samples)) > 0:
        among = f"{rest:,} more rows break it. " if verdict.samples else ""
        yield {**failed, "message": {"text": f"{among}{verdict.reason}"}}


def _location(sample: Sample, subject: str) -> dict[str, Any]:
    place = {"name": sample.name, "fullyQualifiedName": f"{subject}/{sample.subject}", "kind": "resource"}
    return {"logicalLocations": [place]}


def _fingerprint(control: str, subject: str) -> str:
    """By which a platform knows the same violation in the next check."""
    return hashlib.sha256(f"{control}\0{subject}".encode()).hexdigest()
