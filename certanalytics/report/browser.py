"""The Chromium or Chrome of this machine: the PDF is printed with it, nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "CERTANALYTICS_CHROMIUM"
"""Environment variable that names the browser to use, before any that is found."""

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)

_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"%PROGRAMFILES%\Google\Chrome\Application\chrome.exe",
    r"%PROGRAMFILES(X86)%\Google\Chrome\Application\chrome.exe",
    r"%LOCALAPPDATA%\Google\Chrome\Application\chrome.exe",
    r"%PROGRAMFILES(X86)%\Microsoft\Edge\Application\msedge.exe",
)

_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> Path | None:
    """The browser to print with, or ``None`` when the machine has none."""
    return next((path for path in _candidates() if path.is_file()), None)


def arguments() -> list[str]:
    """Command-line arguments: nothing in the background, and the sandbox unless we are root, who cannot have one."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*_QUIET, "--no-sandbox"] if root else list(_QUIET)


def _candidates() -> Iterator[Path]:
    if named := os.environ.get(VARIABLE):
        # A browser that was named and is not there is not quietly replaced by another.
        yield Path(named)
        return
    for name in _NAMES:
        if found := shutil.which(name):
            yield Path(found)
    for place in _PLACES:
        yield Path(os.path.expandvars(place))
