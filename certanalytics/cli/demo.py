"""The main job on a synthetic enterprise: build, load, report."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from certanalytics.errors import UsageError

_OURS = ("exports", "truth.json", "estate.duckdb")


def run_demo(folder: Path, out: Path, *, seed: int, render: bool) -> None:
    """Build the enterprise in a folder, load its exports, render the executive report and say where it is.

    Raises:
        UsageError: The folder holds something else than an earlier demo.
    """
    from certanalytics import demo  # noqa: PLC0415 - each step pays for its own imports
    from certanalytics.cli.progress import load_progress  # noqa: PLC0415
    from certanalytics.estate import connect  # noqa: PLC0415

    if folder.exists():
        strange = sorted(child.name for child in folder.iterdir() if child.name not in (*_OURS, "report"))
        if strange:
            raise UsageError(
                f"the folder holds other files ({', '.join(strange[:3])})",
                where=str(folder),
                hint="Name an empty or new folder with --folder.",
            )
        for name in _OURS:
            child = folder / name
            shutil.rmtree(child) if child.is_dir() else child.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    sys.stderr.write("Building the synthetic enterprise ...\n")
    demo.build(folder, seed=seed)
    sys.stderr.write("Loading its exports ...\n")
    with load_progress([folder / "exports"]) as progress:
        loaded = connect(folder / "estate.duckdb").load(folder / "exports", collected_at=demo.AS_OF, progress=progress)
    sys.stdout.write(
        f"{len(loaded.files)} files, {loaded.total('read'):,} records read = {loaded.total('accepted'):,} accepted + "
        f"{loaded.total('rejected'):,} rejected + {loaded.total('duplicate'):,} duplicate; "
        f"{loaded.total('certificates'):,} certificates in {folder / 'estate.duckdb'}\n"
    )
    if render:
        from certanalytics.report import run  # noqa: PLC0415

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
