"""What a report is: its notebook, its formats, and the parameters it takes, as `reports/NAME.toml` states them.

Parameters are checked here, before anything runs: papermill itself accepts any name and any value.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from certanalytics import resources
from certanalytics.errors import RenderError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Format = Literal["html", "pdf", "pptx", "xlsx"]
"""What a report can be written as."""

GIVEN = ("estate_path", "as_of", "scope")
"""Parameters of every report notebook; the run gives them, a specification does not."""

_TYPES: dict[str, type] = {"text": str, "count": int, "number": float, "flag": bool, "date": date}


class Parameter(BaseModel):
    """One parameter of a report.

    Attributes:
        type: What it holds: text, a whole number, a number, yes or no, or a date.
        default: Its value when nothing is said.
        help: What it means, for the reader of ``certanalytics report --help``.
        choices: The only values it may have.
        minimum: The least number it may be.
        maximum: The greatest number it may be.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["text", "count", "number", "flag", "date"]
    default: str | bool | int | float | date
    help: str
    choices: tuple[str | int | float, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def annotation(self) -> Any:
        """The Python type that accepts this parameter's values and no others."""
        if self.choices:
            return Literal[self.choices]
        if self.type in ("count", "number"):
            return Annotated[_TYPES[self.type], Field(ge=self.minimum, le=self.maximum)]
        return _TYPES[self.type]


class Specification(BaseModel):
    """One report: `reports/NAME.toml`.

    Attributes:
        name: Name of the report, that of its file.
        title: What it is, for a list of reports.
        notebook: Name of its notebook, without ``.ipynb``.
        formats: What it is written as unless the caller says otherwise.
        parameters: What it takes besides `GIVEN`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    notebook: str
    formats: tuple[Format, ...] = Field(min_length=1)
    parameters: dict[str, Parameter] = {}

    @property
    def notebook_path(self) -> Path:
        """Where its notebook lies."""
        return resources.notebooks() / f"{self.notebook}.ipynb"

    def checked(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of a run: what is overridden, and the defaults of the rest.

        Raises:
            UsageError: A name is not known or a value is not of its type.
        """
        unknown = sorted(set(overrides) - set(self.parameters))
        if unknown:
            raise UsageError(
                f"unknown parameter {unknown[0]!r}",
                where=f"report {self.name}",
                hint=f"Known: {', '.join(sorted(self.parameters)) or 'none'}; as_of and scope are given by themselves.",
            )
        fields: dict[str, Any] = {
            name: (each.annotation(), Field(default=each.default, validate_default=True))
            for name, each in self.parameters.items()
        }
        try:
            values = create_model("Parameters", __config__=ConfigDict(extra="forbid"), **fields)(**overrides)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            raise UsageError(
                f"{first['msg'][:1].lower()}{first['msg'][1:]}, not {first['input']!r}",
                where=f"parameter {name}",
                hint=self.parameters[name].help + ".",
            ) from None
        return {name: str(value) if isinstance(value, date) else value for name, value in values.model_dump().items()}


def known() -> list[str]:
    """The names of the reports there are."""
    return sorted(path.stem for path in resources.reports().glob("*.toml"))


def read(name: str) -> Specification:
    """The specification of a report.

    Args:
        name: Its name, as in `known`.

    Raises:
        UsageError: There is no such report.
        RenderError: Its specification is not one.
    """
    if name not in known():
        raise UsageError(f"there is no report {name!r}", hint=f"Known: {', '.join(known()) or 'none'}.")
    path = resources.reports() / f"{name}.toml"
    try:
        return Specification(name=name, **tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise RenderError(f"not a report specification: {error}", where=str(path)) from error
