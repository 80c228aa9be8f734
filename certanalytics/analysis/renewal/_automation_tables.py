"""Certificates counted by how they are renewed."""

from __future__ import annotations

import pandas as pd

from certanalytics.analysis._log_odds import Calibration

LEVELS = ("manual", "monitored", "enrolled", "provisioned", "closed loop")
"""The levels a record can state, as facts.automation_stage has them; by evidence only ``likely`` is told."""


def by_level(frame: pd.DataFrame) -> pd.DataFrame:
    """Certificates by stated level, then those without by what evidence says."""
    names = frame["level"].astype(object)
    basis = names.notna().map({True: "stated", False: "evidence"})
    likely = frame["automated"].map({True: "likely automated", False: "likely manual"})
    names = names.where(names.notna(), likely.astype(object).where(frame["automated"].notna(), "not known"))
    order = [(level, "stated") for level in LEVELS]
    order += [(level, "evidence") for level in ("likely manual", "likely automated", "not known")]
    grouped = frame.assign(level=names, basis=basis).groupby(["level", "basis"])
    counts = grouped.agg(certificates=("certificate", "count"), critical=("critical", "sum"))
    return counts.reindex(pd.MultiIndex.from_tuples(order, names=["level", "basis"]), fill_value=0).reset_index()


def by_issuer(frame: pd.DataFrame) -> pd.DataFrame:
    """Certificates by CA owner, as far as it is known how they are renewed."""
    told = frame["automated"].notna()
    yes = frame["automated"].fillna(False).astype(bool)
    counted_rows = pd.DataFrame(
        {"ca_owner": frame["ca_owner"], "automated": told & yes, "manual": told & ~yes, "not_told": ~told}
    )
    issuers = counted_rows.groupby("ca_owner", as_index=False)[["automated", "manual", "not_told"]].sum()
    issuers["certificates"] = issuers[["automated", "manual", "not_told"]].sum(axis=1)
    return issuers.sort_values(["certificates", "ca_owner"], ascending=[False, True], ignore_index=True)


def bands_of(checked: Calibration | None) -> pd.DataFrame:
    """The reliability table; empty where nothing was measured."""
    columns = ["low", "high", "predictions", "mean", "observed"]
    rows = (
        [(band.low, band.high, band.predictions, band.mean, band.observed) for band in checked.bands] if checked else []
    )
    return pd.DataFrame(rows, columns=columns)
