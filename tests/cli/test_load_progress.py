"""The bar of a load, as whoever waits for it sees it: frame by frame, in terminals of any width."""

import io
import re
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress

from certanalytics import sources
from certanalytics.cli import progress
from certanalytics.estate import Estate

OWNERS = "name,owner_email,business_unit\nwww.shop.example,ada@shop.example,Retail\n"
FRAME = re.compile(
    r"(?P<bar>[━╸╺ ]*) (?P<files>file [\d,]+ of [\d,]+|[\d,]+ files?) (?P<records>[\d,]+ records) \d:\d\d:\d\d .*"
)


class Terminal:
    """A terminal without colours, in which what is done of a bar is drawn and the rest left blank."""

    def __init__(self, monkeypatch, width):
        self.console = Console(file=io.StringIO(), force_terminal=True, no_color=True, width=width)
        monkeypatch.setattr(progress, "console", lambda *, stderr: self.console)

    @property
    def written(self):
        return self.console.file.getvalue()

    @property
    def frames(self):
        """What stood in it after each change."""
        lines = re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.written))
        return [line for line in lines if line]


class AtOnce(SimpleNamespace):
    """A timer that has run out when it starts."""

    def __init__(self, seconds, call):
        super().__init__(start=call, cancel=lambda: None, join=lambda: None)


@pytest.fixture
def terminal(monkeypatch, request):
    """One that shows the bar at once, and every change of it."""
    update = Progress.update
    monkeypatch.setattr(Progress, "update", lambda bar, task, **what: update(bar, task, refresh=True, **what))
    monkeypatch.setattr(progress.threading, "Timer", AtOnce)
    return Terminal(monkeypatch, getattr(request, "param", 100))


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "exports"
    for name in ("a", "b/c", "b.csv", "d/e/f", "g", ".hidden", ".git/h"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(OWNERS)
    return made


def export(file):
    return SimpleNamespace(path=file, label=str(file))


def is_full(frame):
    return set(FRAME.fullmatch(frame)["bar"]) == {"━"}


def test_it_counts_the_files_and_all_their_records_and_ends_full(terminal, folder):
    files = [folder / name for name in ("a", "b/c", "b.csv", "d/e/f", "g")]
    with progress.load_progress([folder]) as tell:
        begun = terminal.frames[-1]
        for number, file in enumerate(files, 1):
            tell(export(file), 500)  # a stretch of it
            tell(export(file), 1_000)
            said = FRAME.fullmatch(terminal.frames[-1])
            assert (said["files"], said["records"]) == (f"file {number} of 5", f"{number},000 records")
            assert terminal.frames[-1].rstrip().endswith(f" {file.name}")
            assert not is_full(terminal.frames[-1])
    assert FRAME.fullmatch(begun)["files"] == "5 files"
    assert is_full(terminal.frames[-1])


def test_files_of_which_a_load_says_nothing_count_as_passed(terminal, folder):
    with progress.load_progress([folder]) as tell:
        tell(export(folder / "d/e/f"), 1)
        said = FRAME.fullmatch(terminal.frames[-1])
        assert said["files"] == "file 4 of 5"
        assert said["bar"].count("━") == pytest.approx(len(said["bar"]) * 3 / 5, abs=1)
    assert is_full(terminal.frames[-1])


def test_a_load_that_fails_does_not_end_full(terminal, folder):
    with pytest.raises(OSError, match="full"), progress.load_progress([folder]):
        raise OSError("the disk is full")
    assert not is_full(terminal.frames[-1])


@pytest.mark.parametrize("terminal", [60, 80, 200], indirect=True)
def test_in_a_narrow_terminal_the_numbers_stay_whole(terminal, monkeypatch):
    names = [Path(f"0000{number:06}-0000{number:06}.json") for number in range(100_000)]
    monkeypatch.setattr(sources, "files_below", lambda path: iter(names))
    with progress.load_progress([Path()]) as tell:
        tell(export(names[49_999]), 50_000_000)
        half = FRAME.fullmatch(terminal.frames[-1])
        tell(export(names[-1]), 50_000_000)
    for frame in terminal.frames:
        assert FRAME.fullmatch(frame)["bar"], frame
        assert cell_len(frame) <= terminal.console.width
    assert (half["files"], half["records"]) == ("file 50,000 of 100,000", "50,000,000 records")
    assert half["bar"].count("━") == pytest.approx(len(half["bar"]) / 2, abs=1)
    end = FRAME.fullmatch(terminal.frames[-1])
    assert (end["files"], end["records"]) == ("file 100,000 of 100,000", "100,000,000 records")
    assert is_full(terminal.frames[-1])


def test_the_name_of_a_file_is_shown_as_it_is_and_moves_nothing(terminal, tmp_path):
    file = tmp_path / "[red]scan\x1b[2J\n.json"
    file.write_text(OWNERS)
    with progress.load_progress([tmp_path]) as tell:
        tell(export(file), 1)
    assert terminal.frames[-1].rstrip().endswith(" [red]scan�[2J�.json")


def test_a_load_moves_it_forwards_only(terminal, folder, samples):
    """Files in folders that are named twice, one that is loaded already, one nobody knows, archives and logs."""
    (folder / "b" / "c").write_bytes((samples / "zeek" / "ssl.log").read_bytes())
    (folder / "d" / "nobody knows").write_bytes(b"what is this")
    (folder / "logs").symlink_to(samples / "zeek")
    parts = [folder / "d", folder]
    with Estate(":memory:") as estate, progress.load_progress(parts) as tell:
        reports = [estate.load(part, progress=tell) for part in parts]
    assert {file.status for file in reports[1].files} == {"loaded", "already loaded", "unknown"}
    said = [FRAME.fullmatch(frame)["files"] for frame in terminal.frames]
    shown = [int(words.split()[1]) for words in said if words.startswith("file ")]
    assert shown == sorted(shown)
    assert len(set(shown)) > 5
    assert said[-1] == f"file {shown[-1]} of {6 + len(list((samples / 'zeek').iterdir()))}"
    assert is_full(terminal.frames[-1])


def test_one_nobody_watches_writes_no_bar(folder, monkeypatch, capsys):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    with progress.load_progress([folder / "a"]) as tell:
        tell(export(folder / "a"), 1)
        time.sleep(0.2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("patience", "shown"), [(0.0, True), (60.0, False)], ids=["a long load", "a short one"])
def test_it_is_shown_once_a_load_has_taken_a_while_even_if_it_is_silent(folder, monkeypatch, patience, shown):
    terminal = Terminal(monkeypatch, 100)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    with progress.load_progress([folder / "a"]):
        time.sleep(0.5)
    assert ("1 file " in terminal.written) is shown
