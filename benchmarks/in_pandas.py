"""Three questions as one would write them in pandas, over the inventory as a frame."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd


def reused_keys(inventory: pd.DataFrame) -> pd.DataFrame:
    """Keys in certificates in service for different names."""
    served = inventory[inventory["in_service"] & inventory["spki_sha256"].notna()].copy()
    served["name_set"] = served["names"].map(tuple)
    groups = served.groupby("spki_sha256")
    several = groups["name_set"].nunique()
    shared = served[served["spki_sha256"].isin(several[several > 1].index)]
    groups = shared.groupby("spki_sha256")
    found = pd.DataFrame(
        {
            "certificates": groups.size(),
            "endpoints": groups["endpoints"].sum(),
            "owners": groups["owner"].nunique(),
            "critical": groups["critical"].any(),
        }
    )
    found = found.reset_index()
    order = ["certificates", "endpoints", "spki_sha256"]
    return found.sort_values(order, ascending=[False, False, True], ignore_index=True)


IN_PANDAS: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {"reused_keys": reused_keys}
