"""The guide as rows: complete, at one with the packs and the package, and naming no section that is not sure."""

from __future__ import annotations

import re
from datetime import date
from operator import attrgetter

import pytest
from estate_rows import AS_OF, Rows

from certanalytics import analysis
from certanalytics.errors import UsageError
from certanalytics.policy import explain, guide
from certanalytics.policy.assessment import every_pack, judge_packs
from certanalytics.policy.pack import EXCEPTIONS, load_pack, shipped
from certanalytics.policy.register import Attestation
from certanalytics.policy.verdict import Evidence

GROUPS = {
    "INV": 9, "OWN": 5, "CA": 7, "VAL": 3, "KEY": 3, "SIG": 1, "NAM": 6, "EKU": 1, "REQ": 4, "PKS": 6, "ROT": 2,
    "REN": 5, "AUT": 3, "AGI": 5, "REV": 5, "MON": 6, "LOG": 2, "TRF": 3, "CAA": 2, "CT": 2, "TRU": 3, "SVC": 6,
    "TOS": 1, "AUD": 2, "GOV": 2,
}  # fmt: skip
"""How many requirements each group of the yardstick has; 94 in all."""

EVERY = guide.requirements()
CONTROLS = [control for name in (*shipped(), EXCEPTIONS) for control in load_pack(name).controls]


def test_all_requirements_and_attributes_are_there():
    assert [each.id for each in EVERY] == [
        f"{group}-{number}" for group, n in GROUPS.items() for number in range(1, n + 1)
    ]
    assert len(EVERY) == 94
    assert [each.id for each in guide.attributes()] == [f"A{number}" for number in range(1, 32)]


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_a_requirement_says_what_shows_it(each):
    controls = [control for control in CONTROLS if each.id in control.requirements]
    assert each.how in {"control", "analysis", "attested", "out of reach"}
    assert (each.how in {"control", "attested"}) == bool(controls)
    assert all(control.attested == (each.how == "attested") for control in controls)
    assert bool(each.analysis) == (each.how == "analysis")
    assert each.extent in {"whole", "part"}
    assert bool(each.remains) == (each.extent == "part")
    assert each.requirement.endswith(".")
    assert each.data
    assert (each.tag == "M") == ("remembered" not in each.source)


def test_controls_name_requirements_that_exist():
    known = {each.id for each in EVERY}
    for control in CONTROLS:
        assert set(control.requirements) <= known, control.id


def test_sections_are_named_only_where_they_are_sure():
    by_id = {each.id: each for each in EVERY}
    assert by_id["KEY-1"].sections == "5.1.5"
    assert by_id["REN-1"].sections == "5.1.11"
    assert by_id["REN-5"].sections == "3.1"
    assert by_id["AGI-2"].sections == ""  # numbers from 5.1.12 to 5.2.11 are as remembered
    assert by_id["SVC-3"].sections == ""
    assert by_id["INV-1"].sections == "5.1.1"
    assert by_id["PKS-5"].sections == ""  # the requirement itself is
    for control in CONTROLS:
        for section in re.findall(r"\b5\.[1-4]\.\d+\b", guide.reference(control.reference, control.requirements)):
            sure = {part for name in control.requirements for part in by_id[name].sections.split(", ")}
            assert section in sure, control.id


def test_attributes_name_columns_that_exist():
    rows = Rows()
    rows.served("a.example.com")
    columns = set(rows.estate().inventory(as_of=AS_OF).columns)
    assert {each.column for each in guide.attributes() if each.column} <= columns


def lines(estate, register=()):
    found = judge_packs(estate, every_pack([]), as_of=AS_OF, scope=None, register=None, samples=0)
    return {line.requirement.id: line for line in guide.lines(found.verdicts, register, AS_OF)}


@pytest.fixture(scope="module")
def logged():
    """An estate with a log entry and nothing else."""
    rows = Rows()
    rows.logged(rows.certificate("a.example.com"))
    return rows.estate()


def test_what_nothing_was_loaded_for_is_never_met(logged):
    found = lines(logged)
    assert len(found) == 94
    needing_scans = {"REN-5", "CA-4", "NAM-2", "INV-1", "OWN-1", "TRF-3"}
    assert {found[name].state for name in needing_scans} == {Evidence.NOT_ASSESSABLE}
    for line in found.values():
        told = line.state in {Evidence.MET, Evidence.PARTLY, Evidence.NOT_MET}
        assert bool(line.data) != told, line.requirement.id
    assert found["GOV-1"].state is Evidence.NOT_ASSESSABLE
    assert found["PKS-1"].state is Evidence.OUT_OF_REACH
    assert found["AUD-2"].state is Evidence.NOT_ASSESSABLE  # no exception is no proof that exceptions are followed up
    assert found["MON-6"].state is Evidence.SHOWN


def test_the_analyses_named_are_analyses():
    named = {each.analysis for each in EVERY if each.analysis}
    assert all(attrgetter(name)(analysis) in analysis.ANALYSES for name in named)


def attestation(requirement, on=date(2026, 1, 1), until=date(2026, 12, 31)):
    return Attestation(
        requirement=requirement, statement="So it is.", by="Ann", on=on, valid_until=until, evidence="DOC-1"
    )


def test_an_attestation_counts_where_data_say_nothing(logged):
    wanted = ("PKS-1", "KEY-2", "REN-5", "KEY-1")
    found = lines(logged, [attestation(name) for name in wanted])
    assert {name: found[name].state for name in wanted} == {
        "PKS-1": Evidence.ATTESTED,
        "KEY-2": Evidence.ATTESTED,
        "REN-5": Evidence.ATTESTED,
        "KEY-1": Evidence.ATTESTED,
    }
    assert "attested by Ann on 2026-01-01, until 2026-12-31 (DOC-1)" in found["PKS-1"].reason
    late = lines(logged, [attestation("PKS-1", until=date(2026, 11, 22)), attestation("REN-5", on=date(2026, 11, 24))])
    assert (late["PKS-1"].state, late["REN-5"].state) == (Evidence.OUT_OF_REACH, Evidence.NOT_ASSESSABLE)


def test_an_attestation_that_ran_out_is_told_where_nothing_else_tells():
    def told(*entries):
        return next(line for line in guide.lines((), entries, AS_OF) if line.requirement.id == "PKS-1")

    old, newer = (attestation("PKS-1", until=date(2026, month, 1)) for month in (3, 9))
    assert told(newer, old) == told(old, newer)
    assert told(newer, old).reason.endswith("; the attestation of Ann ran out on 2026-09-01")
    again = told(newer, attestation("PKS-1"))
    assert again.state is Evidence.ATTESTED
    assert "ran out" not in again.reason
    assert "ran out" not in told(attestation("PKS-1", on=date(2026, 11, 24))).reason  # it has not begun


def test_an_attestation_never_covers_what_data_show_to_be_broken(rows):
    rows.served("a.example.com", days=-3)
    verdicts = judge_packs(rows.estate(), every_pack([]), as_of=AS_OF, scope=None, register=None, samples=0).verdicts
    for entry in (attestation("REN-5"), attestation("REN-5", until=date(2026, 11, 22))):
        found = {line.requirement.id: line for line in guide.lines(verdicts, [entry], AS_OF)}
        assert found["REN-5"].state is Evidence.NOT_MET
        assert "ran out" not in found["REN-5"].reason


def test_explain_controls_and_requirements():
    told = explain("sp-key-1")
    assert told.startswith("# SP-KEY-1: Keys are long enough\n")
    assert "aligned with KEY-1 of NIST SP 1800-16B, section 5.1.5" in told
    assert "- violated when: `key_is_weak`" in told
    assert "- $min_rsa_bits: not stated" in explain("ORG-KEY-1")
    assert "attestation register" in explain("SP-GOV-1")
    told = explain("PKS-1")
    assert "- shown by: out of reach" in told
    assert "- controls: none" in told
    with pytest.raises(UsageError, match="no control or requirement 'X-1'"):
        explain("X-1")
