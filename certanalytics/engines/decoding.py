"""Log entries decoded by Spark into a lake: the readers and the decoder of this package on every executor.

Files are read by the source's own reader and certificates decoded by `certanalytics.x509.decode`, batch by batch
(``mapInArrow``); what came twice is found in Spark SQL. A certificate is decoded once, however many entries hold it. A
precertificate and its certificate are told to be one issuance by the view ``issuance``, as everywhere.

Every row depends on its own file alone, so an executor that dies costs time: Spark does its part anew. The lake becomes
one when ``lake.json`` is written, last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from certanalytics.decoded import columns
from certanalytics.engines.files import exists, remove, write_text
from certanalytics.errors import DataError, UsageError
from certanalytics.identity import identity
from certanalytics.lake import ABOUT, about, moment_of
from certanalytics.model import CtEntry, Reject
from certanalytics.names import names_of
from certanalytics.reading import BATCH, load_id
from certanalytics.row_key import row_key
from certanalytics.schema import TABLES, said
from certanalytics.sources import exports, recognise

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ENTRIES = pa.schema(
    [
        ("load", pa.string()),
        ("seq", pa.int64()),
        ("der", pa.binary()),
        ("chain_ders", pa.list_(pa.binary())),
        *[field for field in TABLES["ct_entry"] if field.name != "load"],
        ("path", pa.string()),
        ("source", pa.string()),
        ("sha256", pa.string()),
        ("reason", pa.string()),
    ]
)
"""Log entries with their certificates as DER; one whose ``reason`` is given could not be read."""

_CERTIFICATES = pa.schema([*TABLES["certificate"], ("der", pa.binary()), ("reason", pa.string())])
"""Rows of the table, the DER they are of, and for what is none the reason."""


def into_lake(spark: SparkSession, files: Sequence[Path | str], folder: Path | str, *, collected_at: datetime) -> None:
    """Decode files of log entries into a new lake.

    Args:
        spark: A session of Spark 4.3 or later.
        files: Files of entries of Certificate Transparency logs, by paths that every executor reads.
        folder: A folder that is not there yet, by a path that every executor writes.
        collected_at: When they were collected, naive UTC.

    Raises:
        UsageError: The folder is there already.
        DataError: A file is none of log entries.
    """
    folder = str(folder)
    if exists(spark, folder):
        raise UsageError("it is there already", where=folder, hint="Name a folder that is not there yet.")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
    paths = spark.createDataFrame([(str(path),) for path in files], "path string").repartition(len(files))
    begun = f"{folder}/.begun"
    _mapped(paths, _read, ENTRIES).write.parquet(f"{begun}/entries")
    spark.sql(_ONCE, files=spark.read.parquet(f"{begun}/entries")).createOrReplaceTempView("entries")
    decoded(spark.sql(_ALL_DERS)).write.parquet(f"{begun}/decoded")
    spark.read.parquet(f"{begun}/decoded").createOrReplaceTempView("decoded")
    made = {
        "certificate": spark.table("decoded").where("reason IS NULL"),
        "der": spark.sql("SELECT sha256, der FROM decoded WHERE reason IS NULL"),
        "name": _mapped(spark.table("decoded").where("reason IS NULL"), names_of, TABLES["name"]),
        **{
            table: spark.sql(sql, args={"collected_at": collected_at.isoformat(sep=" ")})
            for table, sql in _TABLES.items()
        },
    }
    for table, rows in made.items():
        _write(rows.select(*TABLES[table].names), table, folder)
    remove(spark, begun)
    write_text(spark, f"{folder}/{ABOUT}", about())


def decoded(ders: DataFrame) -> DataFrame:
    """Certificates of a column ``der``, each once.

    Args:
        ders: Rows with the column ``der``; others are left out.

    Returns:
        The columns of the ``certificate`` table, ``der``, and for what is no certificate the ``reason``.
    """
    once = ders.sparkSession.sql(
        "SELECT any_value(der) AS der FROM {ders} WHERE der IS NOT NULL GROUP BY sha2(der, 256)", ders=ders
    )
    return _mapped(once, _decode, _CERTIFICATES)


_ONCE = """
SELECT e.* FROM {files} AS e JOIN (SELECT load, min(path) AS path FROM {files} GROUP BY load) USING (load, path)
"""
"""Of files that are alike one is taken, as by a load."""

_ALL_DERS = "SELECT der FROM entries UNION ALL SELECT explode(chain_ders) AS der FROM entries"

_READABLE = """
SELECT e.*, d.reason AS refusal, row_number() OVER (PARTITION BY e.row_key ORDER BY e.load, e.seq) AS times
FROM entries AS e
LEFT JOIN decoded AS d ON d.sha256 = e.certificate AND d.reason IS NOT NULL
WHERE e.reason IS NULL
"""

_TABLES = {
    "ct_entry": f"SELECT * FROM ({_READABLE}) WHERE refusal IS NULL AND times = 1",
    "reject": f"""
        SELECT load, locator, reason, CAST(NULL AS STRING) AS excerpt, CAST(NULL AS STRING) AS row_key
        FROM entries WHERE reason IS NOT NULL
        UNION ALL
        SELECT load, locator, refusal, NULL, NULL FROM ({_READABLE}) WHERE refusal IS NOT NULL
    """,
    "load": f"""
        SELECT
            load, any_value(path) AS path, any_value(source) AS source, CAST(NULL AS STRING) AS tool_version,
            CAST(:collected_at AS TIMESTAMP_NTZ) AS collected_at, 'given' AS time_basis, any_value(sha256) AS sha256,
            count(*) AS read,
            count_if(refusal IS NULL AND times = 1) AS accepted,
            count_if(refusal IS NOT NULL) AS rejected,
            count_if(refusal IS NULL AND times > 1) AS duplicate
        FROM (
            {_READABLE}
            UNION ALL
            SELECT *, reason, 0 FROM entries WHERE reason IS NOT NULL
        )
        GROUP BY load
    """,
}


def _mapped(rows: DataFrame, function: Callable[[pa.Table], pa.Table], schema: pa.Schema) -> DataFrame:
    """Rows through a function of Arrow tables."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    def over(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            made = function(pa.Table.from_batches([batch]))
            yield from made.cast(schema).to_batches()

    return rows.mapInArrow(over, from_arrow_schema(schema, prefer_timestamp_ntz=True))


def _decode(ders: pa.Table) -> pa.Table:
    """A column of DER as rows of certificates."""
    table, refusals = columns(ders.column("der").to_pylist())
    return table.append_column("reason", pa.array(refusals, pa.string())).select(_CERTIFICATES.names)


def _read(paths: pa.Table) -> pa.Table:
    """The entries in files, one file after the other."""
    rows: list[dict[str, object]] = []
    for path in paths.column("path").to_pylist():
        for export in exports(Path(path)):
            if isinstance(export, DataError):
                raise export
            source = recognise(export)
            if source is None or "ct" not in source.brings:
                raise DataError("this is no file of log entries", where=export.label)
            load = load_id(source.name, export.sha256, "")
            about = {"load": load, "path": export.label, "source": source.name, "sha256": export.sha256}
            rows += [
                {**about, "seq": seq, **_entry(row, source.name)}
                for seq, row in enumerate(source.read(export))
                if isinstance(row, CtEntry | Reject)
            ]
    return pa.Table.from_pylist(rows, schema=ENTRIES)


def _entry(row: CtEntry | Reject, source: str) -> dict[str, object]:
    if isinstance(row, Reject):
        return {"locator": row.locator, "reason": row.reason}
    said_of = {field.name: getattr(row, field.name, None) for field in TABLES["ct_entry"] if field.name != "load"}
    said_of |= {"certificate": identity(row.certificate), "chain": [identity(part) for part in row.chain]}
    said_of["row_key"] = row_key([source, *[said_of[field.name] for field in said("ct_entry")]])
    ders = {
        "der": row.certificate if isinstance(row.certificate, bytes) else None,
        "chain_ders": [part for part in row.chain if isinstance(part, bytes)],
    }
    return {**said_of, **ders}


def _write(rows: DataFrame, table: str, folder: str) -> None:
    target = f"{folder}/tables/{table}"
    moment = moment_of(table)
    if moment is None:
        rows.write.mode("overwrite").parquet(target)
        return
    month = f"coalesce(date_format({moment}, 'yyyy-MM'), 'none')"
    rows.selectExpr("*", f"{month} AS month").write.mode("overwrite").partitionBy("month").parquet(target)
