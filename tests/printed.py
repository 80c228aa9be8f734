"""What is printed from code into the documentation, and what came out of every shared sample.

``python -m tests.printed`` (``make docs``) writes both anew; the tests compare them.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Iterator
from pathlib import Path

from certanalytics.estate import MEMORY, Estate
from certanalytics.sources import SOURCES, Source

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared" / "samples"
README, PAGE = REPOSITORY / "README.md", REPOSITORY / "docs" / "sources.md"
OUTCOMES = REPOSITORY / "tests" / "sources" / "shared_samples.csv"

COLUMNS = ("file", "status", "source", "read", "accepted", "rejected", "duplicate", "seconds")

_ROOMS = {
    "scanners": "Scanners, monitors, search engines",
    "transparency": "Certificate Transparency, root programmes, revocation",
    "managers": "CAs, managers, clouds, clusters",
    "files": "Certificates and configurations on disks",
    "organisation": "What the organisation knows",
}
_HEAD = """\
# What certanalytics reads

Printed from code by `make docs`; a test compares. What a file is, is told by its content, never by its name.
*tried on* says whether the reader was checked on a real export or only on its documentation: such a reader
may meet a real file it does not understand, and then says so.

Any other CSV, or JSON objects, can be read through a column map: `certanalytics sources suggest FILE` proposes one.
"""


def readme_table() -> str:
    """Every source in one table."""
    return _table(SOURCES)


def page() -> str:
    """The text of ``docs/sources.md``: a table for every room."""
    parts = [_HEAD]
    for room, title in _ROOMS.items():
        of_room = [source for source in SOURCES if source.read.__module__.split(".")[2] == room]
        parts.append(f"## {title}\n\n{_table(of_room)}")
    real = sum(source.tried_on == "real export" for source in SOURCES)
    parts.append(
        f"{len(SOURCES)} kinds of export: {real} tried on real ones, {len(SOURCES) - real} from documentation, "
        "not tried on a real export.\n"
    )
    return "\n".join(parts)


def outcomes(folder: Path = SHARED) -> list[tuple[str, ...]]:
    """What loading every file of a folder gives, in order: a header, then a line a file or archive member.

    The last column is the seconds it took, of an archive those for all of it.
    """
    lines: list[tuple[str, ...]] = [COLUMNS]
    with Estate(MEMORY) as estate:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            begun = time.perf_counter()
            files = estate.load(path, collected_at="2026-11-23").files
            seconds = time.perf_counter() - begun
            for file in files:
                counts = (file.read, file.accepted, file.rejected, file.duplicate)
                name = file.path.removeprefix(f"{folder}/")
                lines.append((name, file.status, file.source or "", *map(str, counts), f"{seconds:.2f}"))
    return lines


def kept_outcomes() -> list[tuple[str, ...]]:
    """The outcomes as they were committed."""
    with OUTCOMES.open(encoding="utf-8", newline="") as file:
        return [tuple(line) for line in csv.reader(file)]


def with_table(readme: str) -> str:
    """The README with the table as it is now."""
    mark = r"(<!-- sources -->\n)(.*?)(\n<!-- /sources -->)"
    return re.sub(mark, lambda found: f"{found[1]}\n{readme_table()}{found[3]}", readme, flags=re.DOTALL)


def _table(sources: tuple[Source, ...] | list[Source]) -> str:
    return "".join(_lines(sources))


def _lines(sources: tuple[Source, ...] | list[Source]) -> Iterator[str]:
    yield "| source | produced by | brings | tried on |\n| --- | --- | --- | --- |\n"
    for source in sources:
        cells = (source.name, source.produced_by, ", ".join(source.brings), source.tried_on)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def main() -> None:
    """Write what is printed."""
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
    PAGE.write_text(page(), "utf-8")
    if SHARED.is_dir():
        with OUTCOMES.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(outcomes())


if __name__ == "__main__":
    main()
