"""The documentation says of the sources what the code says, and every shared sample gives what it gave."""

import printed
import pytest
from machine import absent


def test_the_tables_of_sources_are_printed_from_code():
    assert printed.with_table(printed.README.read_text("utf-8")) == printed.README.read_text("utf-8")
    assert printed.readme_table() in printed.README.read_text("utf-8")
    assert printed.page() == printed.PAGE.read_text("utf-8")


def test_the_table_of_the_guide_is_printed_from_code():
    """An analysis that is there now changes it: ``make docs`` prints it anew."""
    assert printed.guide_page() == printed.GUIDE.read_text("utf-8")


def test_the_dictionary_of_figures_is_printed_from_code():
    assert printed.kpi_page() == printed.KPIS.read_text("utf-8")


@pytest.fixture(scope="module")
def outcomes():
    if not printed.SHARED.is_dir():
        absent("the folder of shared samples (../shared beside the checkout)")
    return printed.outcomes()


@pytest.mark.shared
def test_every_shared_sample_gives_what_it_gave(outcomes):
    """``make docs`` writes it anew, and the difference is read before it is committed. Seconds are the machine's."""
    assert [line[:-1] for line in outcomes] == [line[:-1] for line in printed.kept_outcomes()]


@pytest.mark.shared
def test_the_sums_hold_and_no_sample_is_unreadable(outcomes):
    for line in outcomes[1:]:
        row = dict(zip(printed.COLUMNS, line, strict=True))
        assert row["status"] in {"loaded", "already loaded", "unknown", "empty"}, row
        assert int(row["read"]) == int(row["accepted"]) + int(row["rejected"]) + int(row["duplicate"]), row
