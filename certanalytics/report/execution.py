"""Run a notebook with its parameters, and keep what it has when it fails."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellControlSignal, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillException, PapermillExecutionError
from traitlets.config import Config

from certanalytics.errors import RenderError, UsageError

# What the kernel says travels over a local socket that others on the machine could read. When it is told to end it
# logs the interrupt as an error; what really goes wrong stands in the notebook.
_KERNEL = Config(
    {
        "KernelManager": {"transport_encryption": "auto"},
        "NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=50"]},
    }
)


def execute(notebook: Path, *, parameters: Mapping[str, Any], to: Path, progress: bool = False) -> NotebookNode:
    """Run a notebook from top to bottom in a kernel of its own.

    The kernel works in an empty folder, and its figures are kept as data, not as scripts.

    Args:
        notebook: The notebook; it is not changed.
        parameters: Values for the cell tagged ``parameters``; each must stand there.
        to: Where the executed notebook is written, also when it fails.
        progress: Whether to show a bar on stderr, a step a cell.

    Returns:
        The executed notebook.

    Raises:
        UsageError: The notebook does not take one of the parameters.
        RenderError: A cell failed; the message names it.
    """
    if not notebook.is_file():
        raise RenderError("there is no such notebook", where=str(notebook), hint="Reinstall certanalytics.")
    taken = papermill.inspect_notebook(str(notebook))
    unknown = sorted(set(parameters) - set(taken))
    if unknown:
        raise UsageError(
            f"the notebook takes no parameter {unknown[0]!r}",
            where=notebook.name,
            hint=f"Its cell tagged parameters states: {', '.join(taken) or 'nothing'}.",
        )
    try:
        with tempfile.TemporaryDirectory(prefix="certanalytics-") as folder, _figures_as_data():
            papermill.execute_notebook(
                str(notebook),
                str(to),
                parameters=dict(parameters),
                cwd=folder,
                progress_bar=progress,
                kernel_name="python3",
                config=_KERNEL,
            )
    except PapermillExecutionError as error:
        first = next((line for line in error.source.splitlines() if line.strip()), "")
        # Papermill counts the cell it injects; the reader counts those of the notebook.
        sources = [cell.source for cell in nbformat.read(notebook, as_version=4).cells]
        number = sources.index(error.source) + 1 if error.source in sources else error.cell_index + 1
        raise RenderError(
            f"{error.ename}: {error.evalue}",
            where=f"{notebook.name}, cell {number} ({first.strip()})",
        ) from None
    except (PapermillException, DeadKernelError, CellControlSignal) as error:
        raise RenderError(
            f"the notebook could not be run: {error}", where=notebook.name, hint="Try certanalytics doctor."
        ) from error
    executed: NotebookNode = nbformat.read(to, as_version=4)
    return executed


@contextmanager
def _figures_as_data() -> Iterator[None]:
    """Have kernels started here keep Plotly figures as JSON; papermill passes an environment on, but takes none."""
    name = "PLOTLY_RENDERER"
    before = os.environ.get(name)
    os.environ[name] = "plotly_mimetype"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
