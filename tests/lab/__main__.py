"""Run the lab: ``python -m tests.lab --day 2026-11-23`` writes data/samples anew.

With ``--derive FOLDER`` nothing is served or scanned: only the samples that follow from the
committed certificates are written, into that folder; a README there is brought up to date.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.lab import derived, namespace, provenance, scanners, servers, truth
from tests.lab.cases import lab

REPOSITORY = Path(__file__).parents[2]
SAMPLES = REPOSITORY / "data" / "samples"
_LIMIT = 3600.0
"""Seconds the whole lab may take."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("--day", type=datetime.fromisoformat, help="day of the run: certificates are valid around it")
    parser.add_argument("--derive", type=Path, metavar="FOLDER", help="write only what follows from the certificates")
    parser.add_argument("--inside", type=Path, metavar="ENVIRONMENT", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.derive:
        made = derived.write(truth.Truth.read(SAMPLES / "truth"), arguments.derive)
        if (readme := arguments.derive / "README.md").exists():
            readme.write_text(provenance.derived_anew(readme.read_text(), made))
    elif arguments.day is None:
        parser.error("--day is needed")
    elif arguments.inside:
        _run(arguments.day, arguments.inside)
    else:
        environment = REPOSITORY / "build" / "lab-sslyze"
        scanners.make_sslyze_environment(environment)
        day = arguments.day.date().isoformat()
        namespace.run_inside(["--day", day, "--inside", str(environment)], limit=_LIMIT)


def _run(day: datetime, environment: Path) -> None:
    estate = lab(day)
    with tempfile.TemporaryDirectory(prefix="lab-") as folder:
        work, keys, samples = (Path(folder) / name for name in ("work", "keys", "samples"))
        for path in (work, keys, samples):
            path.mkdir()
        names = [(endpoint.ip, endpoint.host) for endpoint in estate.endpoints if endpoint.ip]
        namespace.furnish(names, Path(folder), environment)
        truth.write(estate, samples / "truth")
        with servers.serving(estate.endpoints, keys):
            tools = scanners.Scanners(environment=namespace.ENVIRONMENT, work=work, samples=samples)
            scanned = list(tools.scan(estate))
        made = derived.write(truth.Truth.read(samples / "truth"), samples)
        (samples / "README.md").write_text(provenance.readme(estate, [*scanned, *made]))
        if SAMPLES.exists():
            shutil.rmtree(SAMPLES)
        shutil.copytree(samples, SAMPLES)
    print(f"wrote {SAMPLES}", file=sys.stderr)  # noqa: T201 - a command line tool


main()
