"""What a sample is and how it was made, and the README of ``data/samples`` that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.lab.cases import Endpoint, Lab


THE_LAB = "the lab"
"""Who made the samples that follow from the certificates alone."""


@dataclass(frozen=True)
class Sample:
    """A file below ``data/samples`` and where it comes from."""

    path: str
    made_by: str
    how: str


_HEAD = """\
# Sample exports

Written by `make lab` for the day {day}; do not edit by hand. The lab (`tests/lab`) makes two certification
authorities, serves the certificates below on loopback addresses inside Linux namespaces of its own, sends the real
scanners there and keeps what they write. The keys lived for that run only and were never stored. All names lie under
`lab.example` (reserved, RFC 2606); scanners put the clock of the machine into their files.

`truth/` holds what was really served: `<name>.pem` are the chains as sent, `truth.json` says at which host, address,
port and SNI, with the SHA-256 of every certificate. `truth/root-*.pem` and `truth/precertificate.pem` were issued but
not served. The tests compare every reader with it.

Exports that no tool could be run for are built from these certificates after the published description of the format.
Where it says *invented values in the documented shape*, people, orders and servers are made up.
"""


def readme(lab: Lab, samples: Iterable[Sample]) -> str:
    """The text of ``data/samples/README.md``."""
    places = "".join(_place(endpoint) for endpoint in lab.endpoints)
    files = "".join(map(_file, samples))
    return (
        _HEAD.format(day=lab.day.date().isoformat())
        + "\n## Files\n\n| file | made by | how |\n|---|---|---|\n"
        + files
        + "\n## Endpoints\n\n| case | place | what it is |\n|---|---|---|\n"
        + places
    )


def derived_anew(readme: str, samples: Iterable[Sample]) -> str:
    """That text with other samples made by the lab alone; what the scanners wrote stays."""
    lines = readme.splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if line.startswith("| `")]
    kept = [lines[number] for number in rows if f" | {THE_LAB} | " not in lines[number]]
    return "".join([*lines[: rows[0]], *kept, *map(_file, samples), *lines[rows[-1] + 1 :]])


def _file(sample: Sample) -> str:
    return f"| `{sample.path}` | {sample.made_by} | {sample.how} |\n"


def _place(endpoint: Endpoint) -> str:
    served = f" ({endpoint.outcome})" if endpoint.outcome else ""
    return f"| {endpoint.case} | {endpoint.host}:{endpoint.port} {endpoint.ip or ''} | {endpoint.what}{served} |\n"
