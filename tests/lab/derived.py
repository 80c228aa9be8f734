"""Samples that follow from the lab's certificates alone: the same certificates give the same bytes."""

from __future__ import annotations

from pathlib import Path

from tests.lab import certificate_files, ct, digicert, ownership
from tests.lab.provenance import Sample
from tests.lab.truth import Truth


def write(truth: Truth, samples: Path) -> list[Sample]:
    """Write every derived sample below ``samples`` and say how each was made."""
    made = [*ct.files(truth), *certificate_files.files(truth), *digicert.files(truth), *ownership.files(truth)]
    for sample, content in made:
        target = samples / sample.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [sample for sample, _ in made]
