"""The verbs of a lake: write an estate as one, make an estate of one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from certanalytics.cli.tables import Format, write

app = typer.Typer(help="Estates as Parquet, for DuckDB in place and for Spark.", rich_markup_mode=None)

_ESTATE = Path("estate.duckdb")
EstateOption = Annotated[
    Path, typer.Option("--estate", envvar="CERTANALYTICS_ESTATE", help="The estate file.", show_default=True)
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write the answer.")]


@app.command("write")
def write_(
    folder: Annotated[Path, typer.Argument(help="The folder of the lake; it must not be there yet.")],
    estate: EstateOption = _ESTATE,
    output: FormatOption = Format.TABLE,
) -> None:
    """Write an estate as a lake: its tables as partitioned Parquet. `--estate FOLDER` then asks it where it lies."""
    from certanalytics import lake

    _told(lake.write(estate, folder), output)
    sys.stderr.write(f"The lake {folder} is written; certanalytics status --estate {folder} asks it where it lies.\n")


@app.command()
def read(
    folder: Annotated[Path, typer.Argument(help="The folder of the lake.")],
    estate: EstateOption = _ESTATE,
    output: FormatOption = Format.TABLE,
) -> None:
    """Make an estate file of a lake; the file must not be there yet."""
    from certanalytics import lake

    _told(lake.read(folder, estate), output)
    sys.stderr.write(f"The estate {estate} is made.\n")


def _told(rows: Mapping[str, int], output: Format) -> None:
    write(["table", "rows"], list(rows.items()), output)
