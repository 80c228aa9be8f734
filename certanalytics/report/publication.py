"""From a report's name to its files: check, run, write, and only then publish."""

from __future__ import annotations

import hashlib
import importlib
import platform
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, get_args

from certanalytics.errors import RenderError, UsageError
from certanalytics.estate import connect
from certanalytics.moment import Moment
from certanalytics.report import manifest, specification
from certanalytics.report.document import METADATA, Document, Provenance, read
from certanalytics.report.specification import Format, Specification
from certanalytics.report.text import slug
from certanalytics.report.unavailable import UnavailableError

_PACKAGES = ("certanalytics", "duckdb", "pandas", "plotly", "papermill")
"""Packages whose version a report states, besides Python."""

_LOADS = "SELECT path, source, tool_version, sha256, read, accepted, rejected, duplicate FROM load ORDER BY load"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a run left behind.

    Attributes:
        folder: Where it lies.
        files: The report by format, for those that were written.
        record: The executed notebook that all of them were written from.
        manifest: SHA-256 of inputs and outputs, versions, parameters.
        left_out: For each format this machine cannot write: what is missing and what to install.
    """

    folder: Path
    files: Mapping[str, Path]
    record: Path
    manifest: Path
    left_out: Mapping[str, str]

    def __str__(self) -> str:
        written = [f"{name.upper():<9}{_near(path)}" for name, path in self.files.items()]
        missing = [f"{name.upper():<9}left out: {why}" for name, why in self.left_out.items()]
        kept = [f"{'Record':<9}{_near(self.record)}", f"{'Manifest':<9}{_near(self.manifest)}"]
        return "\n".join([*written, *kept, *missing])


def run(
    name: str,
    *,
    estate: str | Path,
    as_of: Moment | None = None,
    scope: str | None = None,
    formats: Sequence[str] | None = None,
    out: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    force: bool = False,
    progress: bool = False,
) -> Published:
    """Run a report over an estate and write it.

    Everything is written aside and moved into its place at the end: a run that fails publishes
    nothing and leaves earlier outputs as they were.

    Args:
        name: Name of the report, that of its specification (``executive``).
        estate: The estate file; it is only read.
        as_of: The moment to report on; a date is the end of its day; the newest evidence if ``None``.
        scope: A SQL predicate over the inventory; everything if ``None``.
        formats: What to write: ``html``, ``pdf``, ``pptx``, ``xlsx``; what the specification says if ``None``.
        out: Folder to write below; ``reports/out`` in the working directory if ``None``.
        overrides: Further parameters of the report by name, as its specification states them.
        force: Whether to replace the outputs of an earlier run for the same scope and moment.
        progress: Whether to show a bar on stderr while the notebook runs.

    Returns:
        The files, in a folder named after report, scope and moment.

    Raises:
        UsageError: The report, a format, a parameter, the moment or the scope is not one, or the
            outputs are there already.
        DataError: The estate cannot be read or is empty.
        RenderError: The notebook failed, or every format asked for; the notebook as far as it ran
            is kept beside the outputs, in a folder whose name ends in ``.failed``.
    """
    spec = specification.read(name)
    wanted = _formats(spec, formats)
    chosen = spec.checked(overrides or {})
    with connect(estate) as held:
        moment = held.moment(as_of)
        held.check_scope(scope or None, as_of=moment)
        inputs: list[dict[Any, Any]] = held.query(_LOADS).to_dict("records")
    label = f"{scope_slug(scope)}_{_moment_slug(moment)}"
    folder = Path(out or Path("reports", "out")).resolve() / name / label
    if folder.exists() and not force:
        raise UsageError(
            "the report is there already",
            where=str(_near(folder)),
            hint="Give --force to replace it or another --out.",
        )
    given = {"estate_path": str(Path(estate).resolve()), "as_of": moment.isoformat(), "scope": scope or ""}
    run_as = Provenance(
        report=name, as_of=moment, scope=scope or None, parameters={**given, **chosen}, versions=_versions()
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder.parent) as beside:
        aside = Path(beside) / label
        aside.mkdir()
        record = aside / f"{name}.ipynb"
        try:
            document = _recorded(spec, run_as, record, progress=progress)
            files, left_out = _written(document, wanted, aside, stem=f"{name}_{label}")
        except RenderError as error:
            raise _kept(error, record, folder) from error
        manifest.write(run_as, inputs=inputs, outputs=[record, *files.values()], to=aside / manifest.NAME)
        if folder.exists():
            folder.replace(Path(beside) / "before")
        aside.replace(folder)
    return Published(
        folder=folder,
        files={each: folder / path.name for each, path in files.items()},
        record=folder / record.name,
        manifest=folder / manifest.NAME,
        left_out=left_out,
    )


def scope_slug(scope: str | None) -> str:
    """A scope as part of a file name: its words, and the beginning of its SHA-256, so that no two share one."""
    if not scope:
        return "whole-estate"
    return f"{slug(scope)[:48].strip('-')}-{hashlib.sha256(scope.encode()).hexdigest()[:8]}".lstrip("-")


def _near(path: Path) -> Path:
    """The path from where we stand, for what lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _moment_slug(moment: datetime) -> str:
    """The day, and the time unless it is the end of that day."""
    return f"{moment:%Y-%m-%d}" if f"{moment:%H%M%S}" == "235959" else f"{moment:%Y-%m-%dT%H%M%S}"


def _formats(spec: Specification, formats: Sequence[str] | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(formats or spec.formats))
    known = get_args(Format)
    if unknown := [each for each in wanted if each not in known]:
        raise UsageError(f"a report cannot be written as {unknown[0]!r}", hint=f"Known: {', '.join(known)}.")
    return wanted


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}}


def _recorded(spec: Specification, run_as: Provenance, record: Path, *, progress: bool) -> Document:
    """Run the notebook, write into it how it was run, and read the report from it."""
    # Papermill costs seconds to import; whoever is refused above should not wait for it.
    import nbformat  # noqa: PLC0415

    from certanalytics.report.execution import execute  # noqa: PLC0415

    notebook = execute(spec.notebook_path, parameters=run_as.parameters, to=record, progress=progress)
    notebook.metadata[METADATA] = run_as.metadata()
    nbformat.write(notebook, record)
    return read(notebook)


def _written(
    document: Document, wanted: Sequence[str], folder: Path, *, stem: str
) -> tuple[dict[str, Path], dict[str, str]]:
    """Write the report in each format; what this machine cannot write is left out, unless nothing remains."""
    files: dict[str, Path] = {}
    left_out: dict[str, str] = {}
    for each in wanted:
        path = folder / f"{stem}.{each}"
        try:
            _exporter(each).write(document, path)
        except UnavailableError as error:
            left_out[each] = str(error)
        else:
            files[each] = path
    if not files:
        raise RenderError("no format could be written: " + "; ".join(left_out.values()))
    return files, left_out


def _exporter(name: str) -> Any:
    """The module that writes a format; its libraries are imported only now."""
    try:
        return importlib.import_module(f"certanalytics.report.{name}")
    except ModuleNotFoundError as error:
        raise UnavailableError(
            f"the package {error.name} is not installed", hint="Type: pip install 'certanalytics[reports]'"
        ) from error


def _kept(error: RenderError, record: Path, folder: Path) -> RenderError:
    """The error, saying also where the notebook is, as far as it ran."""
    if not record.exists():
        return error
    failed = folder.with_name(f"{folder.name}.failed")
    failed.mkdir(exist_ok=True)
    shutil.copyfile(record, failed / record.name)
    hint = f"The notebook as far as it ran is {_near(failed / record.name)}."
    return RenderError(error.what, where=error.where, hint=f"{error.hint} {hint}" if error.hint else hint)
