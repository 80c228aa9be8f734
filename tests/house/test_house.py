"""Rules about the house itself."""

import ast
import json
import pkgutil
import re
import subprocess
import tomllib

import pytest

import certanalytics
from certanalytics.sources import SOURCES


@pytest.fixture(scope="module")
def modules(repository):
    return {path: path.read_text("utf-8") for path in sorted((repository / "certanalytics").rglob("*.py"))}


def test_nothing_in_the_package_asks_the_clock(repository, modules):
    asks = re.compile(r"\b(?:now|utcnow|today)\(|current_(?:date|timestamp|time)\b", re.IGNORECASE)
    sql = {path: path.read_text("utf-8") for path in (repository / "certanalytics").rglob("*.sql")}
    assert sql
    found = {path.name for path, text in {**modules, **sql}.items() if asks.search(text)}
    assert found == set()


def test_no_module_imports_the_package_root(modules):
    found = {
        path.name
        for path, text in modules.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import) and any(alias.name == "certanalytics" for alias in node.names)
    }
    assert found == set()


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("duckdb", {"store.py"}),
        ("plotly", {"charts", "report"}),
        ("cryptography", {"x509", "demo"}),
        ("papermill", {"report"}),
        ("typer", {"cli"}),
        ("pyspark", {"engines"}),
        ("sqlglot", {"engines"}),
    ],
)
def test_one_room_knows_each_heavy_library(repository, modules, library, rooms):
    found = set()
    for path, text in modules.items():
        for node in ast.walk(ast.parse(text)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            if any(name.split(".")[0] == library for name in names):
                found.add(path.relative_to(repository / "certanalytics").parts[0])
    assert found <= rooms


def _source_modules(repository):
    """Modules of the rooms of sources, by room and name."""
    folder = repository / "certanalytics" / "sources"
    return [path for path in folder.glob("[!_]*/*.py") if path.name != "__init__.py"]


def test_every_source_module_is_listed(repository):
    files = {f"{path.parent.name}.{path.stem}" for path in _source_modules(repository) if path.stem[0] != "_"}
    assert {".".join(source.read.__module__.split(".")[-2:]) for source in SOURCES} == files


def test_sources_do_not_know_each_other(repository):
    """They share what `_reading` offers, and with those of their own room its private modules."""
    for path in _source_modules(repository):
        for room, name in re.findall(
            r"^from certanalytics\.sources\.(\w+)\.(\w+)", path.read_text("utf-8"), re.MULTILINE
        ):
            allowed = room == "_reading" or (room == path.parent.name and name.startswith("_"))
            assert allowed, f"{path.parent.name}/{path.name} knows {room}.{name}"
    for path in (repository / "certanalytics" / "sources" / "_reading").glob("*.py"):
        rooms = re.findall(r"^from certanalytics\.sources\.(\w+)", path.read_text("utf-8"), re.MULTILINE)
        assert set(rooms) <= {"_reading"}, path.name


def test_source_names_are_unique():
    assert len({source.name for source in SOURCES}) == len(SOURCES)


def test_public_functions_and_classes_have_docstrings_and_types(modules):
    missing = []
    for path, text in modules.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                missing += [] if ast.get_docstring(node) else [f"{path.name}: {node.name}"]
                if isinstance(node, ast.FunctionDef) and node.returns is None:
                    missing.append(f"{path.name}: {node.name} has no return type")
    assert missing == []


def test_what_docstrings_point_to_is_there(modules):
    pointed = {ref for text in modules.values() for ref in re.findall(r"`(certanalytics(?:\.\w+)+)`", text)}
    assert len(pointed) > 20
    for reference in pointed:
        pkgutil.resolve_name(reference)


def test_the_root_offers_what_it_names():
    for name in certanalytics.__all__:
        assert getattr(certanalytics, name) is not None
    with pytest.raises(AttributeError):
        certanalytics.no_such_room  # noqa: B018


def test_sql_files_say_what_one_row_is_and_questions_are_ordered(repository):
    folder = repository / "certanalytics" / "sql"
    for path in folder.rglob("*.sql"):
        text = path.read_text("utf-8")
        assert re.match(r"-- One row is ", text), path.name
        assert " ~ " not in re.sub(r"--[^\n]*", "", text), path.name
        if path.is_relative_to(folder / "questions"):
            assert re.search(r"\bORDER BY\b", text, re.IGNORECASE), path.name


def test_facts_say_where_they_come_from(repository):
    files = sorted((repository / "certanalytics" / "facts").glob("*.csv"))
    assert files
    for path in files:
        assert "source" in path.read_text("utf-8").splitlines()[0].split(","), path.name


def test_notebooks_are_committed_without_outputs(repository):
    for path in (repository / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            assert not cell.get("outputs"), path.name
            assert cell.get("execution_count") is None, path.name


def test_committed_files_name_no_registry_and_no_place_on_a_machine(repository):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout
    bad = re.compile(rb"files\.pythonhosted|registry\.npmjs|deb\.debian|pypi\.org|/(?:home|work|root)/\w")
    found = []
    for name in filter(None, listed.split(b"\0")):
        path = repository / name.decode()
        if path.is_file() and path.stat().st_size < 3_000_000 and path.name != "test_house.py":
            found += [name.decode()] if bad.search(path.read_bytes()) else []
    assert found == []


def test_the_extras_of_the_project_are_those_it_promises(repository):
    extras = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(extras) == {"reports", "keys", "excel", "dns", "calendar", "notify", "cbom", "spark", "all"}
    assert "spark" not in extras["all"][0]


def test_no_test_is_skipped_without_saying_what_is_missing(repository):
    for path in (repository / "tests").rglob("*.py"):
        if path.name != "test_house.py":
            assert not re.search(r"pytest\.mark\.(?:skip\b|xfail)", path.read_text("utf-8")), path.name
