"""F5 BIG-IP, its configuration as text: which virtual server presents the certificate of which object.

``bigip.conf`` as it lies in ``/config`` and ``/config/partitions``, in a UCS archive (``tmsh save sys ucs``, which is
a gzipped tar and is opened as such), in a single configuration file (``tmsh save sys config file``), or as ``tmsh
list`` prints it. Versions 11 to 17; the language of version 10 and before (``virtual www {``) is not read, nor is an
encrypted archive. The certificates themselves lie beside it in the archive and are read as certificate files, which
know by their path whose they are.

An archive's names stay apart from those of every other export (`_reading.f5_objects`), so any number of archives
may be loaded; a ``bigip.conf`` outside of an archive shares its names with the REST exports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from certanalytics.errors import DataError
from certanalytics.model import Alias, Record, Reject, Row, StatedCertificate
from certanalytics.sources._reading import f5_objects
from certanalytics.sources._reading.export import DAMAGED, Export
from certanalytics.sources._reading.signature import Signature
from certanalytics.sources._reading.source import source
from certanalytics.sources.managers import _f5_certificate

_HEADER = re.compile(r"\s*#TMSH-VERSION: ")
_STANZA = re.compile(
    r"^(?P<what>ltm virtual|(?:ltm|apm|pem|security) profile [a-z0-9-]+|sys file ssl-cert)"
    r' (?P<name>"[^"\n]+"|[^\s{}"]+) \{',
    re.MULTILINE,
)
"""Profiles of every module: those of policy enforcement (``pem profile spm``) have a client side as SSL profiles do."""

_CLIENT_SSL = "ltm profile client-ssl"
_LINE_BY_LINE = {"ltm virtual": "a virtual server", "sys file ssl-cert": "a certificate"}
"""What is read by what stands on each of its lines."""

_PEM = re.compile(r"^-----BEGIN ", re.MULTILINE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]|[^\s{}"]+', re.DOTALL)
_QUOTE = re.compile(r"\\(.)", re.DOTALL)
_NOTED = ("isBundle", "createTime", "createdBy", "sourcePath", "cachePath")
_LONGEST = 1 << 20
"""Characters a stanza may have: far more than the largest virtual server needs."""


@dataclass(slots=True)
class _Block:
    """What stands between two braces: the words of its lines, and the blocks under the word before them."""

    lines: list[list[str]] = field(default_factory=list)
    blocks: dict[str, _Block] = field(default_factory=dict)

    def value(self, key: str) -> str | None:
        """The word after a keyword; ``none`` is none."""
        for words in self.lines:
            if key in words[:-1]:
                found = words[words.index(key) + 1]
                return None if found == "none" else found
        return None

    def block(self, key: str) -> _Block:
        return self.blocks.get(key, _Block())


@dataclass(slots=True)
class _Stanza:
    """One object of the configuration; ``body`` is ``None`` where its end is missing."""

    locator: str
    what: str
    name: str
    body: _Block | None
    is_one_line: bool = False


@source(
    "f5-config",
    produced_by="F5 BIG-IP 11 to 17: bigip.conf, by itself or in a UCS archive (`tmsh save sys ucs`), or `tmsh list`",
    brings=("place",),
    tried_on="documentation",
    signature=Signature(
        "text that begins with #TMSH-VERSION or holds ltm virtual, a profile or sys file ssl-cert before a brace",
        lambda head: _is_configuration(head.text),
    ),
)
def f5_config(export: Export) -> Iterator[Row]:
    """Read virtual servers, client-SSL profiles and certificate objects; other stanzas are passed over.

    A profile without a certificate of its own has that of the one it is made from. What kind of profile a virtual
    server names is said only where the profile is described: a profile of another file with a client side counts as
    client-SSL, unless it has the name of another profile of F5's own. Such a server is then a place whose
    certificate stays unknown. A disabled virtual server or profile gives no row, nor does one that makes up
    certificates as it goes (SSL forward proxy).
    """
    kinds = {stanza.name: stanza.what for stanza in _stanzas(export)}
    for stanza in _stanzas(export):
        try:
            yield from tuple(_rows(export, stanza, kinds))
        except ValueError as error:
            yield Reject(locator=stanza.locator, reason=str(error), excerpt=f"{stanza.what} {stanza.name}")


def _is_configuration(text: str) -> bool:
    if text.lstrip()[:1] in {"{", "[", "<"} or _PEM.search(text):
        return False
    return bool(_HEADER.match(text) or _STANZA.search(text))


def _rows(export: Export, stanza: _Stanza, kinds: Mapping[str, str]) -> Iterator[Row]:
    if stanza.body is None:
        raise ValueError(f"the file is cut short, or this is longer than {_LONGEST} characters")
    if stanza.is_one_line and stanza.body.lines and stanza.what in _LINE_BY_LINE:
        # `disabled` by itself and the last word of `mirror disabled` cannot be told apart there.
        raise ValueError(f"{_LINE_BY_LINE[stanza.what]} on one line is not read: list it without one-line")
    if stanza.what == "ltm virtual":
        yield from _virtual(export, stanza, stanza.body, kinds)
    elif stanza.what == _CLIENT_SSL:
        yield from _profile(export, stanza, stanza.body)
    elif stanza.what == "sys file ssl-cert":
        yield from _certificate(export, stanza, stanza.body)


def _virtual(export: Export, stanza: _Stanza, body: _Block, kinds: Mapping[str, str]) -> Iterator[Row]:
    if ["disabled"] in body.lines:
        return
    profiles = []
    for name, profile in body.block("profiles").blocks.items():
        path = f5_objects.full_path(name)
        is_ssl = kinds[path] == _CLIENT_SSL if path in kinds else not f5_objects.is_supplied(path)
        if is_ssl and profile.value("context") == "clientside":
            profiles.append(path)
    yield from f5_objects.serving(export, stanza.locator, stanza.name, body.value("destination"), profiles)


def _profile(export: Export, stanza: _Stanza, body: _Block) -> Iterator[Row]:
    if body.value("mode") == "disabled" or body.value("ssl-forward-proxy") == "enabled":
        return
    entries = list(body.block("cert-key-chain").blocks.values())
    means = [entry.value("cert") for entry in entries if entry.value("usage") != "CA"] or [body.value("cert")]
    if not any(key in words for words in body.lines for key in ("cert", "cert-key-chain")) and not entries:
        means = [body.value("defaults-from")]
    for name in dict.fromkeys(means):
        if name:
            certificate = StatedCertificate(alias=f5_objects.named(export, f5_objects.full_path(name)))
            yield Alias(locator=stanza.locator, alias=f5_objects.named(export, stanza.name), certificate=certificate)


def _certificate(export: Export, stanza: _Stanza, body: _Block) -> Iterator[Row]:
    """The configuration names the file; only ``tmsh list ... all-properties`` says more."""
    said = {_camel(words[0]): words[1] for words in body.lines if len(words) == 2 and words[1] != "none"}
    alias, certificate = f5_objects.named(export, stanza.name), _f5_certificate.stated(said)
    noted = {name: said[name] for name in _NOTED if name in said}
    yield Record(
        locator=stanza.locator,
        system=f5_objects.SYSTEM,
        record_id=stanza.name,
        certificate=certificate or StatedCertificate(alias=alias),
        attributes=json.dumps(noted, ensure_ascii=False) if noted else None,
    )
    if certificate and said.get("isBundle") != "true":
        yield Alias(locator=stanza.locator, alias=alias, certificate=certificate)


def _camel(name: str) -> str:
    """A property by the name REST has for it."""
    first, *others = name.split("-")
    return first + "".join(map(str.capitalize, others))


def _stanzas(export: Export) -> Iterator[_Stanza]:
    """The stanzas of interest; everything else, iRules among it, is passed over line by line.

    Raises:
        DataError: Not one line can be read.
    """
    number, found_some = 0, False
    try:
        with export.text(errors="replace") as stream:
            lines = enumerate(stream, 1)
            for number, line in lines:
                if found := _STANZA.match(line):
                    locator, name = f"line {number}", f5_objects.full_path(found["name"].strip('"'))
                    body, last = _body(line[found.end() :], (more for _, more in lines))
                    found_some = True
                    yield _Stanza(locator, found["what"], name, body, is_one_line=last == 1)
    except DAMAGED as error:
        if not found_some:
            raise DataError(f"damaged ({error})", where=export.label, hint="Export it again.") from error
        yield _Stanza(f"line {number + 1}", "what follows", "", None)


def _body(first: str, following: Iterator[str]) -> tuple[_Block | None, int]:
    """What stands in a stanza's braces, and how many lines it takes; nothing where they do not close."""
    root = _Block()
    stack, words = [root], list[str]()
    parts, quotes, length = list[str](), 0, 0
    for count, line in enumerate(chain([first], following), 1):
        parts.append(line)
        quotes += _QUOTE.sub("", line).count('"')
        length += len(line)
        if quotes % 2 == 0:  # otherwise a text goes on on the next line
            for word in _TOKEN.findall("".join(parts)):
                if word == "{":
                    block = stack[-1].blocks[words[-1] if words else ""] = _Block()
                    stack[-1].lines += [words[:-1]] if words[:-1] else []
                    stack.append(block)
                    words = []
                elif word == "}":
                    stack.pop().lines += [words] if words else []
                    words = []
                    if not stack:
                        return root, count
                else:
                    words.append(_QUOTE.sub(r"\1", word[1:-1]) if word[0] == '"' else word)
            stack[-1].lines += [words] if words else []
            words, parts = [], []
        if length > _LONGEST:
            break
    return None, 0
