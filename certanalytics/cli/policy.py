"""Controls on the command line: check them, explain one, show what they cover of SP 1800-16."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from certanalytics.cli.tables import Format, write

if TYPE_CHECKING:
    from certanalytics.policy import Assessment

app = typer.Typer(help="Controls: which are met, which are not, which cannot be told.", rich_markup_mode=None)


class CheckFormat(StrEnum):
    """How a check is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "md"
    SARIF = "sarif"
    JUNIT = "junit"


class Severity(StrEnum):
    """From which severity on a control that is not met makes the command fail."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


EstateOption = Annotated[Path, typer.Option("--estate", envvar="CERTANALYTICS_ESTATE", help="The estate file.")]
PacksArgument = Annotated[
    list[str] | None, typer.Argument(help="Names of packs, or TOML files of your own; all shipped packs if none.")
]
RegisterOption = Annotated[Path | None, typer.Option(help="The attestation register, TOML or CSV.")]
AsOfOption = Annotated[str, typer.Option(help="Date or time (UTC); the newest observation if not given.")]
ScopeOption = Annotated[str, typer.Option(help="SQL predicate over the inventory; everything if not given.")]
OutOption = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file instead of stdout.")]
_ESTATE = Path("estate.duckdb")
_SHORT = ("control", "severity", "state", "rows", "title")


@app.command()
def check(
    packs: PacksArgument = None,
    estate: EstateOption = _ESTATE,
    as_of: AsOfOption = "",
    scope: ScopeOption = "",
    register: RegisterOption = None,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit with 1 if a control of this severity or above is not met.")
    ] = None,
    output: Annotated[CheckFormat, typer.Option("--format", help="How to write the verdicts.")] = CheckFormat.TABLE,
    out: OutOption = None,
    samples: Annotated[int, typer.Option(min=0, help="Violating rows named of each control at most.")] = 20,
) -> None:
    """Judge the controls of packs."""
    from certanalytics.estate import connect
    from certanalytics.policy import judge

    with connect(estate) as held:
        found = judge(held, packs or (), as_of=as_of, scope=scope, register=register, samples=samples)
    with _written_to(out):
        _write(found, output)
    _say(found)
    if fail_on and found.findings(fail_on):
        raise typer.Exit(1)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A control (SP-KEY-1) or a requirement of the guide (KEY-1).")],
    pack: Annotated[list[str] | None, typer.Option(help="A pack of your own to look in; may be repeated.")] = None,
) -> None:
    """What a control or a requirement asks, why, what it needs, and what to do."""
    from certanalytics.policy import explain as explained

    sys.stdout.write(explained(name, pack or ()))


@app.command()
def coverage(
    packs: Annotated[
        list[str] | None, typer.Argument(help="Packs of your own; each replaces the one it was copied from.")
    ] = None,
    estate: EstateOption = _ESTATE,
    as_of: AsOfOption = "",
    scope: ScopeOption = "",
    register: RegisterOption = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
    out: OutOption = None,
) -> None:
    """What is known of each requirement of SP 1800-16, and which data would tell more."""
    from certanalytics.estate import connect
    from certanalytics.policy import coverage as covered

    with connect(estate) as held:
        result = covered(held, *(packs or ()), as_of=as_of, scope=scope, register=register)
    names = ["requirement", "state", "asks", "data"]
    if output is not Format.TABLE:
        names = list(result.frame.columns)
    with _written_to(out):
        write(names, list(result.frame[names].itertuples(index=False, name=None)), output)
    sys.stderr.write(f"{result.headline}\n")


def _write(found: Assessment, output: CheckFormat) -> None:
    from importlib import metadata

    from certanalytics.policy.junit import junit
    from certanalytics.policy.sarif import sarif

    match output:
        case CheckFormat.SARIF:
            sys.stdout.write(sarif(found, version=metadata.version("certanalytics")))
        case CheckFormat.JUNIT:
            sys.stdout.write(junit(found))
        case _:
            columns, rows = _rows(found, short=output is CheckFormat.TABLE)
            write(columns, rows, Format(output.value))


def _rows(found: Assessment, *, short: bool) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    from certanalytics.policy.assessment import verdict_rows

    rows = verdict_rows(found)
    if short:
        rows = [{**row, "rows": _counted(row)} for row in rows]
    columns = _SHORT if short else list(rows[0])
    return columns, [tuple(row[column] for column in columns) for row in rows]


def _counted(row: dict[str, Any]) -> str:
    """The rows behind a verdict, as short as a column of a terminal is."""
    if row["violating"]:
        return f"{row['violating']:,} of {row['in_scope']:,}"
    if row["untold"]:
        return f"{row['untold']:,} of {row['in_scope']:,} not told"
    return f"{row['in_scope']:,}" if row["in_scope"] else ""


def _say(found: Assessment) -> None:
    """The conclusion on stderr, beside whatever format went to stdout."""
    from certanalytics.policy.assessment import headline

    sys.stderr.write(f"{headline(found.verdicts)}\n")


@contextlib.contextmanager
def _written_to(path: Path | None) -> Iterator[None]:
    """Let what is written to stdout go to a file, whole or not at all."""
    if path is None:
        yield
        return
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file, contextlib.redirect_stdout(file):
            yield
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
