"""The attestation register: TOML or CSV, and words for what is wrong in it."""

from __future__ import annotations

from datetime import date

import pytest

from certanalytics.errors import UsageError
from certanalytics.policy.register import load_register

ENTRY = {
    "requirement": "GOV-1",
    "statement": "The policy was approved.",
    "by": "CISO",
    "on": "2026-01-15",
    "valid_until": "2027-01-14",
    "evidence": "DMS-4711",
}


def toml(tmp_path, **changed):
    path = tmp_path / "register.toml"
    entry = {**ENTRY, **changed}
    lines = [
        f"{name} = {value if name in {'on', 'valid_until'} and '-' in value else repr(value)}"
        for name, value in entry.items()
        if value is not None
    ]
    path.write_text("[[attestation]]\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def test_toml_and_csv_say_the_same(tmp_path):
    sheet = tmp_path / "register.csv"
    sheet.write_text(",".join(ENTRY) + "\n" + ",".join(ENTRY.values()) + "\n", "utf-8-sig")
    (first,), (second,) = (load_register(path, known={"GOV-1"}) for path in (toml(tmp_path), sheet))
    assert first == second
    assert (first.on, first.valid_until) == (date(2026, 1, 15), date(2027, 1, 14))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"by": None}, "attestation 1, field by: Field required"),
        ({"statement": ""}, "attestation 1, field statement: "),
        ({"on": "soon"}, "attestation 1, field on: "),
        ({"valid_until": "2025-01-01"}, "attestation 1, field valid_until: valid_until lies before on"),
        ({"requirement": "GOV-9"}, "attestation 1, field requirement: nothing is called 'GOV-9'"),
        ({"approved": "yes"}, "attestation 1, field approved: Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, changed, said):
    path = toml(tmp_path, **changed)
    with pytest.raises(UsageError) as error:
        load_register(path, known={"GOV-1"})
    assert str(error.value).startswith(f"{path}: {said}")
    assert error.value.hint


@pytest.mark.parametrize("text", ["this is not", "[[entry]]\nby = 'me'"])
def test_a_file_that_is_none(tmp_path, text):
    path = tmp_path / "register.toml"
    path.write_text(text)
    with pytest.raises(UsageError):
        load_register(path, known=set())
    with pytest.raises(UsageError, match="cannot be read"):
        load_register(tmp_path / "none.toml", known=set())
