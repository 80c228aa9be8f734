"""Verdicts as JUnit XML: a suite a pack, a test case a control. What cannot be judged is skipped, with the reason."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from certanalytics.policy.verdict import State, Verdict

if TYPE_CHECKING:
    from certanalytics.policy.assessment import Assessment

_SKIPPED = {State.NOT_ASSESSABLE, State.NOTHING}
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 has no way to write (section 2.2); names in certificates can hold any."""


def junit(found: Assessment) -> str:
    """A check as one JUnit report."""
    root = Element("testsuites", {"name": "certanalytics policy check", **_totals(found.verdicts)})
    for name, group in groupby(found.verdicts, key=lambda verdict: verdict.pack.name):
        verdicts = tuple(group)
        about = {"name": name, "timestamp": f"{found.as_of:%Y-%m-%dT%H:%M:%S}", **_totals(verdicts)}
        suite = SubElement(root, "testsuite", about)
        for verdict in verdicts:
            _case(suite, verdict)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, verdict: Verdict) -> None:
    control = verdict.control
    case = SubElement(suite, "testcase", classname=verdict.pack.name, name=_clean(f"{control.id} {control.title}"))
    if verdict.state is State.NOT_MET:
        failure = SubElement(case, "failure", type=control.severity, message=_clean(verdict.reason))
        rows = [f"{sample.name}: {sample.told}" for sample in verdict.samples]
        if (rest := verdict.counts.violating - len(rows)) > 0 and rows:
            rows.append(f"and {rest:,} more")
        failure.text = _clean("\n".join([control.do, *rows]))
    elif verdict.state in _SKIPPED:
        missing = f" Data that would tell: {verdict.missing}." if verdict.missing else ""
        SubElement(case, "skipped", message=_clean(f"{verdict.state}: {verdict.reason}{missing}"))
    else:
        SubElement(case, "system-out").text = _clean(f"{verdict.state}: {verdict.reason}")


def _totals(verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    failures = sum(verdict.state is State.NOT_MET for verdict in verdicts)
    skipped = sum(verdict.state in _SKIPPED for verdict in verdicts)
    return {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
