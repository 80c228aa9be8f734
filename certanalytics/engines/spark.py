"""A lake asked through Spark: the questions of `certanalytics.sql`, translated, with the answers DuckDB would give.

What the questions of one moment have in common is computed once, as in `certanalytics.snapshot`. A question that does
not carry over is refused by name (`Untranslatable`). An answer comes back as the frame `Estate.ask` gives: its columns
are those DuckDB has for the question, and a value that does not fit into them is an error, not another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certanalytics.engines.files import exists
from certanalytics.engines.steps import Step
from certanalytics.engines.translation import Untranslatable, translated, translated_condition
from certanalytics.errors import DataError, UsageError
from certanalytics.lake import ABOUT
from certanalytics.moment import Moment, as_moment
from certanalytics.schema import TABLES
from certanalytics.snapshot import Snapshot
from certanalytics.sql import parameters_of, question, read_by, shared, views
from certanalytics.store import MEMORY, Store

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_INVENTORY = "inventory"
_ROUNDS = 100
"""Rounds after which a part that reads itself is given up; ours end by themselves after ten."""


class SparkEstate:
    """A lake, asked through Spark.

    Args:
        spark: A session of Spark 4.3 or later; its time zone is set to UTC.
        folder: The lake; on a cluster a path or URL all executors read.
        checkpoints: A folder all executors write to, where what questions share is kept. Without it the executors keep
            it themselves: quicker, but where one of them dies the questions fail until there is a new `SparkEstate`.

    Raises:
        DataError: The folder is no lake.
    """

    def __init__(self, spark: SparkSession, folder: Path | str, *, checkpoints: str | None = None) -> None:
        if not exists(spark, f"{folder}/{ABOUT}"):
            raise DataError(
                "this is no lake", where=str(folder), hint="Write one with certanalytics lake write FOLDER."
            )
        self.spark, self.folder = spark, str(folder)
        self._reliably = checkpoints is not None
        if checkpoints is not None:
            spark.sparkContext.setCheckpointDir(checkpoints)
        spark.conf.set("spark.sql.session.timeZone", "UTC")
        spark.conf.set("spark.sql.ansi.enabled", "true")
        # What Spark keeps of a checkpoint names columns of before it, and stumbles over them in a union.
        spark.conf.set("spark.sql.constraintPropagation.enabled", "false")
        self._like = Snapshot(Store(MEMORY, read_only=False))  # an empty estate: what it answers has the right columns
        self._arguments: dict[str, Any] = {}
        self._moment: tuple[datetime, str | None] | None = None
        self._kept: set[str] = set()
        self._register()

    def _register(self) -> None:
        """The tables of the lake and the facts of the package, as temporary views."""
        for table, schema in TABLES.items():
            rows, place = self._of_arrow(schema.empty_table()), f"{self.folder}/tables/{table}"
            if exists(self.spark, place):  # Spark writes no file where there is no row
                files = self.spark.read.schema(rows.schema).option("recursiveFileLookup", "true")
                rows = files.parquet(place)
            rows.createOrReplaceTempView(table)
        facts = self._like.store.fetch("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'facts'")
        for (name,) in facts:
            rows = self._like.store.arrow(f'SELECT * FROM facts."{name}"')
            self._of_arrow(rows).createOrReplaceTempView(f"facts_{name}")

    def _of_arrow(self, rows: pa.Table) -> DataFrame:
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

        return self.spark.createDataFrame(rows, schema=from_arrow_schema(rows.schema, prefer_timestamp_ntz=True))

    def moment(self, as_of: Moment | None = None) -> datetime:
        """A moment as naive UTC; ``None`` is the time of the newest observation in the lake.

        Raises:
            DataError: There is no evidence yet.
        """
        if as_of is not None and as_of != "":
            return as_moment(as_of)
        self._keep("newest")
        ((newest,),) = self.spark.table("newest").collect()
        if newest is None:
            raise DataError("the lake is empty", where=self.folder, hint="Load exports, and write the lake anew.")
        return datetime.fromisoformat(str(newest))

    def ask(
        self, name: str, *, as_of: Moment | None = None, scope: str | None = None, **parameters: Any
    ) -> pd.DataFrame:
        """Ask one of the named questions; as `Estate.ask`.

        Args:
            name: The question.
            as_of: The moment to answer for; the newest evidence if ``None``.
            scope: A SQL predicate over the inventory; all if ``None``.
            parameters: Further parameters of the question.

        Raises:
            UsageError: No such question, or a parameter is missing or unknown.
            Untranslatable: The question, or a view it reads, does not carry over.
        """
        text = question(name)
        wanted = set(parameters_of(text))
        if unlike := wanted ^ ({"as_of"} | set(parameters)):
            raise UsageError(
                f"question {name!r} takes {', '.join(sorted(wanted - {'as_of'})) or 'nothing'} but as_of",
                hint=f"Not right: {', '.join(sorted(unlike))}",
            )
        for read in read_by(text):
            translated(views()[read], read)  # refused before anything is computed
        steps = translated(text, name)
        self._take(self.moment(as_of), scope)
        self._arguments |= parameters
        for read in read_by(text):
            self._keep(read)
        for step in steps.first:
            self._run(step)
        rows = self._sql(steps.answer).toArrow()
        return self._as_asked(name, text, rows, {"as_of": self._moment and self._moment[0], **parameters})

    def _take(self, as_of: datetime, scope: str | None) -> None:
        """Let what follows be about a moment and the certificates in scope then."""
        if self._moment == (as_of, scope):
            return
        if self._moment is not None and self._moment[0] == as_of:
            self._kept = {name for name in self._kept if _INVENTORY not in read_by(f"FROM {name}")}
        else:
            self._kept = set()
            self._like.take(as_of, None)
        self._arguments = {"as_of": as_of.isoformat(sep=" ")}
        self._moment = (as_of, scope)
        if scope is not None:
            condition = translated_condition(scope)
            for read in read_by(f"FROM {_INVENTORY}"):
                self._keep(read)
            self._keep(_INVENTORY)
            bounded = self.spark.table(f"moment_{_INVENTORY}").where(condition)
            self._lasting(bounded).createOrReplaceTempView(f"moment_{_INVENTORY}")

    def _keep(self, name: str) -> None:
        """Let a view stand for the moment, its rows kept where more than one text reads them."""
        if name in self._kept:
            return
        text = views()[name]
        steps = translated(text, name)
        for step in steps.first:
            self._run(step)
        rows = self._sql(steps.answer)
        if name in shared() or name == _INVENTORY:
            rows = self._lasting(rows)
        rows.createOrReplaceTempView(f"moment_{name}" if parameters_of(text) else name)
        self._kept.add(name)

    def _run(self, step: Step) -> None:
        rows = self._sql(step.sql)
        for more in step.beside:
            rows = rows.unionByName(self._sql(more), allowMissingColumns=True)
        if step.again is not None:
            rows = self._in_rounds(step, rows)
        self._lasting(rows).createOrReplaceTempView(step.name)

    def _in_rounds(self, step: Step, rows: DataFrame) -> DataFrame:
        """What a part that reads itself comes to."""
        found = latest = self._lasting(rows.distinct() if step.distinct else rows)
        for _ in range(_ROUNDS):
            latest.createOrReplaceTempView(step.name)
            more = self._sql(step.again or "").toDF(*found.columns)
            latest = self._lasting(more.subtract(found) if step.distinct else more)
            if latest.isEmpty():
                return found
            found = found.unionAll(latest)
        raise DataError(f"{step.name} has not come to an end after {_ROUNDS} rounds", where=self.folder)

    def _lasting(self, rows: DataFrame) -> DataFrame:
        kept = rows.checkpoint(eager=True) if self._reliably else rows.localCheckpoint(eager=True)
        # Under names of their own: Spark takes columns that came the same way through two views for one another.
        return kept.toDF(*kept.columns)

    def _sql(self, sql: str) -> DataFrame:
        used = {name: value for name, value in self._arguments.items() if f":{name}" in sql}
        return self.spark.sql(sql, args=used)

    def _as_asked(self, name: str, text: str, rows: pa.Table, parameters: Mapping[str, Any]) -> pd.DataFrame:
        """An answer as DuckDB would give it: the same columns in the same types."""
        store = self._like.store
        self._like.keep_all(text)
        store.run(f"CREATE OR REPLACE TEMP TABLE answer AS {text} WITH NO DATA", parameters)
        like = store.arrow("FROM answer").schema
        if rows.schema.names != like.names or not all(map(_fits, rows.schema.types, like.types)):
            raise Untranslatable(
                f"Spark answers {_told(rows.schema)}, DuckDB {_told(like)}",
                where=name,
                hint="Ask DuckDB over the lake.",
            )
        store.append("answer", rows.cast(like))  # a number that does not fit is an error
        return store.query("FROM answer")


def _fits(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Whether values of one type are values of the other, if only they are in its range."""
    import pyarrow as pa  # noqa: PLC0415 - costs time only an answer should pay

    def is_number(kind: pa.DataType) -> bool:
        return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))

    if pa.types.is_list(found) and pa.types.is_list(wanted):
        return _fits(found.value_type, wanted.value_type)
    return bool(found == wanted) or (is_number(found) and is_number(wanted))


def _told(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {field.type}" for field in schema)
