"""The attestation register: what somebody vouches for because no data can show it.

A small TOML file with one ``[[attestation]]`` each, or a CSV with the same columns.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from certanalytics.errors import UsageError


class Attestation(BaseModel):
    """One statement that something holds.

    Attributes:
        requirement: A requirement of SP 1800-16 (``GOV-1``) or an attested control.
        statement: What is attested.
        by: Who attests it.
        on: The day it was attested.
        valid_until: The last day it counts.
        evidence: Where the evidence lies: a document, a ticket.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    requirement: str = Field(min_length=1)
    statement: str = Field(min_length=1)
    by: str = Field(min_length=1)
    on: date
    valid_until: date
    evidence: str = Field(min_length=1)

    @field_validator("on", "valid_until", mode="before")
    @classmethod
    def _is_a_day(cls, value: object) -> object:
        if isinstance(value, datetime) or not isinstance(value, date | str):
            raise ValueError("write a day, for example 2026-11-23")  # noqa: TRY004 - pydantic collects ValueErrors
        return date.fromisoformat(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Attestation:
        if self.valid_until < self.on:
            raise ValueError("valid_until lies before on")
        return self

    def holds(self, moment: datetime) -> bool:
        """Whether it counts at a moment: neither given later nor run out."""
        return self.on <= moment.date() <= self.valid_until


def load_register(path: str | Path, *, known: Collection[str]) -> tuple[Attestation, ...]:
    """The attestations of a register.

    Args:
        path: A TOML or CSV file.
        known: What can be attested: requirements and controls.

    Raises:
        UsageError: It cannot be read: which entry, which field, why, and what to do.
    """
    path = Path(path)
    try:
        written = path.read_text("utf-8-sig")
        if path.suffix.lower() == ".csv":
            reader = csv.DictReader(written.splitlines())
            entries: list[object] = [
                {str(key): value for key, value in row.items() if value not in (None, "")} for row in reader
            ]
        else:
            content = tomllib.loads(written)
            if unknown := set(content) - {"attestation"}:
                raise UsageError(
                    f"[{min(unknown)}] is not understood", where=str(path), hint="Write [[attestation]] entries."
                )
            entries = list(content.get("attestation", []))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, csv.Error) as error:
        raise UsageError(
            f"the register cannot be read ({error})", where=str(path), hint="Write TOML with [[attestation]], or a CSV."
        ) from None
    made = []
    for number, entry in enumerate(entries, start=1):
        try:
            attestation = Attestation.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"]))
            raise UsageError(
                f"attestation {number}, field {field or 'valid_until'}: {first['msg'].removeprefix('Value error, ')}",
                where=str(path),
                hint="Each has requirement, statement, by, on, valid_until and evidence.",
            ) from None
        if attestation.requirement not in known:
            raise UsageError(
                f"attestation {number}, field requirement: nothing is called {attestation.requirement!r}",
                where=str(path),
                hint="Name a requirement as `certanalytics policy coverage` prints it, or an attested control.",
            )
        made.append(attestation)
    return tuple(made)
