"""Answers one after the other in a file, and gathered in an array (``jq -s``): what stands in each is read.

And whole XML documents one after the other, which ``nmap --append-output`` makes.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from certanalytics.model import Reject, Run
from certanalytics.sources import recognise

PAGES = [
    "censys/v2_host.json",
    "censys/v2_search.json",
    "censys/v3_host.json",
    "censys/v3_search.json",
    "ct/apple_log_list.json",
    "ct/get_entries.json",
    "ct/google_log_list.json",
    "ct/log.v3.json",
    "ct/mozilla_log_list.json",
    "prometheus/query.json",
]
FORMS = {
    "one after the other": lambda page: page + b"\n" + page,
    "in an array": lambda page: b"[" + page + b", " + page + b"]",
    "alone in an array": lambda page: b"[" + page + b"]",
}


def said(export):
    """The source of an export, and the different rows it gives, wherever they stand."""
    source = recognise(export)
    assert source is not None
    rows = [row if isinstance(row, Run) else replace(row, locator="") for row in source.read(export)]
    assert not any(isinstance(row, Reject) for row in rows)
    return source.name, set(rows), len([row for row in rows if not isinstance(row, Run)])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", PAGES)
def test_pages(samples, written, name, form):
    page = (samples / name).read_bytes()
    source, rows, count = said(written(page))
    again = said(written(FORMS[form](page)))
    assert again[:2] == (source, rows)
    # Prometheus' failures are told once a target, at the end.
    assert again[2] == count * (1 if form == "alone in an array" else 2) or name.startswith("prometheus")


def test_each_log_list_has_its_own_time_and_operators(samples, written):
    google, apple = ((samples / "ct" / f"{name}_log_list.json").read_bytes() for name in ("google", "apple"))
    expected = said(written(google))[1] | said(written(apple))[1]
    _, rows, _ = said(written(b"[" + google + b"," + apple + b"]"))
    assert {row for row in rows if not isinstance(row, Run)} == {row for row in expected if not isinstance(row, Run)}


@pytest.mark.parametrize("between", [b"", b"\n", b"\n\n\n" + b" " * 70_000])
def test_runs_of_nmap_appended(samples, written, between):
    runs = [(samples / "nmap" / name).read_bytes() for name in ("lab.xml", "verbose.xml", "lab.xml")]
    each = [said(written(run)) for run in runs]
    _, rows, count = said(written(between.join(runs)))
    assert rows == each[0][1] | each[1][1]
    assert count == sum(count for _, _, count in each)


@pytest.mark.parametrize("end", [b"</nmaprun>", b"</host>", b"<ports>"])
def test_a_run_that_was_cut_does_not_hide_the_one_appended_to_it(samples, written, end):
    cut, whole = ((samples / "nmap" / name).read_bytes() for name in ("lab.xml", "verbose.xml"))
    export = written(cut[: cut.rindex(end)] + whole)
    source = recognise(export)
    rows = list(source.read(export))
    assert [type(row) for row in rows].count(Reject) == 1
    found = {replace(row, locator="") for row in rows if not isinstance(row, Run | Reject)}
    assert {row for row in said(written(whole))[1] if not isinstance(row, Run)} <= found
