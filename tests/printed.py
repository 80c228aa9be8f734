"""What is printed from code into the documentation, and what came out of every shared sample.

``python tests/printed.py`` (``make docs``) writes all of it anew; the tests compare.
"""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

from estate_rows import AS_OF, Rows

from certanalytics.analysis import ANALYSES
from certanalytics.engines.translation import Untranslatable, translated
from certanalytics.estate import MEMORY, Estate
from certanalytics.policy import guide
from certanalytics.policy.pack import EXCEPTIONS, load_pack, shipped
from certanalytics.sources import SOURCES, Source
from certanalytics.sql import questions, read_by, views

REPOSITORY = Path(__file__).parents[1]
SHARED = REPOSITORY.parent / "shared" / "samples"
README, PAGE = REPOSITORY / "README.md", REPOSITORY / "docs" / "sources.md"
GUIDE = REPOSITORY / "docs" / "sp-1800-16.md"
KPIS = REPOSITORY / "docs" / "kpis.md"
SPARK = REPOSITORY / "docs" / "spark.md"
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

_GUIDE_HEAD = """\
# What the practice guide asks, and what shows it

Printed from code by `make docs`; a test compares. The requirements and attributes of NIST SP 1800-16 (volume B) in our
words. This package is aligned with the guide and certifies nothing. A section is named only where it is sure.

*Shown by*: controls of the packs in `certanalytics/policy/packs` judge it, an analysis gives its figures, somebody
attests it in the register, or it is out of reach, because no export we know says it. *Not yet*: the analysis that is to
show it is not there yet. `certanalytics policy coverage` says what is met, not met and not assessable in an estate, and
which data would tell more.
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


def guide_page() -> str:
    """The text of ``docs/sp-1800-16.md``: a table of requirements for every practice, and one of attributes."""
    controls: dict[str, list[str]] = {}
    for name in (*shipped(), EXCEPTIONS):
        for control in load_pack(name).controls:
            for requirement in control.requirements:
                controls.setdefault(requirement, []).append(control.id)
    parts = [_GUIDE_HEAD]
    every = guide.requirements()
    for area in dict.fromkeys(each.area for each in every):
        rows = [
            (
                each.id,
                each.requirement,
                each.sections,
                _shown_by(each, controls.get(each.id, [])),
                each.remains or ("" if each.how == "out of reach" else "nothing"),
                each.data,
            )
            for each in every
            if each.area == area
        ]
        head = ("id", "what it asks", "section", "shown by", "not shown by data", "data it needs")
        parts.append(f"## {area}\n\n{_lined(head, rows)}")
    held = [(each.id, each.attribute, each.column or "none yet", each.needs) for each in guide.attributes()]
    parts.append(f"## Attributes of the inventory\n\n{_lined(('id', 'attribute', 'columns', 'brought by'), held)}")
    ways = {how: sum(each.how == how for each in every) for how in dict.fromkeys(each.how for each in every)}
    told = ", ".join(f"{number} {_WAYS[how]}" for how, number in ways.items())
    parts.append(f"{len(every)} requirements: {told}.\n")
    return "\n".join(parts)


_WAYS = {
    "control": "judged by controls",
    "analysis": "shown by figures",
    "attested": "attested",
    "out of reach": "out of reach",
}


def _shown_by(requirement: guide.Requirement, controls: list[str]) -> str:
    match requirement.how:
        case "control":
            return ", ".join(controls)
        case "analysis":
            return f"analysis `{requirement.analysis}`"
        case "attested":
            return f"register ({', '.join(controls)})"
        case _:
            return "out of reach"


def _lined(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def kpi_page() -> str:
    """The text of ``docs/kpis.md``: the figures of every analysis, in its own words."""
    rows = Rows()
    rows.served("a.example.com")
    estate = rows.estate()
    parts, number = [_KPI_HEAD], 0
    for analysis in ANALYSES:
        result = analysis(estate, as_of=AS_OF)
        room = analysis.__module__.split(".")[2]
        figures = [(f"`{kpi.id}`", kpi.label, kpi.unit, kpi.definition, kpi.counts) for kpi in result.kpis.values()]
        number += len(figures)
        table = _lined(("figure", "label", "unit", "definition", "counts"), figures)
        parts.append(f"## {result.title}\n\n`analysis.{room}.{analysis.__name__}`. {result.method}\n\n{table}")
    parts.append(f"{number} figures of {len(ANALYSES)} analyses.\n")
    return "\n".join(parts)


_SPARK_HEAD = """\
# What Spark answers

Printed from code by `make docs`; a test compares. Each question is one SQL text for both engines: DuckDB runs it,
Spark a translation of it. *Same frame*: a test asks both over one lake and compares rows, their order, NULLs, types and
lists. *Refused*: what is named has no exact counterpart in Spark, so it is not asked; DuckDB answers over the same
lake. *Steps*: parts whose rows are kept before the question itself is asked; *views*: what it reads that all questions
of the moment share.
"""


def spark_page() -> str:
    """The text of ``docs/spark.md``: what becomes of every question on Spark."""
    rows, same = [], 0
    for name, text in questions().items():
        try:
            for view in read_by(text):
                translated(views()[view], view)
            steps = str(len(translated(text, name).first))
        except Untranslatable as refusal:
            rows.append((f"`{name}`", f"refused: {refusal.what.partition(' counterpart of ')[2]}", "", ""))
        else:
            same += 1
            rows.append((f"`{name}`", "same frame", steps, str(len(read_by(text)))))
    told = f"{len(rows)} questions: {same} the same frame, {len(rows) - same} refused by name.\n"
    return f"{_SPARK_HEAD}\n{told}\n{_lined(('question', 'on Spark', 'steps', 'views'), rows)}"


_KPI_HEAD = """\
# What the figures mean

Printed from code by `make docs`; a test compares. Each figure comes with its numerator, its denominator, what was left
out, the moment and scope it holds for and the newest observation of every source (`Result.explain()`). Where the data
do not tell, it has no value, and its sentence says which data would.
"""


def with_table(readme: str) -> str:
    """The README with the table as it is now."""
    mark = r"(<!-- sources -->\n)(.*?)(\n<!-- /sources -->)"
    return re.sub(mark, lambda found: f"{found[1]}\n{readme_table()}{found[3]}", readme, flags=re.DOTALL)


def _table(sources: tuple[Source, ...] | list[Source]) -> str:
    rows = [(source.name, source.produced_by, ", ".join(source.brings), source.tried_on) for source in sources]
    return _lined(("source", "produced by", "brings", "tried on"), rows)


def main() -> None:
    """Write what is printed."""
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
    PAGE.write_text(page(), "utf-8")
    GUIDE.write_text(guide_page(), "utf-8")
    KPIS.write_text(kpi_page(), "utf-8")
    SPARK.write_text(spark_page(), "utf-8")
    if SHARED.is_dir():
        with OUTCOMES.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(outcomes())


if __name__ == "__main__":
    main()
