from __future__ import annotations

import gzip
import zipfile
from datetime import datetime

import pytest
from cryptography import x509

from certanalytics.errors import DataError
from certanalytics.model import CtEntry, Reject
from certanalytics.sources._reading.export import exports
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.transparency.static_ct import static_ct_data_tile, static_ct_names_tile

TILES = "ct/static-ct-api/navigli2025h2/tile"


def entries(rows):
    return [row for row in rows if isinstance(row, CtEntry)]


@pytest.mark.shared
def test_four_tiles_hold_1024_entries_and_the_partial_one_repeats_ten(sample):
    tiles = {
        name: list(static_ct_data_tile.read(sample(f"{TILES}/data/{name}"))) for name in ("000", "001", "002", "003")
    }
    found = [row for rows in tiles.values() for row in entries(rows)]
    assert [row.log_index for row in found] == list(range(1024))
    assert {(row.entry_type, row.log) for row in found} == {("precert_entry", None)}
    assert len({row.certificate for row in found}) == 1024
    partial = list(static_ct_data_tile.read(sample(f"{TILES}/data/003.p/10")))
    assert entries(partial) == entries(tiles["003"])[:10]
    first = found[0]
    assert first.entry_timestamp == datetime(2025, 5, 3, 17, 13, 19, 101000)
    assert len(first.issuer_key_hash) == 64
    assert "*.gated.dev-euw1.x0a839b.drive-platform.io" in names_in(first.certificate)


def names_in(der):
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.DNSName)


@pytest.mark.shared
def test_issuers_are_known_by_fingerprint_until_their_files_are_loaded(sample):
    chains = [row.chain for row in static_ct_data_tile.read(sample(f"{TILES}/data/000"))]
    issuers = {issuer for chain in chains for issuer in chain}
    assert all(chain and issuer.is_ca and len(issuer.sha256) == 64 for chain in chains for issuer in chain)
    assert len(issuers) == 5


@pytest.mark.shared
def test_the_names_tile_says_of_the_same_entries_what_the_data_tile_says(sample):
    names = list(static_ct_names_tile.read(sample(f"{TILES}/names/000")))
    data = entries(static_ct_data_tile.read(sample(f"{TILES}/data/000")))
    assert [row.entry_timestamp for row in names] == [row.entry_timestamp for row in data]
    for named, row in zip(names, data, strict=True):
        assert list(named.certificate.san_dns) == names_in(row.certificate)
        assert (named.log, named.log_index, named.entry_type) == (None, None, None)


@pytest.mark.shared
def test_hash_tiles_are_not_data_tiles(sample):
    for name in ("0/000", "0/003.p/10"):
        assert not static_ct_data_tile.signature.matches(Head(sample(f"{TILES}/{name}").head))


def test_an_archive_with_the_checkpoint_names_the_log(repository, tmp_path):
    packed = repository / "data" / "samples" / "static-ct" / "log.zip"
    (tile,) = (export for export in exports(packed) if "tile/data" in (export.member or ""))
    found = entries(static_ct_data_tile.read(tile))
    assert {row.log for row in found} == {"ct.lab.example/2026h2"}
    assert [row.log_index for row in found] == [1_234_067 * 256 + at for at in range(3)]
    without = tmp_path / "log.zip"
    with zipfile.ZipFile(packed) as archive, zipfile.ZipFile(without, "w") as other:
        other.writestr(tile.member, archive.read(tile.member))
    (tile,) = exports(without)
    assert [row.log for row in static_ct_data_tile.read(tile) if isinstance(row, CtEntry)] == [None] * 3


def test_a_tile_saved_as_it_was_sent_and_tiles_joined(repository, written):
    content = (repository / "data" / "samples" / "static-ct" / "tile" / "data" / "067").read_bytes()
    packed = written(gzip.compress(content))
    assert static_ct_data_tile.signature.matches(Head(packed.head))
    once = entries(static_ct_data_tile.read(packed))
    assert len(once) == 6
    twice = entries(static_ct_data_tile.read(written(content * 2)))
    assert [row.certificate for row in twice] == [row.certificate for row in once] * 2


def test_an_entry_without_an_index_and_one_that_is_damaged(repository, written):
    content = (repository / "data" / "samples" / "static-ct" / "tile" / "data" / "067").read_bytes()
    index = content.index(b"\0\x08\0\0\5")
    without = content[:index] + b"\0\0" + content[index + 10 :]
    first, *_, last = static_ct_data_tile.read(written(without[:-40]))
    assert first.log_index is None
    assert isinstance(last, Reject)
    assert last.locator == "leaf[5]"
    with pytest.raises(DataError, match="no data tile"):
        list(static_ct_data_tile.read(written(content[:100])))


def test_a_time_that_is_none_costs_its_entry_and_not_the_tile(repository, written):
    content = (repository / "data" / "samples" / "static-ct" / "tile" / "data" / "067").read_bytes()
    tile = content + b"\xff" * 8 + content[8:]
    rows = list(static_ct_data_tile.read(written(tile)))
    whole = list(static_ct_data_tile.read(written(content)))
    assert [type(row) for row in rows] == [*map(type, whole), Reject, *map(type, whole[1:])]
