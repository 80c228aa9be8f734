"""Named scopes: predicates over the inventory that are kept in the estate and stand for themselves as ``@name``.

``@retail AND NOT @appliances`` may stand wherever a scope is taken. What is kept is the predicate as it was then, with
every other name in it filled in: to change a scope later changes none that was made from it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from certanalytics.errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9_-]*")

_PART = re.compile(
    r"""
      [eE]'(?:[^'\\]|\\.|'')*'            # a text with escapes
    | '(?:[^']|'')*'                      # a text
    | "(?:[^"]|"")*"                      # a quoted column
    | (?P<tag>\$\w*\$).*?(?P=tag)         # a text between dollars
    | --[^\n]* | /\*.*?\*/                # comments
    | (?<![\w@])@(?P<name>[A-Za-z][A-Za-z0-9_-]*)
    """,
    re.VERBOSE | re.DOTALL,
)
"""What an ``@`` may stand in without naming a scope, and last the name of one."""


def checked_name(name: str) -> str:
    """A name a scope can be kept under.

    Raises:
        UsageError: It is none.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a scope", hint="Write small letters, digits, - and _, beginning with a letter."
        )
    return name


def whole(predicate: str) -> str:
    """A predicate that keeps its meaning inside parentheses: ``a) OR (b`` would not.

    Raises:
        UsageError: It closes a parenthesis it did not open, or the other way round.
    """
    depth = 0
    for character in _PART.sub(lambda found: found["name"] or "", predicate):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth < 0:
            break
    if depth:
        raise UsageError("a parenthesis is not closed, or not opened", where=f"scope {predicate!r}")
    return predicate


def expanded(predicate: str, kept: Mapping[str, str]) -> str:
    """A predicate with the names of kept scopes replaced by what they stand for, each in parentheses.

    Args:
        predicate: SQL in which ``@name`` stands for a kept scope, except in quotes and comments.
        kept: Predicates by name.

    Raises:
        UsageError: No scope of a name is kept; the known ones are listed.
    """

    def meant(found: re.Match[str]) -> str:
        name = found["name"]
        if name is None:
            return found[0]
        if name not in kept:
            known = ", ".join(f"@{each}" for each in sorted(kept)) or "none is kept"
            raise UsageError(f"no scope @{name}", where=f"scope {predicate!r}", hint=f"Known: {known}")
        return f"(\n{kept[name]}\n)" if "--" in kept[name] else f"({kept[name]})"

    return _PART.sub(meant, predicate)
