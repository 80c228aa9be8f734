"""The command line: a thin skin, one verb, one call.

Exit codes: 0 fine · 1 findings at or above ``--fail-on`` · 2 usage · 3 data unusable · 4 rendering failed.
Progress goes to stderr, data to stdout; ``NO_COLOR`` is respected.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from certanalytics.cli.lake import app as lake_app
from certanalytics.cli.policy import app as policy_app
from certanalytics.cli.tables import Format, console, write

app = typer.Typer(
    name="certanalytics",
    help="TLS server certificates: which do we have, who owns them, which will hurt us next.",
    no_args_is_help=True,
    rich_markup_mode=None,  # plain help: drawing it with rich takes longer than everything else about it
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

EstateOption = Annotated[
    Path, typer.Option("--estate", envvar="CERTANALYTICS_ESTATE", help="The estate file.", show_default=True)
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write the answer.")]
_ESTATE = Path("estate.duckdb")

app.add_typer(policy_app, name="policy")
app.add_typer(lake_app, name="lake")


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(help="Export files and folders; archives are opened.")],
    estate: EstateOption = _ESTATE,
    collected_at: Annotated[str, typer.Option(help="When files that do not say so were collected (UTC).")] = "",
    column_map: Annotated[list[Path] | None, typer.Option("--map", help="TOML column map of an owners' CSV.")] = None,
    password_file: Annotated[
        Path | None, typer.Option(help="Passwords for locked key stores, one a line; - reads them from stdin.")
    ] = None,
    origin: Annotated[str, typer.Option(help="The zone of zone files that do not say which they are.")] = "",
    der: Annotated[
        bool | None,
        typer.Option(
            "--der/--no-der",
            help="Keep the DER of certificates, which the search for weak keys needs; without either, that of the "
            "estate's first million.",
        ),
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes that read; 0 for as many as there are processors.")] = 0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name every file.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Take export files and folders into the estate."""
    from certanalytics.cli.progress import load_progress
    from certanalytics.estate import connect
    from certanalytics.sources import SOURCES

    with load_progress(paths) as progress:
        report = connect(estate).load(
            *paths,
            collected_at=collected_at or None,
            column_maps=tuple(column_map or ()),
            passwords=_passwords(password_file),
            origin=origin or None,
            progress=progress,
            der=der,
            workers=workers or None,
        )
    names = ("path", "source", "status", "read", "accepted", "rejected", "duplicate", "certificates", "reasons")
    if output is Format.TABLE:
        sys.stdout.write(f"{report.text(every_file=verbose)}\n")
    else:
        write(list(names), [tuple(getattr(file, name) for name in names) for file in report.files], output)
    if any(file.status == "unknown" for file in report.files):
        looked_for = "\n".join(f"  {source.name}: {source.signature.describe}" for source in SOURCES)
        sys.stderr.write(f"Files not recognised were looked at for:\n{looked_for}\n")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement over the estate.")],
    estate: EstateOption = _ESTATE,
    output: FormatOption = Format.TABLE,
) -> None:
    """Run SQL over the estate, read-only."""
    from certanalytics.estate import connect

    write(*connect(estate).rows(sql), output)


@app.command()
def status(estate: EstateOption = _ESTATE, output: FormatOption = Format.TABLE) -> None:
    """What was loaded, from which sources, and how fresh it is."""
    from certanalytics.estate import connect

    held = connect(estate)
    rows = [
        (item.source, item.files, item.records, item.newest and item.newest.replace(microsecond=0))
        for item in held.evidence()
    ]
    write(["source", "files", "records", "newest"], rows, output)
    if rows and (unresolved := len(held.unresolved_names())):
        sys.stderr.write(
            f"{unresolved:,} places name a certificate that no loaded export explains, or that exports explain "
            "differently (two systems that use one name): they are in no figure. List them with "
            "Estate.unresolved_names(); load the certificates beside the configuration, or each system's exports "
            "into an estate of its own.\n"
        )


def _passwords(file: Path | None) -> tuple[str, ...]:
    """The lines of a file of passwords.

    Raises:
        UsageError: It cannot be read.
    """
    from certanalytics.errors import UsageError

    if file is None:
        return ()
    try:
        written = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the passwords cannot be read ({error})", where=str(file)) from None
    return tuple(line for line in written.splitlines() if line)


sources_app = typer.Typer(help="Every kind of export that can be read.", rich_markup_mode=None)
app.add_typer(sources_app, name="sources")


@sources_app.callback(invoke_without_command=True)
def sources(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Every kind of export that can be read; with `suggest FILE` a map for a table that is not among them."""
    if context.invoked_subcommand:
        return
    from certanalytics.sources import SOURCES

    rows = [(item.name, item.produced_by, ", ".join(item.brings), item.tried_on) for item in SOURCES]
    write(["source", "produced by", "brings", "tried on"], rows, output)


@sources_app.command()
def suggest(
    file: Annotated[Path, typer.Argument(help="A CSV, or JSON objects, in columns of its own.")],
    write_to: Annotated[Path | None, typer.Option("--write", help="Write the map to this TOML file.")] = None,
) -> None:
    """Propose a column map for a table nobody knows, and show its first rows as they would be read."""
    from certanalytics.cli.suggestion import show

    show(file, write_to)


scopes_app = typer.Typer(help="Scopes kept in the estate, by name.", rich_markup_mode=None)
app.add_typer(scopes_app, name="scopes")


@scopes_app.callback(invoke_without_command=True)
def scopes(context: typer.Context, estate: EstateOption = _ESTATE, output: FormatOption = Format.TABLE) -> None:
    """Scopes kept in the estate; @name stands for one wherever a scope is taken."""
    if context.invoked_subcommand:
        return
    from certanalytics.estate import connect

    write(["scope", "predicate"], [(f"@{name}", said) for name, said in connect(estate).scopes().items()], output)


@scopes_app.command()
def keep(
    name: Annotated[str, typer.Argument(help="Small letters, digits, - and _.")],
    predicate: Annotated[str, typer.Argument(help="SQL predicate over the inventory; @name stands for a kept scope.")],
    estate: EstateOption = _ESTATE,
) -> None:
    """Keep a scope under a name."""
    from certanalytics.estate import connect

    holds = connect(estate).keep_scope(name, predicate)
    sys.stdout.write(f"@{name} holds {holds:,} certificate{'' if holds == 1 else 's'}\n")


@scopes_app.command()
def forget(
    name: Annotated[str, typer.Argument(help="The name it is kept under.")], estate: EstateOption = _ESTATE
) -> None:
    """Keep a scope no longer."""
    from certanalytics.estate import connect

    connect(estate).forget_scope(name.removeprefix("@"))


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="The report, for example: executive.")],
    estate: EstateOption = _ESTATE,
    as_of: Annotated[str, typer.Option(help="Date or time (UTC); the newest observation if not given.")] = "",
    scope: Annotated[str, typer.Option(help="SQL predicate over the inventory; everything if not given.")] = "",
    to: Annotated[str, typer.Option(help="Formats, separated by commas.")] = "html,pdf,pptx,xlsx",
    out: Annotated[Path, typer.Option(help="Folder the files are written to.")] = Path("reports/out"),
    parameter: Annotated[list[str] | None, typer.Option("--set", help="name=value; may be repeated.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> None:
    """Run a report and write it as HTML, PDF, PPTX and XLSX."""
    from certanalytics.errors import UsageError
    from certanalytics.report import run

    split = [pair.partition("=") for pair in parameter or ()]
    if not all(name and equals for name, equals, _ in split):
        raise UsageError("a parameter has no name or no value", hint="Write --set name=value")
    values = {name: value for name, _, value in split}
    published = run(
        name,
        estate=estate,
        as_of=as_of,
        scope=scope,
        formats=tuple(part.strip() for part in to.split(",") if part.strip()),
        out=out,
        overrides=values,
        force=force,
        progress=sys.stderr.isatty(),
    )
    sys.stdout.write(f"{published}\n")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the synthetic enterprise is built.")] = Path("certanalytics-demo"),
    out: Annotated[Path | None, typer.Option(help="Where the report is written; below the folder by default.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another enterprise.")] = 1816,
    render: Annotated[bool, typer.Option("--report/--no-report", help="Also render the report.")] = True,
) -> None:
    """Build a synthetic enterprise, load it, and render the executive report."""
    from certanalytics.cli.demo import run_demo

    run_demo(folder, out or folder / "report", seed=seed, render=render)


@app.command()
def lab(
    estate: EstateOption = _ESTATE,
    folder: Annotated[Path | None, typer.Option(help="Folder for the notebooks; copied there if missing.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 8888,
) -> None:
    """Open the notebooks in JupyterLab, on 127.0.0.1 and with a token."""
    from certanalytics.cli.lab import run_lab

    run_lab(estate, folder, browser=browser, port=port)


@app.command()
def doctor(estate: EstateOption = _ESTATE, output: FormatOption = Format.TABLE) -> None:
    """Check what this machine has and what is missing for what."""
    from certanalytics.cli.doctor import examine

    checks = examine(estate)
    write(["check", "state", "what it means"], [(check.name, check.state, check.meaning) for check in checks], output)
    if any(check.state == "broken" for check in checks):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line; errors of the package become one line and an exit code."""
    from certanalytics.errors import CertAnalyticsError, RenderError, UsageError

    try:
        app()
    except CertAnalyticsError as error:
        _fail(str(error), 2 if isinstance(error, UsageError) else 4 if isinstance(error, RenderError) else 3)
    except OSError as error:  # a folder that cannot be written, a full disk
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 3)


def _fail(why: str, code: int) -> NoReturn:
    from rich.markup import escape

    console(stderr=True).print(f"[bold red]error[/] {escape(why)}", highlight=False, soft_wrap=True)
    sys.exit(code)
