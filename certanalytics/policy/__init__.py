"""Controls: packs of them in TOML, and what an estate says of each: met, not met, or not assessable.

`check` judges packs, `coverage` says of every requirement of NIST SP 1800-16 what is known, `explain` tells what one
control or requirement is. Absence of data never reads as *met*; see
``docs/decisions/0009-met-is-only-what-was-seen-to-be-so.md``.
"""

from __future__ import annotations

from certanalytics.policy.assessment import Assessment, judge
from certanalytics.policy.checking import check
from certanalytics.policy.covering import coverage
from certanalytics.policy.explanation import explain
from certanalytics.policy.pack import load_pack, load_packs, shipped
from certanalytics.policy.register import load_register

__all__ = [
    "Assessment",
    "check",
    "coverage",
    "explain",
    "judge",
    "load_pack",
    "load_packs",
    "load_register",
    "shipped",
]
