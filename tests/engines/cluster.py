"""A Spark cluster of its own on loopback: a master and workers, as the pyspark package brings them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

from certanalytics.engines import decoding

HOME = Path(pyspark.__file__).parent
QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m -XX:+UseSerialGC"
_RUN = "org.apache.spark.deploy"


class Cluster:
    """A standalone master and two workers of one processor each, gone when the block ends."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.master = f"spark://127.0.0.1:{free.getsockname()[1]}"
        self.processes = []

    def __enter__(self):
        place, _, port = self.master.removeprefix("spark://").partition(":")
        self._start("master", f"{_RUN}.master.Master", "--host", place, "--port", port, "--webui-port", "0")
        for name in ("worker-0", "worker-1"):
            room = ("--cores", "1", "--memory", "1g", "--work-dir", str(self.folder / name))
            self._start(name, f"{_RUN}.worker.Worker", "--host", place, "--webui-port", "0", *room, self.master)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            self._kill(process)

    def _start(self, name, *command):
        more = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": QUICK}
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [HOME / "bin" / "spark-class", *command],
                env={**os.environ, "SPARK_HOME": str(HOME), **more},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # what it starts, executors and their Python, dies with it
            )
        self.processes.append(process)

    def kill_a_worker(self):
        """End one worker, its executor and what that runs, as a machine ends that loses power."""
        self._kill(self.processes[1])

    @staticmethod
    def _kill(process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=30)


def decode(master, files, folder):
    """Decode files into a lake on a cluster; the body of a process of its own, for a process has one Spark."""
    settings = {
        "spark.cores.max": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.extraJavaOptions": QUICK,
        "spark.driver.host": "127.0.0.1",
        "spark.executor.cores": "1",
        "spark.executor.extraJavaOptions": QUICK,
        "spark.executor.memory": "512m",
        "spark.log.level": "OFF",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(master).appName("decode")
    for name, value in settings.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    deadline = time.monotonic() + 120
    while spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() < 3:  # the driver counts as one
        assert time.monotonic() < deadline, "the two executors have not come"
        time.sleep(0.1)
    Path(f"{folder}.started").touch()
    decoding.into_lake(spark, files, folder, collected_at=datetime(2026, 11, 23, 12))
    spark.stop()


if __name__ == "__main__":
    decode(sys.argv[1], sys.argv[3:], sys.argv[2])
