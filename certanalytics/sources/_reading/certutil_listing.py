"""How to know what ``certutil -view`` writes where it is not asked for CSV: a schema, then rows in lines of their own.

    Schema:
      Column Name                   Localized Name                Type    MaxLength
      ----------------------------  ----------------------------  ------  ---------
      RequestID                     Issued Request ID             Long    4 -- Indexed

    Row 1:
      Issued Request ID: 0xb (11)

All of it is in the language of the console but the names of the columns, and ``CertUtil: -view`` at the end.
"""

from __future__ import annotations

import re

from certanalytics.sources._reading.signature import Head

RULE = re.compile(r"^[ \t]*-{9,}[ \t]+-{9,}[ \t]+-{4,}[ \t]+-{5,}[ \t]*$", re.MULTILINE)
"""The line between the head of the schema and its columns."""

ROW = re.compile(
    r"^(?P<word>\S[^:\n]{0,60}?)[ \u00a0]?(?P<number>[1-9]\d{0,9})[ \u00a0]?[:\uff1a][ \t]*$", re.MULTILINE
)
"""The line that begins a row."""

_ENGLISH = re.compile(r"^ {2}(?:Issued Request ID|Request ID|Request Disposition): 0x", re.MULTILINE)
_OF_REQUESTS = re.compile(
    r"^[ \t]+(?:Request\.[A-Z]\w+|RequestID|SerialNumber|NotAfter|RawCertificate|CertificateHash)[ \t]{2}",
    re.MULTILINE,
)
_END = "CertUtil: -view"


def is_listing(head: Head) -> bool:
    """Whether this is a listing of requests; one without its schema is known in English only."""
    text = head.text
    rule = RULE.search(text)
    of_requests = _OF_REQUESTS.search(text, rule.end()) if rule else _ENGLISH.search(text)
    return of_requests is not None and (_END in text or ROW.search(text, rule.end() if rule else 0) is not None)


def column(line: str) -> tuple[str, str] | None:
    """The column a line of the schema is about: its name, and what the console calls it."""
    cells = re.split(r"[ \t]{2,}", line.strip())
    return (cells[0], cells[1]) if len(cells) == 4 else None


def is_end(line: str) -> bool:
    """Whether certutil has come to its end with this line, in whatever language it says so."""
    return line.startswith(_END)
