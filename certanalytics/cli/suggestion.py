"""A proposed column map on the terminal: the map, what it leaves open, and the first rows as they would be read."""

from __future__ import annotations

import sys
from pathlib import Path

from certanalytics.cli.tables import Format, write
from certanalytics.errors import DataError, UsageError
from certanalytics.sources import exports, recognise, suggest


def show(file: Path, write_to: Path | None) -> None:
    """Print the map and the preview, and write the map only where asked to.

    Raises:
        DataError: The file cannot be read, a source knows it already, or nothing can be proposed for it.
        UsageError: The map's file is there already, or cannot be written.
    """
    export = next(exports(file))
    if isinstance(export, DataError):
        raise export
    if known := recognise(export):
        raise DataError(f"it is read as {known.name} already", where=export.label, hint="certanalytics load FILE")
    proposed = suggest(export)
    sys.stdout.write(f"{proposed.toml}\n")
    write(list(proposed.columns), proposed.preview, Format.TABLE)
    said = [*proposed.doubts]
    if proposed.unmapped:
        said.append(f"Left out: {', '.join(proposed.unmapped)}.")
    if write_to is None:
        said.append("Nothing is written: keep the map with --write FILE.toml, read it, then load with --map FILE.toml.")
    else:
        try:
            with write_to.open("x", encoding="utf-8", newline="\n") as to:
                to.write(proposed.toml)
        except FileExistsError:
            raise UsageError("the file is there already", where=str(write_to), hint="Name another.") from None
        except OSError as error:
            raise UsageError(error.strerror or str(error), where=str(write_to)) from None
        said.append(f"Written to {write_to}: read it, then certanalytics load {file} --map {write_to}")
    sys.stderr.write("\n".join(said) + "\n")
