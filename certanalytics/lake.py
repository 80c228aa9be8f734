"""A lake: the tables of an estate as Parquet, which DuckDB asks in place and Spark reads and writes.

Below the folder lies ``tables/<table>/``, with the same columns as in an estate. What is told of a moment (sightings,
probes, log entries, certificates by the day they begin) lies in a folder for each month, ``month=2026-11``; the rest in
one. ``lake.json`` says which schema it is. Facts, views and questions are no part of it: they come with the package.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from certanalytics.errors import DataError, UsageError
from certanalytics.schema import TABLES, sql_type
from certanalytics.store import MEMORY, VERSION, Store

ABOUT = "lake.json"

_MOMENTS = ("entry_timestamp", "observed_at", "not_before")
"""The columns by which a table is divided: the first of them it has."""


def is_lake(path: Path | str) -> bool:
    """Whether a path is the folder of a lake."""
    return (Path(path) / ABOUT).is_file()


def moment_of(table: str) -> str | None:
    """The column by whose month a table is divided; ``None`` for one that lies in a single folder."""
    return next((column for column in _MOMENTS if column in TABLES[table].names), None)


def write(estate: Path | str, folder: Path | str) -> Mapping[str, int]:
    """Write an estate as a lake: all of it, or nothing.

    Args:
        estate: The estate file.
        folder: A folder that is not there yet.

    Returns:
        The rows of every table.

    Raises:
        DataError: There is no such estate.
        UsageError: The folder is there already.
    """
    folder = Path(folder)
    if folder.exists():
        raise UsageError("it is there already", where=str(folder), hint="Name a folder that is not there yet.")
    begun = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(begun, ignore_errors=True)
    try:
        with Store(estate, read_only=True):  # it is an estate of this schema, and brought up to date
            pass
        with Store(MEMORY, read_only=False) as writer:
            writer.run(f"ATTACH {_quoted(str(estate))} AS estate (READ_ONLY)")
            rows = {table: _write(writer, table, begun / "tables" / table) for table in TABLES}
        (begun / ABOUT).write_text(about(), "utf-8")
        begun.rename(folder)
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return rows


def about() -> str:
    """What stands in the file that makes a folder a lake; whoever writes one writes it last."""
    return json.dumps({"schema_version": VERSION}) + "\n"


def _write(writer: Store, table: str, folder: Path) -> int:
    folder.mkdir(parents=True)
    source = f'estate."{table}"'
    ((rows,),) = writer.fetch(f"SELECT count(*) FROM {source}")
    moment = moment_of(table)
    if moment is None or not rows:
        writer.run(
            f"COPY (FROM {source}) TO {_quoted(str(folder / 'part-0.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
        )
        return int(rows)
    month = f"coalesce(strftime(\"{moment}\", '%Y-%m'), 'none')"
    writer.run(
        f"COPY (SELECT *, {month} AS month FROM {source} ORDER BY month) TO {_quoted(str(folder))} "
        "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), OVERWRITE_OR_IGNORE)"
    )
    return int(rows)


def read(folder: Path | str, estate: Path | str) -> Mapping[str, int]:
    """Make an estate file of a lake: all of it, or nothing.

    Args:
        folder: The lake.
        estate: A file that is not there yet.

    Returns:
        The rows of every table.

    Raises:
        DataError: The folder is no lake of this schema.
        UsageError: The file is there already.
    """
    folder, estate = _checked(folder), Path(estate)
    if estate.exists():
        raise UsageError("it is there already", where=str(estate), hint="Name a file that is not there yet.")
    try:
        with Store(estate, read_only=False) as store:
            inserts = {table: f'INSERT INTO "{table}" BY NAME {_selected(folder, table)}' for table in TABLES}
            for insert in inserts.values():
                _check_readable(store, insert, folder)
            with store.transaction():
                return {table: store.run(insert) for table, insert in inserts.items()}
    except BaseException:
        estate.unlink(missing_ok=True)
        raise


def _check_readable(store: Store, insert: str, folder: Path) -> None:
    if refusal := store.refusal(f"EXPLAIN {insert}"):  # a file that is cut, or none of ours
        raise DataError(refusal.splitlines()[0], where=str(folder), hint="Write the lake anew from the estate.")


class LakeStore(Store):
    """A lake, asked where it lies: the tables of an estate in memory are views of the files.

    Args:
        folder: The lake.

    Raises:
        DataError: The folder is no lake of this schema.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = _checked(folder)
        super().__init__(MEMORY, read_only=False)
        for table in TABLES:
            self.connection.execute(f'DROP TABLE "{table}"')
            self.connection.execute(f'CREATE VIEW "{table}" AS {_selected(self.folder, table)}')
        self.connection.execute(f"SET allowed_directories = [{_quoted(str(self.folder))}]")
        self.connection.execute("SET enable_external_access = false")


def _selected(folder: Path, table: str) -> str:
    found = folder / "tables" / table
    if next(found.rglob("*.parquet"), None) is None:  # Spark writes no file where there is no row
        nothing = ", ".join(f'NULL::{sql_type(field.type)} AS "{field.name}"' for field in TABLES[table])
        return f"SELECT {nothing} WHERE false"
    columns = ", ".join(f'"{name}"' for name in TABLES[table].names)
    files = _quoted(str(found / "**" / "*.parquet"))
    return f"SELECT {columns} FROM read_parquet({files}, hive_partitioning = false, union_by_name = true)"


def _checked(folder: Path | str) -> Path:
    folder = Path(folder).resolve()
    if not is_lake(folder):
        raise DataError("this is no lake", where=str(folder), hint="Write one with certanalytics lake write FOLDER.")
    found = json.loads((folder / ABOUT).read_text("utf-8")).get("schema_version")
    if found != VERSION:
        raise DataError(
            f"this is a lake of schema {found}, this version works with schema {VERSION}",
            where=str(folder),
            hint="Write it anew from the estate.",
        )
    return folder


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
