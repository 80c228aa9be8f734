"""What Spark adds to decoding on one machine: the same certificates by the decoder alone and through Spark, in turn.

Needs the extra ``spark`` and Java 17. The decoder is the one `certanalytics.x509.decode` is when this runs.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
from pyspark.sql import SparkSession

from certanalytics import demo, x509
from certanalytics.engines.decoding import BATCH, decoded
from certanalytics.estate import Estate

ROUNDS = 4


def main() -> None:
    """Print both rates and what the start costs."""
    ders = _certificates()
    os.environ["PYSPARK_PYTHON"] = sys.executable  # Spark would take the python3 of the system
    begun = time.perf_counter()
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
    frame = spark.createDataFrame(pa.table({"der": pa.array(ders, pa.binary())})).repartition(2).cache()
    frame.count()
    started = time.perf_counter() - begun
    _timed(lambda: decoded(frame).write.format("noop").mode("overwrite").save())  # the first job starts the workers
    alone, through = [], []
    for _ in range(ROUNDS):
        alone.append(len(ders) / _timed(lambda: x509.decode(ders)))
        through.append(len(ders) / _timed(lambda: decoded(frame).write.format("noop").mode("overwrite").save()))
    ratio = statistics.median(b / a for a, b in zip(alone, through, strict=True))
    sys.stdout.write(
        f"{len(ders):,} certificates, median of {ROUNDS} alternating rounds, decoder {x509.decode.__module__}\n"
        f"alone, one processor: {statistics.median(alone):,.0f} a second\n"
        f"Spark local[2], de-duplication included: {statistics.median(through):,.0f} a second\n"
        f"ratio: {ratio:.2f}; start of the session: {started:.1f} s\n"
    )


def _certificates() -> list[bytes]:
    """The certificates of the synthetic enterprise."""
    with tempfile.TemporaryDirectory() as folder:
        demo.build(Path(folder))
        with Estate(":memory:") as estate:
            estate.load(Path(folder) / demo.EXPORTS / "ct")
            return [der for (der,) in estate.store.fetch("SELECT der FROM der ORDER BY sha256")]


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
