"""JupyterLab on the notebooks, bound to this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from certanalytics import resources
from certanalytics.errors import UsageError

_SETTINGS = Path(__file__).parent / "jupyter"
"""Settings for JupyterLab: no question about news, no look for updates."""


def command(folder: Path, *, browser: bool, port: int) -> list[str]:
    """The JupyterLab command: 127.0.0.1 only, token on, no news or updates fetched."""
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={folder.resolve()}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    return [sys.executable, "-m", "jupyterlab", *options, *([] if browser else ["--no-browser"])]


def place_notebooks(folder: Path | None) -> Path:
    """The folder to work in: the checkout's own, or a copy that never overwrites what is there."""
    shipped = resources.notebooks()
    if folder is None:
        folder = Path("certanalytics-notebooks") if shipped.parent.name == "_share" else shipped
    if folder.resolve() != shipped.resolve():
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(shipped.glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copy(notebook, folder)
    return folder


def run_lab(estate: Path, folder: Path | None, *, browser: bool, port: int) -> None:
    """Run JupyterLab until it is stopped.

    Raises:
        UsageError: It did not start; its own message stands above.
    """
    settings = os.pathsep.join(filter(None, (str(_SETTINGS), os.environ.get("JUPYTER_CONFIG_PATH"))))
    environment = {**os.environ, "CERTANALYTICS_ESTATE": str(estate.resolve()), "JUPYTER_CONFIG_PATH": settings}
    arguments = command(place_notebooks(folder), browser=browser, port=port)
    process = subprocess.Popen(arguments, env=environment)  # noqa: S603 - our own interpreter
    # Whoever ends this process means the server; without this it would go on alone.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        returncode = process.wait()
    except KeyboardInterrupt:
        process.wait()  # the terminal told it too
        sys.stderr.write("JupyterLab stopped.\n")
        return
    if returncode > 0:
        raise UsageError(f"JupyterLab ended with exit code {returncode}", hint="It says why above.")
