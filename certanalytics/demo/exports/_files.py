"""Writing export files: packed as their names say, dated like the export, the same bytes every time."""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import zstandard

from certanalytics.demo.clock import epoch


def write(path: Path, content: bytes, time: datetime) -> None:
    """Write one export; ``.gz`` and ``.zst`` names are packed so. The file is as old as the export."""
    if path.suffix == ".gz":
        content = gzip.compress(content, compresslevel=6, mtime=epoch(time))
    elif path.suffix == ".zst":
        content = zstandard.ZstdCompressor(level=5).compress(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (epoch(time), epoch(time)))


def write_zip(path: Path, members: Mapping[str, bytes], time: datetime) -> None:
    """Write several exports as members of one archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (time.year, time.month, time.day, time.hour, time.minute, time.second))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    write(path, packed.getvalue(), time)


def write_json(path: Path, value: Any, time: datetime) -> None:  # whatever the tool exports
    """Write one JSON export in one line, as programs do."""
    write(path, json.dumps(value, separators=(",", ":")).encode(), time)


def pem(content: bytes, label: str = "CERTIFICATE") -> str:
    """A certificate, or what else has a label, as PEM (RFC 7468), 64 characters a line."""
    body = base64.b64encode(content).decode()
    lines = [body[start : start + 64] for start in range(0, len(body), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
