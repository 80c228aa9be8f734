"""The same bytes every time, another enterprise for another seed, and files as old as their exports."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certanalytics import demo
from certanalytics.demo.truth import truth
from certanalytics.demo.world import world
from certanalytics.errors import UsageError


def _fingerprint(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime_ns}"
        for path in folder.rglob("*")
        if path.is_file() and path.name != demo.TRUTH
    }


def test_another_process_writes_the_same_bytes(built, tmp_path):
    # another hash seed, so that no order of a set or dictionary of strings can leak into a file
    program = "import sys, pathlib; from certanalytics import demo; demo.build(pathlib.Path(sys.argv[1]))"
    other = tmp_path / "again"
    subprocess.run(
        [sys.executable, "-c", program, str(other)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "99", "TZ": "Asia/Tokyo"},
    )
    assert _fingerprint(other) == _fingerprint(built.folder)
    assert (other / demo.TRUTH).read_bytes() == (built.folder / demo.TRUTH).read_bytes()


VARY = {
    "versions",
    "obsolete_told",
    "suites_told",
    "conforming",
    "conformity_told",
    "decryptable",
    "told",
    "right_name",
}
"""How many endpoints there are and how many were asked: chance deals servers to services."""


def size(truth):
    return truth if isinstance(truth, int) else len(truth)


def test_another_seed_is_another_enterprise_with_the_same_faults(built):
    other = truth(world(seed=7))
    assert not set(other.in_service) & set(built.truth.in_service)
    assert other.ca_owners == built.truth.ca_owners
    for field in ("in_service", "expired_in_service", "rsa_below_2048", "sha1_signature", "shadow"):
        assert len(getattr(other, field)) == len(getattr(built.truth, field)), field
    assert len(other.renewed_not_deployed) == len(built.truth.renewed_not_deployed)
    for theme in ("tls", "chains", "revocation"):
        mine, theirs = getattr(built.truth, theme), getattr(other, theme)
        for name in {field.name for field in dataclasses.fields(mine)} - VARY:
            assert size(getattr(mine, name)) == size(getattr(theirs, name)), f"{theme}.{name}"
    assert sorted(map(len, other.reused_keys.values())) == sorted(map(len, built.truth.reused_keys.values()))
    for theme, left_to_chance in (
        ("keys", {"across_owners", "renewals", "kept", "oldest"}),
        # who is named for a server is not always named for the second name that one in four has
        ("contents", {"client_auth", "client_auth_next", "across_owners"}),
    ):
        planted, again = (dataclasses.asdict(getattr(each, theme)) for each in (built.truth, other))
        for field in planted.keys() - left_to_chance:
            assert len(again[field]) == len(planted[field]), field
    for field in ("unconfirmed", "conflicts", "one_person", "critical_without_contact", "self_approved"):
        assert len(getattr(other.ownership, field)) == len(getattr(built.truth.ownership, field)), field
    assert [each.is_right for each in other.ownership.proposals].count(False) == 1


def test_the_truth_lies_beside_the_exports(built):
    assert sorted(path.name for path in built.folder.iterdir()) == [demo.EXPORTS, demo.POLICY, demo.TRUTH]
    written = json.loads((built.folder / demo.TRUTH).read_text())
    assert set(written) == {field.name for field in dataclasses.fields(built.truth)}
    assert tuple(written["in_service"]) == built.truth.in_service
    assert written["as_of"] == "2026-11-23T12:00:00"


def test_no_file_is_from_after_the_moment(built):
    moment = demo.AS_OF.replace(tzinfo=UTC)
    for path in (built.folder / demo.EXPORTS).rglob("*"):
        if path.is_file():
            assert datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment, path


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UsageError, match="not empty"):
        demo.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_names_and_addresses_are_reserved_ones(built):
    for place in built.truth.endpoints:
        host = place.rpartition(":")[0]
        assert host.endswith(".example") or host.startswith("10."), host
    for document in built.exports.sslyze:
        for result in document["server_scan_results"]:
            assert result["server_location"]["ip_address"].startswith("198.18.")
