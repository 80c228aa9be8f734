"""The syntax of nginx's configuration, read as nginx reads it and further where it would stop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"(?P<space>\s+|#[^\n]*)|(?P<mark>[;{}])|(?P<quoted>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<open>[\"'])"
    r"|(?P<word>(?:\\.|\$\{|[^\s;{\\]|\\\Z)+)",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([\"'\\trn])")
_ESCAPES = {"t": "\t", "r": "\r", "n": "\n"}
_LUA = re.compile(
    r"--\[\[.*?\]\]|--[^\n]*|\[\[.*?\]\]|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|(?P<brace>[{}])", re.DOTALL
)
_BEGINS_A_LINE = frozenset(
    {
        "access_log",
        "add_header",
        "error_log",
        "if",
        "include",
        "index",
        "listen",
        "location",
        "proxy_pass",
        "return",
        "rewrite",
        "root",
        "server",
        "server_name",
        "ssl",
        "ssl_certificate",
        "ssl_certificate_key",
        "ssl_ciphers",
        "ssl_protocols",
        "ssl_session_cache",
        "ssl_session_timeout",
    }
)
"""Directives that tell a missing semicolon when they stand first in a line as the argument of another."""
_CONTAINERS = frozenset({"http", "stream", "mail"})
_HELD_TO_IT = frozenset({"listen", "server_name", "ssl_certificate", "ssl_certificate_key", "ssl"})


@dataclass(slots=True)
class Directive:
    """One directive with its arguments, quotes taken off; ``block`` is ``None`` where it has none."""

    name: str
    arguments: tuple[str, ...]
    line: int
    block: list[Directive] | None = None


@dataclass(slots=True)
class Parsed:
    """What a text holds, and what is wrong with it as line and words."""

    directives: list[Directive] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def parse(text: str, first_line: int = 1) -> Parsed:
    """The directives of a configuration text.

    Of the blocks that are not closed at its end those are kept that only hold others (``http``): what else a server
    would have said is not known.
    """
    parsed = Parsed()
    unclosed: list[Directive] = []
    words: list[tuple[str, int]] = []
    at, line = 0, first_line
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found["open"]:
            parsed.problems.append((line, "a quote is not closed; what follows is not read"))
            words = []
            break
        at = found.end()
        level = _inside(unclosed[-1]) if unclosed else parsed.directives
        if found["word"] or found["quoted"]:
            words.append((_bare(found), line))
        elif found["mark"] == ";":
            level.extend(_statements(words, parsed))
            words = []
        elif found["mark"] == "{":
            *before, opened = _statements(words, parsed) or [Directive("", (), line)]
            level.extend(before)
            words = []
            opened.block = []
            if opened.name.endswith("_by_lua_block"):
                at = _past_lua(text, at)
            else:
                unclosed.append(opened)
        elif found["mark"] == "}":
            if words:
                parsed.problems.append((words[0][1], f"{words[0][0]!r} without its semicolon"))
                words = []
            if unclosed:
                closed = unclosed.pop()
                (_inside(unclosed[-1]) if unclosed else parsed.directives).append(closed)
            else:
                parsed.problems.append((line, "a brace closes what was not opened"))
        line += text.count("\n", found.start(), at)
    if words:
        parsed.problems.append((words[0][1], f"cut short: {words[0][0]!r} without its semicolon"))
    _close(unclosed, parsed)
    return parsed


def _close(unclosed: list[Directive], parsed: Parsed) -> None:
    while unclosed:
        block = unclosed.pop()
        parsed.problems.append((block.line, f"the block {block.name!r} is not closed"))
        if block.name in _CONTAINERS:
            (_inside(unclosed[-1]) if unclosed else parsed.directives).append(block)


def _inside(block: Directive) -> list[Directive]:
    if block.block is None:
        block.block = []
    return block.block


def _bare(found: re.Match[str]) -> str:
    r"""A word as nginx takes it, in quotes or not: other backslashes than these stay, as in ``C:\certs``."""
    return _ESCAPED.sub(lambda each: _ESCAPES.get(each[1], each[1]), found["word"] or found["quoted"][1:-1])


def _statements(words: list[tuple[str, int]], parsed: Parsed) -> list[Directive]:
    """The directive these words are; several where a semicolon is missing before a line."""
    made: list[Directive] = []
    start = 0
    for at in range(1, len(words) + 1):
        first, _ = words[start]
        missing = (
            at < len(words)
            and at > start + 1
            and first in _HELD_TO_IT
            and words[at][0] in _BEGINS_A_LINE
            and words[at][1] > words[at - 1][1]
        )
        if missing:
            parsed.problems.append((words[start][1], f"{first!r} without its semicolon"))
        if missing or at == len(words):
            made.append(Directive(first, tuple(word for word, _ in words[start + 1 : at]), words[start][1]))
            start = at
    return made


def _past_lua(text: str, at: int) -> int:
    """Where a block of Lua ends, whose braces in texts and comments do not count."""
    depth = 1
    for found in _LUA.finditer(text, at):
        if found["brace"]:
            depth += 1 if found["brace"] == "{" else -1
        if not depth:
            return found.end()
    return len(text)
