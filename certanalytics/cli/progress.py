"""A progress bar on stderr for loads that take longer than a second."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from certanalytics.cli.tables import console

if TYPE_CHECKING:
    from certanalytics.load import Progress
    from certanalytics.sources import Export

PATIENCE = 1.0
"""Seconds a load may take before it shows a bar."""


@contextmanager
def load_progress(paths: Sequence[Path]) -> Iterator[Progress]:
    """A callback for `certanalytics.load.load` that shows files and records done, once a load has taken `PATIENCE`."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    files = [file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console(stderr=True), transient=True)
    task = bar.add_task("loading", total=len(files))
    seen = set[Path]()
    read = Counter[str]()

    def tell(export: Export, records: int) -> None:
        seen.add(export.path)
        read[export.label] = records
        description = f"{export.path.name}: {records:,} records, {read.total():,} in all"
        bar.update(task, completed=len(seen) - 1, description=description)

    # By the clock, not by the callback: one large file is silent until its first records are in.
    start = threading.Timer(PATIENCE, bar.start if bar.console.is_terminal else lambda: None)
    start.start()
    try:
        yield tell
    finally:
        start.cancel()
        start.join()
        if bar.live.is_started:
            bar.stop()
