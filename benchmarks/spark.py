"""What Spark adds to decoding on one machine: the same certificates by the decoder alone and through Spark, in turn.

The certificates are generated (`certificates`), all of them different, in two partitions, kept in Spark's memory.
Needs the extra ``spark`` and Java 17.
    python benchmarks/spark.py [CERTIFICATES]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import islice

import pyarrow as pa
from certificates import certificates
from pyspark.sql import SparkSession

from certanalytics import x509
from certanalytics.engines.decoding import BATCH, decoded

COUNT, ROUNDS = 200_000, 4


def main() -> None:
    """Print both rates and what the start costs."""
    ders = list(islice(certificates(), int(sys.argv[1]) if len(sys.argv) > 1 else COUNT))
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
        f"{len(ders):,} certificates, median of {ROUNDS} alternating rounds\n"
        f"alone, one processor: {statistics.median(alone):,.0f} a second\n"
        f"Spark local[2], de-duplication included: {statistics.median(through):,.0f} a second\n"
        f"ratio: {ratio:.2f}; start of the session: {started:.1f} s\n"
    )


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
