"""Where the notebooks and report specifications lie: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_SHARE = _PACKAGE / "_share" if (_PACKAGE / "_share").is_dir() else _PACKAGE.parent


def notebooks() -> Path:
    """The folder of numbered notebooks."""
    return _SHARE / "notebooks"


def reports() -> Path:
    """The folder of report specifications and templates."""
    return _SHARE / "reports"
