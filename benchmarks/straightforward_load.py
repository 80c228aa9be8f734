"""A log's answers into a table as one would write it first: orjson and `cryptography`, an object after the other.

    python benchmarks/straightforward_load.py NEW.duckdb ANSWER.json ...

Prints the seconds it took and the entries it read.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from straightforward import row

try:
    from orjson import loads
except ImportError:
    loads = json.loads


def entries(answer: bytes) -> list[dict[str, Any]]:
    """The entries of one answer (RFC 6962 sections 3.4 and 4.6)."""
    rows = []
    for entry in loads(answer)["entries"]:
        leaf, extra = base64.b64decode(entry["leaf_input"]), base64.b64decode(entry["extra_data"])
        milliseconds, entry_type = int.from_bytes(leaf[2:10], "big"), int.from_bytes(leaf[10:12], "big")
        holder = extra if entry_type else leaf[12:]
        der = holder[3 : 3 + int.from_bytes(holder[:3], "big")]
        rows.append({"entry_type": entry_type, "milliseconds": milliseconds, **row(der)})
    return rows


def main() -> None:
    """Read the answers named on the command line."""
    begun = time.perf_counter()
    path, *answers = map(Path, sys.argv[1:])
    path.unlink(missing_ok=True)
    count = 0
    with duckdb.connect(str(path)) as estate:
        for answer in answers:
            table = pa.Table.from_pylist(entries(answer.read_bytes()))
            made = f"{'INSERT INTO entry BY NAME' if count else 'CREATE TABLE entry AS'} FROM incoming"
            estate.register("incoming", table)
            estate.execute(made)
            count += table.num_rows
    sys.stdout.write(json.dumps([time.perf_counter() - begun, count]))


if __name__ == "__main__":
    main()
