"""The syntax of Apache's configuration: lines, continued lines, sections, macros and variables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

_OPENS = re.compile(r"<\s*([A-Za-z]\w*)\s*(.*?)\s*>?\s*", re.DOTALL)
_CLOSES = re.compile(r"</\s*([A-Za-z]\w*)\s*>?")
_ARGUMENT = re.compile(r"\"((?:[^\"\\]|\\.)*)\"?|'((?:[^'\\]|\\.)*)'?|(\S+)")
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_DEEPEST, _MOST_LINES = 16, 200_000


@dataclass(frozen=True, slots=True)
class Statement:
    """One directive, or the begin (``<``) or end (``</``) of a section; names in lower case."""

    line: int
    mark: str
    name: str
    arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class _Macro:
    parameters: tuple[str, ...]
    lines: list[tuple[int, str]] = field(default_factory=list)


def statements(text: str, problems: list[tuple[int, str]]) -> Iterator[Statement]:
    """The statements of a configuration in their order, macros put in and variables replaced as far as they are known.

    Args:
        text: The configuration.
        problems: Told what is wrong, as line and words.
    """
    yield from _Reader(problems).read(_lines(text), 0)


def arguments(written: str) -> tuple[str, ...]:
    """The arguments in a line; a quote that is not closed holds the rest of it."""
    made = []
    for found in _ARGUMENT.finditer(written):
        quoted = found[1] if found[1] is not None else found[2]
        made.append(found[3] if quoted is None else re.sub(r"\\([\"'\\])", r"\1", quoted))
    return tuple(made)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of their first: a backslash at the end of one continues it in the next."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not held:
            first = number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        logical, held = (held + line).strip(), ""
        if logical and not logical.startswith("#"):
            yield first, logical


class _Reader:
    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self._problems = problems
        self._macros: dict[str, _Macro] = {}
        self._variables: dict[str, str] = {}
        self._read = 0

    def read(self, lines: Iterable[tuple[int, str]], depth: int) -> Iterator[Statement]:
        macro: _Macro | None = None
        begun = 0
        for number, line in lines:
            self._read += 1
            if self._read > _MOST_LINES:
                self._problems.append((number, "macros make too many lines of this; what follows is not read"))
                return
            if macro is not None:
                if re.match(r"</\s*macro\b", line, re.IGNORECASE):
                    macro = None
                else:
                    macro.lines.append((number, line))
                continue
            for statement in self._statements(number, line):
                if statement.mark == "<" and statement.name == "macro" and statement.arguments:
                    macro, begun = _Macro(statement.arguments[1:]), number
                    self._macros[statement.arguments[0].lower()] = macro
                elif statement.mark == "" and statement.name == "use":
                    yield from self._used(statement, depth)
                else:
                    self._defined(statement)
                    yield statement
        if macro is not None:
            self._problems.append((begun, "the macro is not closed"))

    def _statements(self, number: int, line: str) -> Iterator[Statement]:
        if line.startswith("</"):
            for found in _CLOSES.finditer(line):
                yield Statement(number, "</", found[1].lower())
        elif opened := _OPENS.fullmatch(line):
            yield Statement(number, "<", opened[1].lower(), arguments(self._replaced(opened[2])))
        else:
            name, _, rest = line.replace("\t", " ").partition(" ")
            yield Statement(number, "", name.lower(), arguments(self._replaced(rest)))

    def _replaced(self, written: str) -> str:
        return _VARIABLE.sub(lambda found: self._variables.get(found[1], found[0]), written)

    def _defined(self, statement: Statement) -> None:
        if statement.mark == "" and statement.name == "define" and statement.arguments:
            self._variables[statement.arguments[0]] = " ".join(statement.arguments[1:])
        elif statement.mark == "" and statement.name == "undefine" and statement.arguments:
            self._variables.pop(statement.arguments[0], None)

    def _used(self, statement: Statement, depth: int) -> Iterator[Statement]:
        """The lines of a macro with its parameters replaced, as they stand where it is used."""
        name = statement.arguments[0].lower() if statement.arguments else ""
        macro, given = self._macros.get(name), statement.arguments[1:]
        if macro is None:
            self._problems.append((statement.line, f"the macro {name!r} is not defined in this file"))
        elif len(given) != len(macro.parameters):
            self._problems.append((statement.line, f"{len(given)} values for {len(macro.parameters)} of {name!r}"))
        elif depth >= _DEEPEST:
            self._problems.append((statement.line, f"the macro {name!r} is used inside itself"))
        else:
            replaced = []
            for _, line in macro.lines:
                for parameter, value in sorted(
                    zip(macro.parameters, given, strict=True), key=lambda pair: -len(pair[0])
                ):
                    line = line.replace(parameter, value)  # noqa: PLW2901 - one after the other
                replaced.append((statement.line, line))
            yield from self.read(replaced, depth + 1)
