"""The main job on a synthetic enterprise: build, load, report."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from certanalytics.errors import UsageError

_EARLIER = "truth.json"
"""By this file a folder is known to be an earlier demo, whose files may be replaced; nothing else may."""

_OURS = ("exports", "policy", _EARLIER, "estate.duckdb", "estate.duckdb.wal")


def run_demo(folder: Path, out: Path, *, seed: int, render: bool) -> None:
    """Build the enterprise in a folder, load its exports, render the executive report and say where it is.

    Raises:
        UsageError: The folder holds something else than an earlier demo.
    """
    from certanalytics import demo
    from certanalytics.cli.progress import load_progress
    from certanalytics.estate import connect
    from certanalytics.load_report import LoadReport

    if found := {child.name for child in folder.iterdir()} if folder.exists() else set():
        strange = found - {*_OURS, "report"} if _EARLIER in found else found
        if strange:
            raise UsageError(
                f"the folder holds other files than an earlier demo's ({', '.join(sorted(strange)[:3])})",
                where=str(folder),
                hint="Name an empty or new folder with --folder.",
            )
        for name in _OURS:
            child = folder / name
            if child.is_dir():
                shutil.rmtree(child)
            else:
                child.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    sys.stderr.write("Building the synthetic enterprise ...\n")
    try:
        demo.build(folder, seed=seed)
    except BaseException:
        shutil.rmtree(
            folder / "exports", ignore_errors=True
        )  # half an enterprise is nobody's, and the next run needs the place
        raise
    sys.stderr.write("Loading its exports ...\n")
    estate = connect(folder / "estate.duckdb")
    collected = demo.collected(folder)
    with load_progress([part for part, _ in collected]) as progress:
        parts = [estate.load(part, collected_at=time, progress=progress) for part, time in collected]
    files = (file for part in parts for file in part.files if file.status != "already loaded")
    loaded = LoadReport(files=tuple(files))
    sys.stdout.write(
        f"{len(loaded.files)} files, {loaded.total('read'):,} records read = {loaded.total('accepted'):,} accepted + "
        f"{loaded.total('rejected'):,} rejected + {loaded.total('duplicate'):,} duplicate; "
        f"{loaded.total('certificates'):,} certificates in {folder / 'estate.duckdb'}\n"
    )
    if render:
        from certanalytics.report import run

        sys.stderr.write("Rendering the executive report ...\n")
        published = run(
            "executive",
            estate=folder / "estate.duckdb",
            as_of=demo.AS_OF.isoformat(),
            out=out,
            force=True,
            progress=sys.stderr.isatty(),
        )
        sys.stdout.write(f"{published}\n")
