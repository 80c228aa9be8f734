"""Samples that follow from the lab's certificates alone: the same certificates give the same bytes."""

from __future__ import annotations

from pathlib import Path

from tests.lab import certificate_files, ct, digicert, key_stores, ownership, web_servers
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_MAKERS = (ct, certificate_files, key_stores, web_servers, digicert, ownership)
"""Modules whose ``files(truth)`` yields samples and their content."""


def write(truth: Truth, samples: Path) -> list[Sample]:
    """Write every derived sample below ``samples`` and say how each was made."""
    made = [each for maker in _MAKERS for each in maker.files(truth)]
    for sample, content in made:
        target = samples / sample.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [sample for sample, _ in made]
