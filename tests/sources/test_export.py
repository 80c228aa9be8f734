"""Files and folders as they really lie about: links, names and archives no tool of ours would make."""

from __future__ import annotations

import os
import sys
import zipfile
from datetime import datetime

import pytest

from certanalytics.errors import DataError
from certanalytics.sources._export import exports


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "folder"
    made.mkdir()
    (made / "z.pem").write_bytes(b"good")
    return made


def told(folder):
    """Name and error of everything found, below the folder."""
    return [
        (os.path.relpath(found.where, folder), found.what)
        if isinstance(found, DataError)
        else (os.path.relpath(found.label, folder), None)
        for found in exports(folder)
    ]


def test_a_link_to_nothing_is_told_and_the_next_file_is_found(folder):
    (folder / "a").symlink_to("nowhere")
    assert told(folder) == [("a", "No such file or directory"), ("z.pem", None)]


def test_links_in_a_circle_end(folder):
    (folder / "a").symlink_to("a")
    (folder / "b").mkdir()
    (folder / "b" / "up").symlink_to("..")
    (name, reason), *rest = told(folder)
    assert (name, "symbolic link" in reason) == ("a", True)
    assert rest == [("b/up", "a link back to a folder it lies in"), ("z.pem", None)]


def test_a_folder_is_read_through_a_link_beside_it(folder):
    (folder / "live").mkdir()
    (folder / "live" / "cert.pem").symlink_to("../z.pem")
    (folder / "same").symlink_to("live")
    assert told(folder) == [("live/cert.pem", None), ("same/cert.pem", None), ("z.pem", None)]


def test_a_folder_that_cannot_be_listed_is_told(folder, monkeypatch):
    (folder / "a").mkdir()
    listed = type(folder).iterdir

    def refuse(path):
        if path.name == "a":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(type(folder), "iterdir", refuse)
    assert told(folder) == [("a", "Permission denied"), ("z.pem", None)]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_can_be_stored_and_printed(folder):
    (folder / os.fsdecode(b"M\xfcnchen.pem")).write_bytes(b"good")
    label = told(folder)[0][0]
    assert label == "M\\xfcnchen.pem"
    assert label.encode().decode() == label


def packed(path, change):
    """An archive with one member, and its bytes changed afterwards."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.pem", (1980, 1, 1, 0, 0, 0)), b"good" * 9)
    path.write_bytes(change(path.read_bytes()))


def test_a_member_without_a_date_has_that_of_its_archive(tmp_path):
    path = tmp_path / "a.zip"
    packed(path, lambda data: data.replace(b"\x21\x00", b"\x00\x00"))
    os.utime(path, (1_795_422_850, 1_795_422_850))
    (found,) = exports(path)
    assert (found.file_time, found.head) == (datetime(2026, 11, 23, 8, 34, 10), b"good" * 9)


def test_a_member_python_cannot_unpack_is_told(tmp_path):
    def deflate64(data):
        at = data.index(b"PK\x01\x02") + 10
        return data[:at] + b"\x09\x00" + data[at + 2 :]

    packed(tmp_path / "a.zip", deflate64)
    (found,) = exports(tmp_path / "a.zip")
    assert "method 9" in found.what
