"""What went into a report and what came out of it, by SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from certanalytics.report.document import Provenance

NAME = "manifest.json"
"""The file beside the outputs."""


def write(provenance: Provenance, *, inputs: Iterable[Mapping[str, Any]], outputs: Iterable[Path], to: Path) -> None:
    """Write the manifest of a run.

    Args:
        provenance: How the run came about.
        inputs: The loads the estate was made of: path, source, SHA-256, counts.
        outputs: The files of the run, the executed notebook among them.
        to: The file.
    """
    held = {
        **provenance.metadata(),
        "inputs": [dict(each) for each in inputs],
        "outputs": [
            {"file": path.name, "bytes": path.stat().st_size, "sha256": _sha256(path)} for path in sorted(outputs)
        ],
    }
    to.write_text(json.dumps(held, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
