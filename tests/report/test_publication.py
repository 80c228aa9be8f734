"""A run publishes everything or nothing, says what it left out, and can be traced."""

import hashlib
import json
from datetime import datetime

import nbformat
import pypdf
import pytest

import certanalytics
from certanalytics import resources
from certanalytics.errors import DataError, RenderError, UsageError
from certanalytics.report import browser, document, publication, run

SPECIFICATION = """
title = "Tiny"
notebook = "tiny"
formats = ["html", "xlsx"]
[parameters.wish]
type = "text"
default = "none"
choices = ["none", "fail"]
help = "What should happen"
"""

CELLS = [
    "import certanalytics as ca",
    """estate_path: str = ""  # the estate
as_of: str = ""  # the moment
scope: str = ""  # the scope
wish: str = ""  # what should happen""",
    """estate = ca.connect(estate_path)
moment = estate.moment(as_of)
ca.blocks.cover("Tiny", subtitle="s", scope=scope or None, as_of=moment, classification="Internal")""",
    """ca.blocks.tiles("A headline", [])""",
    """n = estate.inventory(as_of=moment, scope=scope).shape[0] / (wish != "fail")
ca.blocks.Claim(headline=f"{n:.0f} certificates", reading="r", definition="d")""",
]


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("estate")
    (folder / "owners.csv").write_text("name,owner_email\nwww.example.com,ada@example.com\n", encoding="utf-8")
    certanalytics.connect(folder / "estate.duckdb").load(folder / "owners.csv", collected_at="2026-11-01")
    return folder / "estate.duckdb"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A report of five cells, and the folder it is written below."""
    look = resources.reports() / "templates"
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "tiny.toml").write_text(SPECIFICATION, encoding="utf-8")
    (folder / "templates").symlink_to(look)
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{place}") for place, source in enumerate(CELLS)]
    cells[1].metadata["tags"] = ["parameters"]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / "tiny.ipynb")
    monkeypatch.setattr(resources, "reports", lambda: folder)
    monkeypatch.setattr(resources, "notebooks", lambda: folder)
    return tmp_path / "out"


@pytest.fixture
def never(monkeypatch):
    """Fail the test if the notebook is run."""

    def refuse(*_, **__):
        raise AssertionError("the notebook was run")

    monkeypatch.setattr(publication, "_recorded", refuse)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_run_leaves_files_record_and_manifest(tiny, estate):
    published = run("tiny", estate=estate, as_of="2026-11-23", scope="business_unit = 'Retail'", out=tiny)
    assert published.folder == tiny / "tiny" / "business-unit-retail-e6e3fc2c_2026-11-23"
    assert sorted(path.name for path in published.folder.iterdir()) == [
        "manifest.json",
        "tiny.ipynb",
        "tiny_business-unit-retail-e6e3fc2c_2026-11-23.html",
        "tiny_business-unit-retail-e6e3fc2c_2026-11-23.xlsx",
    ]
    assert [path.name for path in tiny.rglob("*") if path.name.startswith(".")] == []
    manifest = json.loads(published.manifest.read_text("utf-8"))
    assert {each["file"]: each["sha256"] for each in manifest["outputs"]} == {
        path.name: sha256(path) for path in [published.record, *published.files.values()]
    }
    assert manifest["as_of"] == "2026-11-23T23:59:59"
    assert manifest["scope"] == "business_unit = 'Retail'"
    assert manifest["parameters"]["wish"] == "none"
    assert manifest["versions"]["certanalytics"] == certanalytics.__version__
    [load] = manifest["inputs"]
    assert load["sha256"] == sha256(estate.parent / "owners.csv")
    assert (load["source"], load["read"]) == ("owners-csv", load["accepted"] + load["rejected"] + load["duplicate"])
    record = nbformat.read(published.record, as_version=4)
    assert document.read(record).provenance.as_of == datetime(2026, 11, 23, 23, 59, 59)
    assert str(published).splitlines()[0].endswith(".html")

    before = {path: sha256(path) for path in published.folder.iterdir()}
    with pytest.raises(UsageError, match=r"there already.*--force"):
        run("tiny", estate=estate, as_of="2026-11-23", scope="business_unit = 'Retail'", out=tiny)
    with pytest.raises(RenderError) as failure:
        run(
            "tiny",
            estate=estate,
            as_of="2026-11-23",
            scope="business_unit = 'Retail'",
            out=tiny,
            force=True,
            overrides={"wish": "fail"},
        )
    said = str(failure.value)
    assert "tiny.ipynb, cell 5 (n = estate.inventory" in said
    assert "ZeroDivisionError" in said
    assert {path: sha256(path) for path in published.folder.iterdir()} == before
    kept = published.folder.with_name("business-unit-retail-e6e3fc2c_2026-11-23.failed")
    assert [path.name for path in kept.iterdir()] == ["tiny.ipynb"]
    assert str(kept) in said
    assert any(
        output.output_type == "error"
        for each in nbformat.read(kept / "tiny.ipynb", 4).cells
        for output in each.get("outputs", ())
    )
    assert sorted(path.name for path in (tiny / "tiny").iterdir()) == [published.folder.name, kept.name]


@pytest.mark.usefixtures("never")
@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"overrides": {"wish": "more"}}, "parameter wish"),
        ({"overrides": {"wisch": "fail"}}, "unknown parameter 'wisch'.*Known: wish"),
        ({"formats": ["docx"]}, "cannot be written as 'docx'.*html, pdf, pptx, xlsx"),
        ({"as_of": "last week"}, "not a date or time"),
        ({"scope": "no_such_column = 1"}, "no_such_column"),
        ({"scope": "1 = 1; DROP TABLE load"}, "scope"),
    ],
)
def test_what_is_wrong_is_refused_before_the_run(tiny, estate, asked, complaint):
    with pytest.raises(UsageError, match=complaint):
        run("tiny", **{"estate": estate, "as_of": "2026-11-23", "out": tiny, **asked})
    assert not tiny.exists()


@pytest.mark.usefixtures("never")
def test_an_estate_that_is_not_there_is_refused_before_the_run(tiny, tmp_path):
    with pytest.raises(DataError, match="nothing"):
        run("tiny", estate=tmp_path / "nothing.duckdb", as_of="2026-11-23", out=tiny)


def test_a_parameter_the_notebook_does_not_take_is_refused(tiny, estate):
    notebook = nbformat.read(resources.notebooks() / "tiny.ipynb", as_version=4)
    notebook.cells[1].source = notebook.cells[1].source.replace("wish: str", "hope: str")
    nbformat.write(notebook, resources.notebooks() / "tiny.ipynb")
    with pytest.raises(UsageError, match=r"takes no parameter 'wish'.*hope"):
        run("tiny", estate=estate, as_of="2026-11-23", out=tiny)


@pytest.fixture
def ran(monkeypatch, document):
    """Take the notebook as run, and the report in it as read."""

    def recorded(spec, run_as, record, *, progress):
        record.write_text("{}", encoding="utf-8")
        return document

    monkeypatch.setattr(publication, "_recorded", recorded)


@pytest.mark.usefixtures("ran")
def test_paths_are_told_from_where_we_stand(tiny, estate, monkeypatch):
    tiny.mkdir(exist_ok=True)
    monkeypatch.chdir(tiny)
    published = run("tiny", estate=estate, as_of="2026-11-23", out=tiny / "out", formats=["html"], force=True)
    assert str(published).splitlines()[0].split()[1].startswith("out/tiny/")


@pytest.mark.usefixtures("ran")
def test_without_a_browser_the_pdf_is_left_out_with_one_line(tiny, estate, monkeypatch):
    monkeypatch.setenv(browser.VARIABLE, str(tiny / "nowhere"))
    published = run("tiny", estate=estate, as_of="2026-11-23", out=tiny, formats=["html", "pdf"])
    assert set(published.files) == {"html"}
    assert "Install one (Debian: apt install chromium)" in published.left_out["pdf"]
    assert str(published).splitlines()[-1].startswith("PDF      left out: no Chromium or Chrome was found")
    with pytest.raises(RenderError, match=r"no format could be written.*apt install chromium"):
        run("tiny", estate=estate, as_of="2026-11-22", out=tiny, formats=["pdf"])
    assert [path.name for path in (tiny / "tiny" / "whole-estate_2026-11-22.failed").iterdir()] == ["tiny.ipynb"]


@pytest.mark.usefixtures("ran")
def test_without_the_extra_formats_are_left_out_by_name(tiny, estate, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(f"No module named {name!r}", name="xlsxwriter")

    monkeypatch.setattr(publication.importlib, "import_module", missing)
    with pytest.raises(RenderError, match=r"xlsxwriter is not installed.*certanalytics\[reports\]"):
        run("tiny", estate=estate, as_of="2026-11-23", out=tiny, formats=["xlsx"])


@pytest.mark.usefixtures("ran")
def test_force_replaces_the_whole_folder(tiny, estate):
    first = run("tiny", estate=estate, as_of="2026-11-23", out=tiny, formats=["html", "xlsx"])
    second = run("tiny", estate=estate, as_of="2026-11-23", out=tiny, formats=["html"], force=True)
    assert first.folder == second.folder
    assert not first.files["xlsx"].exists()
    assert second.files["html"].exists()
    assert [path.name for path in second.folder.parent.iterdir()] == [second.folder.name]


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("business_unit = 'Retail'", "business-unit-retail-"),
        ("owner = 'Ångström'", "owner-angstrom-"),
        ("'" * 2000, ""),
    ],
)
def test_a_scope_becomes_part_of_a_file_name(scope, words):
    made = publication.scope_slug(scope)
    assert made == f"{words}{hashlib.sha256(scope.encode()).hexdigest()[:8]}"


def test_different_scopes_have_different_names():
    scopes = [None, "a = 'b'", "a != 'b'", "a='b' ", "a = 'B'", "not (a = 'b')", "a = 'b!'", "a = 'b?'", "a" * 99]
    assert len({publication.scope_slug(scope) for scope in scopes}) == len(scopes)
    assert publication.scope_slug(None) == publication.scope_slug("") == "whole-estate"


@pytest.mark.browser
def test_the_executive_report_of_the_demo(company, executive, chromium):
    truth = company.truth
    assert set(executive.files) == {"html", "pdf", "pptx", "xlsx"}
    assert not executive.left_out
    read = document.read(nbformat.read(executive.record, as_version=4))
    assert all(figure.chart() is not None for figure in read.figures)
    values = {tile.id: tile.value for tile in read.tiles.tiles}
    assert len(values) == 6
    assert values["in_service"] == len(truth.in_service)
    assert values["expired_in_service"] == len(truth.expired_in_service)
    assert values["without_owner"] == len(truth.no_owner) + len(truth.owner_inactive)
    assert values["weak_keys"] == len(truth.rsa_below_2048) + len(truth.keys.odd_size)
    assert values["top_share"] == truth.ca_owners[truth.top_ca_owner] / len(truth.in_service)
    html = executive.files["html"].read_text("utf-8")
    for name, value in values.items():
        assert f'data-kpi="{name}" data-value="{value}"' in html
    assert len(pypdf.PdfReader(executive.files["pdf"]).pages) == 2 + len(read.pages) + 2  # the appendix takes two
