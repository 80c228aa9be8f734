"""Spark on this machine, as small as it gets: one session for all tests of a worker."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest
from machine import absent

QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
"""For a virtual machine that lives a minute: most of its time goes into compiling itself."""


@pytest.fixture(scope="session")
def java():
    """The program `java`, of a version Spark runs on."""
    if find_spec("pyspark") is None:
        absent("pyspark (extra spark)")
    program = shutil.which("java") or absent("Java 17 (Debian: openjdk-17-jre-headless)")
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stderr
    version = int(told.partition('"')[2].partition(".")[0])
    return program if version >= 17 else absent(f"Java 17 or later (this one is {version})")


@pytest.fixture(scope="session")
def spark(java, tmp_path_factory):
    """A session on two processors of this machine."""
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    from pyspark.sql import SparkSession  # noqa: PLC0415 - where there is Spark

    settings = {
        "spark.driver.extraJavaOptions": QUICK,
        "spark.driver.memory": "2g",
        "spark.log.level": "OFF",
        "spark.log.structuredLogging.enabled": "false",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master("local[2]").appName("tests")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
