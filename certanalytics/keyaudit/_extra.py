"""The libraries of the extra ``keys``, loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from certanalytics.errors import UsageError


def needed(library: str) -> Any:
    """A library of the extra.

    Raises:
        UsageError: The extra is not installed.
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"looking for known-bad keys needs {library.partition('.')[0]}, which is not installed",
            hint="Install the extra: pip install 'certanalytics[keys]'",
        ) from error
