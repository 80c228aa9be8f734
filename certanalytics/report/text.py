"""Text from other people's certificates, made fit to be shown: visible, and no longer than its place."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_LINK = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)


def visible(value: Any) -> Any:
    r"""The same JSON value with every unseen character of its texts spelled out (``\u202e``).

    Controls, surrogates, private characters and the marks that turn the direction of writing can make a name look
    like another one, and XML cannot hold some of them. Line feeds and tabs stay.
    """
    match value:
        case str():
            return "".join(_spelled(character) if _unseen(character) else character for character in value)
        case dict():
            return {key: visible(part) for key, part in value.items()}
        case list() | tuple():
            return type(value)(visible(part) for part in value)
        case _:
            return value


def unlinked(value: Any) -> Any:
    """The same figure JSON without hyperlinks: Plotly would make an ``<a>`` in a CA's name clickable."""
    match value:
        case str():
            return _LINK.sub("&lt;", value)
        case dict():
            return {key: unlinked(part) for key, part in value.items()}
        case list():
            return [unlinked(part) for part in value]
        case _:
            return value


def shortened(text: str, length: int) -> str:
    """A text of at most ``length`` characters; a part inside goes, because both ends of a host name tell it apart."""
    if len(text) <= length:
        return text
    tail = (length - 1) // 3
    return f"{text[: length - 1 - tail]}…{text[-tail:]}" if tail else f"{text[: length - 1]}…"


def cut(text: str, length: int) -> str:
    """A sentence of at most ``length`` characters, ended at a word."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def slug(text: str) -> str:
    """A text as part of a file name: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def _unseen(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}


def _spelled(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")
