"""The same decode and the same questions on Apache Spark, over a lake (`certanalytics.lake`); extra ``spark``."""
