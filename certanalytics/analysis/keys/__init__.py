"""How strong keys and signatures are, which keys are shared or old, and which are known to be broken."""

from __future__ import annotations

from certanalytics.analysis.keys.algorithms import strength
from certanalytics.analysis.keys.hygiene import reuse
from certanalytics.analysis.keys.known_bad_keys import known_bad

__all__ = ["known_bad", "reuse", "strength"]
