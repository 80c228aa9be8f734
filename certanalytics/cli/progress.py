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
    """A callback for `certanalytics.load.load` that shows files and records done, once a load has taken `PATIENCE`.

    A load says nothing of a file in which there is nothing to read: it is in the estate already, or no source knows it.
    It takes the files in their order, so how far it has come is told by where the file it speaks of stands in that.

    Raises:
        DataError: A path does not exist.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.table import Column

    from certanalytics.sources import files_below

    found = dict.fromkeys(file for path in paths for file in files_below(path) if isinstance(file, Path))
    places = {file: place for place, file in enumerate(found)}
    total = len(places)
    # In a narrow terminal the bar and the name of the file give way, not the numbers.
    rest = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn("{task.fields[files]}"),
        TextColumn("{task.fields[records]:,} records"),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False, table_column=rest),
    )
    bar = Progress(*columns, console=console(stderr=True), transient=True, expand=True)
    # Without a total the bar moves and claims nothing: how long the rest takes is not known before a file is done.
    task = bar.add_task("loading", total=None, files=f"{total:,} file{'' if total == 1 else 's'}", records=0)
    read = Counter[str]()
    place = records_read = 0

    def tell(export: Export, records: int) -> None:
        nonlocal place, records_read
        records_read += records - read[export.label]
        read[export.label] = records
        place = places.get(export.path, place)  # it may have come after the load began
        bar.update(
            task,
            total=total if place else None,
            completed=place,
            description=_name(export),
            files=f"file {place + 1:,} of {total:,}",
            records=records_read,
        )

    # By the clock, not by the callback: one large file is silent until its first records are in.
    start = threading.Timer(PATIENCE, bar.start if bar.console.is_terminal else lambda: None)
    start.start()
    try:
        yield tell
        bar.update(task, total=total, completed=total)
    finally:
        start.cancel()
        start.join()
        if bar.live.is_started:
            bar.stop()


def _name(export: Export) -> str:
    """A file's own name, with nothing in it that would move the cursor."""
    name = export.label.rpartition("/")[2]
    return "".join(letter if letter.isprintable() else "�" for letter in name)
