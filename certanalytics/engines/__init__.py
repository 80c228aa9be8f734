"""The same decode and the same questions on Apache Spark, over a lake (`certanalytics.lake`); extra ``spark``."""

from importlib.util import find_spec

from certanalytics.errors import UsageError

for _library in ("pyspark", "sqlglot"):
    if find_spec(_library) is None:
        raise UsageError(
            f"asking Spark needs {_library}, which is not installed",
            hint="Install the extra: pip install 'certanalytics[spark]'",
        )
