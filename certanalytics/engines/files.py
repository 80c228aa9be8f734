"""Files where Spark keeps them: on disks, HDFS or in object stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def exists(spark: SparkSession, path: str) -> bool:
    """Whether there is such a file or folder."""
    place, system = _opened(spark, path)
    return bool(system.exists(place))


def remove(spark: SparkSession, path: str) -> None:
    """Remove a folder and what lies in it."""
    place, system = _opened(spark, path)
    system.delete(place, True)


def write_text(spark: SparkSession, path: str, text: str) -> None:
    """Write a small file."""
    place, system = _opened(spark, path)
    stream = system.create(place)
    stream.write(bytearray(text.encode()))
    stream.close()


def _opened(spark: SparkSession, path: str) -> tuple[Any, Any]:
    context: Any = spark.sparkContext
    place = context._jvm.org.apache.hadoop.fs.Path(path)  # noqa: SLF001 - Spark has no face for its file systems
    return place, place.getFileSystem(context._jsc.hadoopConfiguration())  # noqa: SLF001
