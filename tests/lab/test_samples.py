"""The committed samples: small, whole, free of keys and machine paths, and what the lab's scripts make."""

from __future__ import annotations

import filecmp
import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256

import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import serialization


@pytest.fixture(scope="module")
def contents(samples):
    """Every sample by its path, unpacked."""
    found = {}
    for path in sorted(path for path in samples.rglob("*") if path.is_file()):
        data, name = path.read_bytes(), path.relative_to(samples).as_posix()
        if path.suffix == ".zip":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found |= {f"{name}!{member}": archive.read(member) for member in archive.namelist()}
        elif path.suffix == ".ucs":
            with tarfile.open(path) as archive:
                found |= {f"{name}!{info.name}": archive.extractfile(info).read() for info in archive}
        elif path.suffix == ".zst":
            found[name] = zstandard.ZstdDecompressor().decompressobj().decompress(data)
        else:
            found[name] = gzip.decompress(data) if path.suffix == ".gz" else data
    return found


def test_they_stay_small(samples):
    assert sum(path.stat().st_size for path in samples.rglob("*") if path.is_file()) < 3_000_000


def test_they_hold_no_private_key(contents):
    # As PEM, and as an RSA, EC or Ed25519 key begins in base64 without its armour.
    key = re.compile(rb"PRIVATE KEY|MIIEv[QgA]IBADAN|MIIE[op][AQgw]IBAAKC|MIGHAgEAMBMGByqGSM49AgEG|MC4CAQAwBQYDK2Vw")
    assert [name for name, data in contents.items() if key.search(data)] == []


def test_they_name_no_folder_of_the_machine_they_were_made_on(contents):
    folder = re.compile(rb"/(?:work|root|home|Users|usr/local)/")
    assert {name: folder.search(data)[0] for name, data in contents.items() if folder.search(data)} == {}


def test_the_readme_names_every_file(samples, contents):
    named = set(re.findall(r"^\| `([^`]+)` \|", contents["README.md"].decode(), re.MULTILINE))
    files = {path.relative_to(samples).as_posix() for path in samples.rglob("*") if path.is_file()}
    assert named == {name for name in files if not name.startswith("truth/") and name != "README.md"}


def test_the_truth_table_and_the_chains_agree(samples, contents):
    table = json.loads(contents["truth/truth.json"])
    assert len({row["case"] for row in table["endpoints"]}) == 25
    for row in table["endpoints"]:
        assert bool(row["sha256"]) == (row["outcome"] is None)
        if row["pem"]:
            chain = x509.load_pem_x509_certificates(contents[f"truth/{row['pem']}"])
            ders = [certificate.public_bytes(serialization.Encoding.DER) for certificate in chain]
            assert [sha256(der).hexdigest() for der in ders] == row["sha256"]


@pytest.mark.parametrize("name", ["rsa2048", "rsa4096", "p256", "p384", "ed25519", "sha1", "sni", "dual-ec"])
def test_the_chains_verify_with_openssl(samples, name):
    roots = [option for root in ("root-rsa", "root-ec") for option in ("-trusted", samples / "truth" / f"{root}.pem")]
    chain = samples / "truth" / f"{name}.pem"
    command = ["openssl", "verify", "-auth_level", "0", "-no_check_time", *roots, "-untrusted", chain, chain]
    verified = subprocess.run(command, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr


def test_what_follows_from_the_certificates_is_written_again_byte_for_byte(samples, contents, repository, tmp_path):
    subprocess.run([sys.executable, "-m", "tests.lab", "--derive", tmp_path], cwd=repository, check=True)
    written = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()]
    made_by_the_lab = re.findall(r"^\| `([^`]+)` \| the lab \|", contents["README.md"].decode(), re.MULTILINE)
    assert sorted(written) == sorted(made_by_the_lab)
    _, different, missing = filecmp.cmpfiles(tmp_path, samples, written, shallow=False)
    assert different == []
    assert missing == []
