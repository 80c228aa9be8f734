"""The committed notebooks keep to the house's form: thin, typed, documented, without outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import papermill
import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = [
    "00_tour",
    "10_expiry_horizons",
    "20_key_strength",
    "30_ca_concentration",
    "40_ownership_gaps",
    "50_controls_sp1800_16",
    "60_shadow_certificates",
    "65_key_hygiene",
    "80_automation",
    "90_executive_report",
]
PARAMETERS = {"estate_path": "str", "as_of": "str", "scope": "str"}
"""Parameters of every notebook."""

FURTHER = {
    "10_expiry_horizons": {"days": "int"},
    "50_controls_sp1800_16": {"pack": "str", "register": "str"},
    "90_executive_report": {"title": "str", "classification": "str"},
}
"""Parameters of one notebook."""

each = pytest.mark.parametrize("name", NAMES)


def read(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def nodes(notebook):
    return [node for cell in code(notebook) for node in ast.walk(ast.parse(cell.source))]


def test_the_folder_holds_these_notebooks_and_nothing_else():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@each
def test_format_is_valid_and_metadata_are_minimal(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert notebook.metadata.language_info == {"name": "python"}


@each
def test_no_outputs_are_committed(name):
    for cell in code(read(name)):
        assert cell.outputs == []
        assert cell.execution_count is None


@each
def test_cell_ids_are_names_and_stay(name):
    ids = [cell.id for cell in read(name).cells]
    assert len(set(ids)) == len(ids)
    assert all(cell_id.replace("-", "").isalpha() for cell_id in ids), ids


@each
def test_begins_with_title_and_question_then_one_call_then_parameters(name):
    notebook = read(name)
    assert notebook.cells[0].cell_type == "markdown"
    assert notebook.cells[0].source.startswith("# ")
    assert notebook.cells[0].source.rstrip().endswith("?")
    first, second, *others = code(notebook)
    assert first.source == "import certanalytics as ca\n\nca.about()"
    assert second.metadata == {"tags": ["parameters"]}
    assert not any(cell.metadata for cell in others)


@each
def test_parameters_are_typed_and_papermill_shows_their_help(name):
    told = papermill.inspect_notebook(str(NOTEBOOKS / f"{name}.ipynb"))
    assert {key: each["inferred_type_name"] for key, each in told.items()} == PARAMETERS | FURTHER.get(name, {})
    assert all(len(each["help"].split()) >= 3 for each in told.values()), told


@each
def test_is_thin(name):
    notebook = read(name)
    logic = (
        ast.FunctionDef,
        ast.ClassDef,
        ast.Lambda,
        ast.For,
        ast.While,
        ast.If,
        ast.Try,
        ast.With,
        ast.comprehension,
    )
    assert not [type(node).__name__ for node in nodes(notebook) if isinstance(node, logic)]
    for cell in code(notebook):
        assert len(cell.source.splitlines()) <= 15, cell.id
        assert not cell.source.lstrip().startswith(("%", "!")), cell.id


@each
def test_imports_only_the_package_and_reads_no_clock_and_no_path(name):
    imported = [alias.name for node in nodes(read(name)) if isinstance(node, ast.Import) for alias in node.names]
    assert imported == ["certanalytics"]
    assert not [node for node in nodes(read(name)) if isinstance(node, ast.ImportFrom)]
    called = {node.attr for node in nodes(read(name)) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "today", "utcnow", "open", "load", "show"}


@each
def test_markdown_asks_and_the_numbers_answer(name):
    """A number in a markdown cell would go stale; conclusions come from cells that compute them."""
    for cell in read(name).cells[1:]:
        if cell.cell_type == "markdown":
            assert cell.source.startswith("## "), cell.id
            assert not any(letter.isdigit() for letter in cell.source), cell.id


@each
def test_every_cell_but_the_parameters_ends_in_what_it_shows(name):
    first, _, *others = code(read(name))
    for cell in (first, *others):
        assert isinstance(ast.parse(cell.source).body[-1], ast.Expr), cell.id
