"""Which versions are at work, for whoever reads a notebook later."""

from __future__ import annotations

from importlib import metadata


class About:
    """Which versions are at work; shows itself in a notebook's first cell."""

    def __init__(self) -> None:
        self.versions = {name: metadata.version(name) for name in ("certanalytics", "duckdb", "pandas", "plotly")}

    def __repr__(self) -> str:
        return " · ".join(f"{name} {version}" for name, version in self.versions.items())


def about() -> About:
    """Which versions of this package, DuckDB, pandas and Plotly are at work."""
    return About()
