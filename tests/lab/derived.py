"""Samples that follow from the lab's certificates alone: the same certificates give the same bytes."""

from __future__ import annotations

from pathlib import Path

from tests.lab import (
    ca_listings,
    certificate_files,
    ct,
    ct_answers,
    ct_services,
    digicert,
    ownership,
    revocation,
    static_ct,
)
from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_MAKERS = (
    ct,
    static_ct,
    ct_answers,
    ct_services,
    ca_listings,
    revocation,
    certificate_files,
    digicert,
    ownership,
)
"""Modules whose ``files(truth)`` yields samples and their content."""


def write(truth: Truth, samples: Path) -> list[Sample]:
    """Write every derived sample below ``samples`` and say how each was made."""
    made = [each for maker in _MAKERS for each in maker.files(truth)]
    for sample, content in made:
        target = samples / sample.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return [sample for sample, _ in made]
