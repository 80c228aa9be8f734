"""The documentation says of the sources what the code says, and every shared sample gives what it gave."""

import csv

import printed
import pytest
from machine import absent


def test_the_tables_of_sources_are_printed_from_code():
    assert printed.with_table(printed.README.read_text("utf-8")) == printed.README.read_text("utf-8")
    assert printed.readme_table() in printed.README.read_text("utf-8")
    assert printed.page() == printed.PAGE.read_text("utf-8")


@pytest.fixture(scope="module")
def outcomes():
    if not printed.SHARED.is_dir():
        absent("the folder of shared samples (../shared beside the checkout)")
    return printed.outcomes()


@pytest.mark.shared
def test_every_shared_sample_gives_what_it_gave(outcomes):
    """One line a file; ``make docs`` writes it anew, and the difference is read before it is committed."""
    assert outcomes.splitlines() == printed.OUTCOMES.read_text("utf-8").splitlines()


@pytest.mark.shared
def test_the_sums_hold_and_no_sample_is_unreadable(outcomes):
    for row in csv.DictReader(outcomes.splitlines()):
        assert row["status"] in {"loaded", "already loaded", "unknown", "empty"}, row
        assert int(row["read"]) == int(row["accepted"]) + int(row["rejected"]) + int(row["duplicate"]), row
