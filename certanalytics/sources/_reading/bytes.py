"""Bytes that are not the UTF-8 they should be: UTF-16, or kept as text; never the end of a file.

Importing this module makes the two ways known to `codecs` under the names below.
"""

from __future__ import annotations

import codecs

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What UTF-16 begins with, which Windows PowerShell writes into files."""

AS_WINDOWS = "certanalytics-windows-1252"
"""As Windows-1252, which spreadsheets on Windows write; the five bytes it leaves undefined as ``\\xNN``."""

AS_JSON_ESCAPES = "certanalytics-json-escapes"
"""As ``\\xNN`` inside a JSON string, where a backslash is written twice."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("windows-1252", "backslashreplace"), error.end


def _as_json_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(f"\\\\x{octet:02x}" for octet in error.object[error.start : error.end]), error.end


codecs.register_error(AS_WINDOWS, _as_windows)
codecs.register_error(AS_JSON_ESCAPES, _as_json_escapes)
