"""The real scanners, run as an analyst runs them; every file they write is a sample that says how it was made."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from tests.lab.cases import Lab
from tests.lab.packing import Packing, as_it_is, by_gzip, by_zstandard, zipped
from tests.lab.provenance import Sample

SSLYZE = "6.3.1"
_LIMIT = 1200.0
"""Seconds one scanner may take."""


def make_sslyze_environment(folder: Path) -> None:
    """Make an environment with sslyze in it, unless it is there.

    sslyze is AGPL: it is run as a program here, never imported and never a dependency.
    """
    libraries = [str(path) for path in folder.glob("lib/python*/site-packages")]
    if SSLYZE not in [found.version for found in importlib.metadata.distributions(name="sslyze", path=libraries)]:
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run(
            [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--quiet", f"sslyze=={SSLYZE}"], check=True
        )


class Scanners:
    """The installed scanners, the folder they write to and the folder their files are kept in.

    Args:
        environment: The folder of `make_sslyze_environment`.
        work: A folder for lists of targets and raw output.
        samples: ``data/samples``.
    """

    def __init__(self, *, environment: Path, work: Path, samples: Path) -> None:
        testssl = shutil.which("testssl") or shutil.which("testssl.sh")
        programs = {"nmap": shutil.which("nmap"), "sslscan": shutil.which("sslscan"), "testssl": testssl}
        if missing := [name for name, program in programs.items() if program is None]:
            sys.exit(f"make lab needs {', '.join(missing)} (Debian packages nmap, sslscan, testssl.sh)")
        python = environment / "bin" / "python"
        self._programs = {name: [program] for name, program in programs.items() if program}
        self._programs["sslyze"] = [str(python), "-m", "sslyze"]
        self._work = work
        self._samples = samples

    def scan(self, lab: Lab) -> Iterator[Sample]:
        """Send every scanner to the running lab."""
        places = [f"{endpoint.host}:{endpoint.port}" for endpoint in lab.endpoints if endpoint.starttls is None]
        mail = next(f"{endpoint.host}:{endpoint.port}" for endpoint in lab.endpoints if endpoint.starttls)
        few = [place for place in places if place.startswith(("dual.", "plain.", "refused.", "sni.", "wrongorder."))]
        self._list("hosts.txt", [endpoint.host for endpoint in lab.endpoints])
        self._list("targets.txt", places)
        self._list("few.txt", few)
        zip_member = zipped(lab.day)

        nmap = "nmap -sT -Pn -n"
        yield from self._run(
            f"{nmap} -p 25,443,8443 --script ssl-cert,ssl-enum-ciphers -iL hosts.txt -oX lab.xml", {"lab.xml": as_it_is}
        )
        yield from self._run(
            f"{nmap} -v -p 443 --script ssl-cert -oX verbose.xml p256.lab.example refused.lab.example",
            {"verbose.xml": as_it_is},
        )
        yield from self._run("sslscan --show-certificate --xml=lab.xml --targets=targets.txt", {"lab.xml": by_gzip})

        testssl = "testssl --quiet --color 0 --warnings batch --nodns none -p -S"
        yield from self._run(
            f"{testssl} --jsonfile flat.json --csvfile flat.csv --file targets.txt",
            {"flat.json": as_it_is, "flat.csv": as_it_is},
        )
        yield from self._run(f"{testssl} --jsonfile-pretty pretty.json --file few.txt", {"pretty.json": as_it_is})
        yield from self._run(f"{testssl} -t smtp --jsonfile smtp.json {mail}", {"smtp.json": as_it_is})

        sslyze = "sslyze --mozilla_config disable --certinfo"
        protocols = "--sslv2 --sslv3 --tlsv1 --tlsv1_1 --tlsv1_2 --tlsv1_3 --elliptic_curves"
        yield from self._run(
            f"{sslyze} {protocols} --json_out full.json --targets_in targets.txt", {"full.json": by_gzip}
        )
        yield from self._run(
            f"{sslyze} --json_out certinfo.json --targets_in targets.txt", {"certinfo.json": by_zstandard}
        )
        yield from self._run(f"{sslyze} --starttls smtp --json_out smtp.json {mail}", {"smtp.json": zip_member})

    def _list(self, name: str, lines: list[str]) -> None:
        (self._work / name).write_text("".join(f"{line}\n" for line in lines))

    def _run(self, command: str, written: dict[str, Packing]) -> Iterator[Sample]:
        tool, *arguments = shlex.split(command)
        for name in written:
            (self._work / name).unlink(missing_ok=True)
        print(f"  {command}", file=sys.stderr, flush=True)  # noqa: T201 - a command line tool
        completed = self._process(tool, arguments)
        for name, packing in written.items():
            raw = self._work / name
            if not raw.exists():
                sys.exit(f"{tool} wrote no {name} (status {completed.returncode}): {completed.stderr[-2000:]}")
            packed_name, packed = packing(name, raw.read_bytes())
            target = self._samples / tool / packed_name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(packed)
            yield Sample(f"{tool}/{packed_name}", f"{tool} {self._version(tool)}", f"`{command}`")

    def _version(self, tool: str) -> str:
        if tool == "sslyze":
            return SSLYZE
        shown = self._process(tool, ["--version"])
        found = re.search(r"\d+\.\d+(\.\d+)?", re.sub(r"\x1b\[[\d;]*m", "", shown.stdout + shown.stderr))
        return found.group() if found else "of unknown version"

    def _process(self, tool: str, arguments: list[str]) -> subprocess.CompletedProcess[str]:
        # What a scanner returns says what it thinks of the servers, not whether it ran: the written file decides.
        # restore_signals=False leaves SIGPIPE ignored; sslscan 2.0.7 otherwise dies of servers that hang up.
        return subprocess.run(
            [*self._programs[tool], *arguments],
            cwd=self._work,
            env={"PATH": os.environ["PATH"], "HOME": str(self._work), "TERM": "dumb", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT,
            check=False,
            restore_signals=False,
        )
