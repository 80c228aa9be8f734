"""Public keys that anybody can break: what one key shows by itself, and what many show only together.

Numbers in, findings out; this room knows neither the estate nor its tables. It rests on gmpy2 and badkeys, the
optional extra ``keys``, which are loaded when first used.
"""

from __future__ import annotations

from certanalytics.keyaudit.common_factors import Shared, shared_factors
from certanalytics.keyaudit.single_keys import CHECKS, LARGEST, Weakness, blocklist_is_there, weaknesses

__all__ = ["CHECKS", "LARGEST", "Shared", "Weakness", "blocklist_is_there", "shared_factors", "weaknesses"]
