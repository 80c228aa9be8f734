"""Files and folders as they really lie about: links, names and archives no tool of ours would make."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import sys
import tarfile
import zipfile
from datetime import datetime

import pytest
import zstandard

from certanalytics.errors import DataError
from certanalytics.sources._reading.export import exports


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


def tarred(path, pack=lambda data: data):
    """A tar archive as no backup would hold it, packed afterwards."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in {"config/a.pem": b"good" * 300, "/etc/b": b"b", "../../c": b"c" * 3000}.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_795_422_850 * (name != "/etc/b")
            archive.addfile(info, io.BytesIO(content))
        for name, kind in {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE}.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    path.write_bytes(pack(made.getvalue()))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["tar", "gzip", "zstd"])
def test_the_files_of_a_tar_archive_are_exports_and_its_links_and_devices_are_not(tmp_path, pack):
    path = tmp_path / "backup.ucs"
    tarred(path, pack)
    os.utime(path, (1_795_000_000, 1_795_000_000))
    found = list(exports(path))
    assert [each.member for each in found] == ["config/a.pem", "/etc/b", "../../c"]
    assert [each.head for each in reversed(found)] == [b"c" * 3000, b"b", b"good" * 300]
    assert [str(each.file_time) for each in found[:2]] == ["2026-11-23 08:34:10", "2026-11-18 11:06:40"]
    with found[0].open() as one, found[0].open() as other:
        assert (one.read(4), other.read(8), one.read()) == (b"good", b"goodgood", b"good" * 299)


@pytest.mark.parametrize("size", [600, 2200, 5000])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["tar", "gzip"])
def test_a_cut_tar_archive_gives_what_came_before_the_cut_and_says_so(tmp_path, pack, size):
    path = tmp_path / "cut.tar"
    tarred(path, lambda data: pack(data[:size]))
    *found, last = exports(path)
    assert isinstance(last, DataError)
    assert "damaged tar archive" in last.what
    whole = b"good" * 300
    assert found[0].head == whole[: size - 512]
    if size == 5000:
        assert found[2].head == b"c" * (5000 - 3584)


def test_a_gzip_cut_inside_a_tar_archive_gives_the_members_before_the_cut(tmp_path):
    path = tmp_path / "cut.tgz"
    noise = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(250))
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in ("a", "b"):
            info = tarfile.TarInfo(name)
            info.size = len(noise)
            archive.addfile(info, io.BytesIO(noise))
    packed = gzip.compress(made.getvalue(), mtime=0)
    path.write_bytes(packed[: len(packed) - 2])
    *found, last = exports(path)
    assert [each.member for each in found][:1] == ["a"]
    assert found[0].head == noise
    assert isinstance(last, DataError)


def test_a_header_that_is_none_ends_a_tar_archive_in_words(tmp_path):
    path = tmp_path / "odd.tar"
    tarred(path, lambda data: data[:2048] + b"?" * 512 + data[2560:])
    *found, last = exports(path)
    assert [each.member for each in found] == ["config/a.pem"]
    assert "mark of its end" in last.what
