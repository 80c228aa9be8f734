"""A format this machine cannot write; the others are written all the same."""

from __future__ import annotations

from certanalytics.errors import RenderError


class UnavailableError(RenderError):
    """What a format needs is not installed."""
