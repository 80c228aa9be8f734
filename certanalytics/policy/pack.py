"""Control packs: TOML files that a security officer can read and change.

A pack holds ``[parameters]``, one ``[[control]]`` a control and, where the organisation has granted any, one
``[[exception]]`` an exception. What a control may say is `Control`; a pack that says something else is refused with
the file, the control, the field, why, and what to do.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from certanalytics.errors import UsageError
from certanalytics.policy.subjects import Subject

FOLDER = Path(__file__).parent / "packs"
"""Where the packs that come with the package lie."""

EXCEPTIONS = "exceptions"
"""The pack that judges exceptions themselves; it is added wherever a pack grants any."""

SEVERITIES = ("low", "medium", "high", "critical")
"""How bad a violation is, least first."""

Severity = Literal["low", "medium", "high", "critical"]
Parameter = bool | int | float | str | date | list[str] | list[int]
Text = Annotated[str, Field(min_length=1)]

_PARAMETER = re.compile(r"\$([A-Za-z_]\w*)")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Control(_Strict):
    """One control.

    Attributes:
        id: Stable name, unique among the packs that are checked together.
        title: What has to hold.
        why: What goes wrong where it does not.
        subject: What one judged row is: a ``certificate``; an ``issuance`` (one that has not ended, as it was issued);
            a ``presentation`` (of a certificate by an endpoint at one address); an ``endpoint`` (one of its addresses);
            a ``change`` (of the certificate at an endpoint); a ``renewal``; a ``responsibility`` (those named for a
            certificate in service) or a ``contact`` (one person of them); a ``domain`` of the organisation; a
            ``request`` (a record of a CA or manager); the ``estate``; or an ``exception``. The columns are those of
            the questions in ``sql/questions/policy`` (`certanalytics.policy.subjects`).
        applies_to: SQL predicate: the rows it is about.
        violated_when: SQL predicate: the rows that break it. ``NULL`` says that it cannot be told for a row.
        needs: Kinds of evidence without which nothing can be said (``facts.evidence_kind``).
        severity: How bad a violation is.
        do: What to do about a violation.
        reference: Where the control comes from; of a requirement of SP 1800-16 it follows from ``requirements``.
        requirements: Requirements of SP 1800-16 for which it is evidence (``KEY-1``).
        shows: Columns that tell of a violating row why it is one.
        attested: No data can show it: an entry of the attestation register does, for the control or a requirement.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9.]+)+$")]
    title: Text
    why: Text
    severity: Severity
    do: Text
    subject: Subject = "certificate"
    applies_to: Text = "true"
    violated_when: str = ""
    needs: tuple[str, ...] = ()
    reference: str = ""
    requirements: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    attested: bool = False

    @model_validator(mode="after")
    def _is_judged_one_way(self) -> Control:
        if self.attested == bool(self.violated_when.strip()):
            raise ValueError("a control is judged by violated_when or, with attested = true, by the register")
        if self.attested and (self.needs or self.shows or self.applies_to != "true"):
            raise ValueError("an attested control has no applies_to, needs or shows")
        if not (self.reference or self.requirements):
            raise ValueError("a control says where it comes from: reference, or requirements of SP 1800-16")
        return self

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters its predicates name, without ``as_of``."""
        named = parameters_in(f"{self.applies_to} {self.violated_when}")
        return tuple(name for name in named if name != "as_of")


class Exemption(_Strict):
    """An exception the organisation has granted: rows that may violate a control until a day.

    Attributes:
        id: Its name in the organisation's records.
        control: The control it excepts from.
        applies_to: SQL predicate over the rows of that control.
        reason: Why it was granted.
        granted_by: Who granted it.
        granted_on: The day it was granted.
        until: The last day it holds.
    """

    id: Text
    control: Text
    applies_to: Text
    reason: Text
    granted_by: Text
    granted_on: date
    until: date

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Exemption:
        if self.until < self.granted_on:
            raise ValueError("until lies before granted_on")
        return self


class Pack(_Strict):
    """One pack of controls.

    Attributes:
        name: Its name on the command line.
        title: What it is.
        about: What it judges and what it leaves out.
        parameters: Values the predicates name with ``$``; an empty text or list is not stated.
        controls: The controls, in reading order.
        exceptions: Exceptions granted from controls of this pack or of others.
        origin: The file it was read from.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Text
    about: Text
    parameters: dict[str, Parameter] = {}
    controls: tuple[Control, ...] = Field(alias="control", min_length=1)
    exceptions: tuple[Exemption, ...] = Field(default=(), alias="exception")
    origin: str = ""

    def stated(self, name: str) -> bool:
        """Whether the pack gives a value for a parameter: an empty text or list is none."""
        return self.parameters[name] not in ("", [])


def parameters_in(text: str) -> tuple[str, ...]:
    """The parameters a condition names, each once."""
    return tuple(dict.fromkeys(_PARAMETER.findall(text)))


def shipped() -> tuple[str, ...]:
    """The names of the packs that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != EXCEPTIONS))


def load_pack(name: str | Path) -> Pack:
    """A pack by its name, or from a file of one's own.

    Args:
        name: One of `shipped`, or the path of a TOML file.

    Raises:
        UsageError: There is no such pack, or the file is none: which control, which field, why, and what to do.
    """
    ours = FOLDER / f"{name}.toml"
    path = ours if str(name) in {*shipped(), EXCEPTIONS} else Path(name)
    if not path.is_file():
        raise UsageError(f"no control pack {str(name)!r}", hint=f"Name a TOML file, or one of: {', '.join(shipped())}")
    origin = str(name) if path == ours else str(path)
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"this is not TOML ({error})", where=origin, hint="Write it as the shipped packs are."
        ) from None
    for section in ("control", "exception"):
        if isinstance(content.get(section), list):
            content[section] = tuple(_frozen(entry) for entry in content[section])
    try:
        pack = Pack(**{**content, "origin": origin})
    except ValidationError as error:
        raise _refusal(origin, content, error) from None
    _check_names(pack)
    return pack


def load_packs(names: Iterable[str | Path]) -> tuple[Pack, ...]:
    """Several packs that are checked together, and the one that judges exceptions where there are any.

    Args:
        names: As for `load_pack`; none means all that are `shipped`.

    Raises:
        UsageError: One cannot be read, two controls or exceptions have one name, or an exception is from a control
            nobody knows.
    """
    packs = [load_pack(name) for name in dict.fromkeys(map(str, names))] or [load_pack(name) for name in shipped()]
    granted = [(pack, exemption) for pack in packs for exemption in pack.exceptions]
    if granted and all(pack.name != EXCEPTIONS for pack in packs):
        packs.append(load_pack(EXCEPTIONS))
    seen: dict[str, str] = {}
    for pack in packs:
        names = [control.id for control in pack.controls] + [exemption.id for exemption in pack.exceptions]
        for name in names:
            if name in seen:
                raise UsageError(
                    f"{name} stands in {seen[name]} too",
                    where=pack.origin,
                    hint="Give each control and exception a name of its own, or check the packs one at a time.",
                )
            seen[name] = pack.origin
    known = {control.id for pack in packs for control in pack.controls}
    others = {control.id for name in shipped() for control in load_pack(name).controls} if granted else set()
    for pack, exemption in granted:
        if exemption.control not in known | others:
            raise UsageError(
                f"exception {exemption.id}, field control: there is no control {exemption.control!r}",
                where=pack.origin,
                hint="Name a control of a pack that is checked, as `certanalytics policy check` prints it.",
            )
    return tuple(packs)


def _frozen(entry: object) -> object:
    """A TOML table with tuples for lists, as strict validation of immutable values asks for."""
    if not isinstance(entry, dict):
        return entry
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _check_names(pack: Pack) -> None:
    used: set[str] = set()
    for control in pack.controls:
        used |= set(control.parameters)
        if unknown := set(control.parameters) - set(pack.parameters):
            raise UsageError(
                f"control {control.id}, field violated_when or applies_to: ${min(unknown)} is no parameter",
                where=pack.origin,
                hint="Give it a value below [parameters], or correct its name.",
            )
    if unused := set(pack.parameters) - used:
        raise UsageError(
            f"[parameters], field {min(unused)}: no control uses it",
            where=pack.origin,
            hint="Correct its name, or take it out: it changes nothing.",
        )


def _refusal(origin: str, content: dict[str, object], error: ValidationError) -> UsageError:
    """The first thing wrong with a pack, in words."""
    first = error.errors()[0]
    place = list(first["loc"])
    named = "the pack"
    if len(place) > 1 and isinstance(place[1], int):
        section, number = str(place[0]), place[1]
        entries = content.get(section)
        entry = entries[number] if isinstance(entries, tuple | list) else None
        called = entry.get("id") if isinstance(entry, dict) else None
        named, place = f"{section} {called or f'number {number + 1}'}", place[2:]
    field = ".".join(str(part) for part in place if isinstance(part, str))
    hint = {
        "extra_forbidden": "Correct its name, or take it out: a pack says nothing that is not understood.",
        "missing": "Add it; the shipped packs show how each field is written.",
    }.get(first["type"], "Write it as the shipped packs do.")
    why = first["msg"].removeprefix("Value error, ")
    return UsageError(f"{named}, field {field}: {why}" if field else f"{named}: {why}", where=origin, hint=hint)
