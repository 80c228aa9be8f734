"""What a user relies on when loading: nothing lost, nothing twice, nothing half done."""

import base64
import gzip
import hashlib
import io
import json
import os
import ssl
import subprocess
import sys
import textwrap
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from estate_rows import made_at

from certanalytics.errors import DataError, EstateBusyError, UsageError
from certanalytics.estate import MEMORY, Estate

OWNERS = (
    "name,owner_email,business_unit\nwww.shop.example,ada@shop.example,Retail\n*.pay.example,bob@pay.example,Payments\n"
)


@pytest.fixture
def pem():
    """A certificate as PEM and its SHA-256, made here."""
    key = ec.derive_private_key(1816, ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "www.shop.example")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1))
        .not_valid_after(datetime(2027, 1, 1))
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )
    der = certificate.public_bytes(serialization.Encoding.DER)
    return certificate.public_bytes(serialization.Encoding.PEM), hashlib.sha256(der).hexdigest()


@pytest.fixture
def estate(tmp_path):
    with Estate(str(made_at(tmp_path / "estate.duckdb"))) as made:
        yield made


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, samples):
    """The project's own samples, loaded once."""
    with Estate(str(tmp_path_factory.mktemp("samples") / "estate.duckdb")) as made:
        yield made, made.load(samples)


def counts(report):
    return [(file.status, file.read, file.accepted, file.rejected, file.duplicate) for file in report.files]


def test_the_sums_hold_in_the_report_and_in_the_estate(loaded):
    estate, report = loaded
    assert report.total("accepted") > 0
    for file in report.files:
        assert file.read == file.accepted + file.rejected + file.duplicate, file.line
    assert estate.query("SELECT path FROM load WHERE read <> accepted + rejected + duplicate").empty
    kept = estate.query("SELECT sum(rejected)::BIGINT AS rejected, count(*) AS files FROM load").iloc[0]
    loaded = [file for file in report.files if file.status == "loaded"]
    assert (kept["rejected"], kept["files"]) == (report.total("rejected"), len(loaded))
    assert len(estate.query("FROM reject")) == report.total("rejected")


def test_the_same_file_again_is_a_no_op_and_says_so(estate, tmp_path, pem):
    file = tmp_path / "server.pem"
    file.write_bytes(pem[0])
    assert counts(estate.load(file)) == [("loaded", 2, 2, 0, 0)]  # the certificate, and what the path means
    before = estate.query("SELECT * FROM sighting")
    again = estate.load(file)
    assert [entry.status for entry in again.files] == ["already loaded"]
    assert "1 already loaded" in repr(again)
    assert "nothing to do" in again.files[0].line
    assert estate.query("SELECT * FROM sighting").equals(before)


def test_an_export_under_another_name_is_the_same_file(estate, tmp_path):
    for name in ("owners.csv", "copy.csv"):
        (tmp_path / name).write_text(OWNERS)
    report = estate.load(tmp_path / "owners.csv", tmp_path / "copy.csv")
    assert [entry.status for entry in report.files] == ["loaded", "already loaded"]


def test_a_certificate_file_copied_elsewhere_is_a_second_place_of_one_certificate(estate, tmp_path, pem):
    for server in ("one", "two"):
        (tmp_path / server).mkdir()
        (tmp_path / server / "wildcard.pem").write_bytes(pem[0])
    assert [entry.status for entry in estate.load(tmp_path / "one", tmp_path / "two").files] == ["loaded", "loaded"]
    assert estate.rows("SELECT count(*), count(DISTINCT path), count(DISTINCT certificate) FROM sighting")[1] == [
        (2, 2, 1)
    ]
    assert {entry.status for entry in estate.load(tmp_path).files} == {"already loaded"}


def test_a_fact_that_comes_in_two_files_is_counted_once(estate, tmp_path):
    (tmp_path / "a.csv").write_text(OWNERS)
    (tmp_path / "b.csv").write_text(OWNERS + "www.new.example,eve@shop.example,Retail\n")
    report = estate.load(tmp_path / "a.csv", tmp_path / "b.csv", collected_at="2026-11-01")
    assert counts(report) == [("loaded", 2, 2, 0, 0), ("loaded", 3, 1, 0, 2)]
    assert len(estate.query("FROM asset")) == 3


@pytest.mark.parametrize("packing", ["plain", "gz", "zst", "zip"])
def test_packed_files_are_read_as_they_are_whatever_they_are_called(estate, tmp_path, pem, packing):
    data = pem[0]
    if packing == "gz":
        data = gzip.compress(data)
    elif packing == "zst":
        data = zstandard.ZstdCompressor().compress(data)
    elif packing == "zip":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("inside/server.json", data)
            archive.writestr("inside/notes.txt", "hello")
        data = buffer.getvalue()
    (tmp_path / "misleading.xml").write_bytes(data)
    report = estate.load(tmp_path / "misleading.xml")
    assert [file.source for file in report.files if file.status == "loaded"] == ["certificate-file"]
    assert estate.query("SELECT sha256 FROM certificate")["sha256"].tolist() == [pem[1]]


def test_an_unknown_file_is_named_and_the_load_goes_on(estate, tmp_path, pem):
    (tmp_path / "a.txt").write_text("nothing we know")
    (tmp_path / "b.pem").write_bytes(pem[0])
    (tmp_path / "c.json").write_bytes(b"")
    report = estate.load(*(tmp_path / name for name in ("a.txt", "b.pem", "c.json")))
    assert [(file.status, Path(file.path).name) for file in report.files] == [
        ("unknown", "a.txt"),
        ("loaded", "b.pem"),
        ("empty", "c.json"),
    ]


def test_damaged_archives_are_named_and_keep_nothing(estate, tmp_path, pem):
    packed = gzip.compress(pem[0] * 3000)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cut.pem.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "in" / "broken.zip").write_bytes(b"PK\x03\x04 and nothing more")
    report = estate.load(tmp_path / "in")
    assert [file.status for file in report.files] == ["unreadable", "unreadable"]
    assert all(file.reasons for file in report.files)
    assert estate.query("FROM load").empty


def test_a_value_no_column_can_hold_costs_its_file_and_no_other(estate, tmp_path, pem):
    said = f"Subject: commonName=a.example&#xa;Public Key type: rsa&#xa;Public Key bits: {'9' * 30}"
    (tmp_path / "a.xml").write_text(
        '<nmaprun args="nmap --script ssl-cert"><host><address addr="192.0.2.1" addrtype="ipv4"/><ports>'
        f'<port protocol="tcp" portid="443"><script id="ssl-cert" output="{said}"/></port></ports></host></nmaprun>'
    )
    (tmp_path / "b.pem").write_bytes(pem[0])
    report = estate.load(tmp_path / "a.xml", tmp_path / "b.pem")
    assert [file.status for file in report.files] == ["unreadable", "loaded"]
    assert "a value no column can hold" in report.files[0].reasons[0]
    assert len(estate.query("FROM certificate")) == 1


def test_a_stated_certificate_is_replaced_and_its_names_with_it(estate, tmp_path, pem):
    findings = [("cert_fingerprintSHA256", pem[1].upper()), ("cert_subjectAltName", "stated.example")]
    place = {"ip": "a.example/192.0.2.1", "port": "443", "severity": "INFO"}
    (tmp_path / "a.json").write_text(json.dumps([{"id": name, **place, "finding": text} for name, text in findings]))
    (tmp_path / "b.pem").write_bytes(pem[0])
    estate.load(tmp_path / "a.json")
    assert list(estate.query("FROM name")["name"]) == ["stated.example"]
    estate.load(tmp_path / "b.pem")
    assert list(estate.query("FROM certificate")["evidence"]) == ["der"]
    assert list(estate.query("FROM name")["name"]) == ["www.shop.example"]


def test_a_load_that_dies_leaves_nothing_of_its_file(estate, tmp_path, pem, monkeypatch):
    (tmp_path / "good.pem").write_bytes(pem[0])
    estate.load(tmp_path / "good.pem")
    from certanalytics import load as loading  # noqa: PLC0415 - patched below

    def dies(self, files):
        raise KeyboardInterrupt

    monkeypatch.setattr(loading.Intake, "finish", dies)
    (tmp_path / "owners.csv").write_text(OWNERS)
    with pytest.raises(KeyboardInterrupt):
        estate.load(tmp_path / "owners.csv")
    assert estate.query("FROM asset").empty
    assert len(estate.query("FROM load")) == 1


def test_a_killed_process_leaves_nothing_half_done(tmp_path, pem):
    (tmp_path / "owners.csv").write_text(OWNERS)
    path = tmp_path / "estate.duckdb"
    program = textwrap.dedent(
        """
        import os, sys
        from certanalytics import load
        from certanalytics.estate import connect
        load.Intake.finish = lambda self, files: os._exit(9)
        connect(sys.argv[1]).load(sys.argv[2])
        """
    )
    done = subprocess.run([sys.executable, "-c", program, path, tmp_path / "owners.csv"], check=False)
    assert done.returncode == 9
    with Estate(str(path)) as estate:
        assert estate.load(tmp_path / "owners.csv").files[0].status == "loaded"
        assert len(estate.query("FROM asset")) == 2


def test_a_second_writer_is_told_who_holds_the_file(tmp_path):
    (tmp_path / "owners.csv").write_text(OWNERS)
    path = tmp_path / "estate.duckdb"
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", program, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        with pytest.raises(EstateBusyError, match=rf"PID {holder.pid}.*Wait until"):
            Estate(str(path)).load(tmp_path / "owners.csv")
        holder.stdin.close()


def test_a_reader_does_not_keep_a_second_reader_out(estate, tmp_path, pem):
    (tmp_path / "a.pem").write_bytes(pem[0])
    estate.load(tmp_path / "a.pem")
    estate.query("FROM certificate")
    program = (
        "import sys; from certanalytics import connect; print(len(connect(sys.argv[1]).query('FROM certificate')))"
    )
    done = subprocess.run([sys.executable, "-c", program, estate.path], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "1"


def test_times_say_how_they_are_known(estate, tmp_path, pem):
    file = tmp_path / "a.pem"
    file.write_bytes(pem[0])
    os.utime(file, (0, datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC).timestamp()))
    estate.load(file)
    assert estate.rows("SELECT observed_at, time_basis FROM sighting")[1] == [(datetime(2026, 5, 4, 3, 2, 1), "file")]
    other = Estate(MEMORY)
    other.load(file, collected_at="2026-06-01T10:00:00+02:00")
    assert other.rows("SELECT observed_at, time_basis FROM sighting")[1] == [(datetime(2026, 6, 1, 8), "given")]


def test_a_parsed_certificate_becomes_the_full_one_in_either_order(tmp_path, pem):
    endpoint = {"ip": "www.shop.example/127.0.0.1", "port": "443", "severity": "INFO"}
    scan = [
        {"id": "cert_fingerprintSHA256", **endpoint, "finding": pem[1].upper()},
        {"id": "cert_commonName", **endpoint, "finding": "www.shop.example"},
    ]
    (tmp_path / "scan.json").write_text(json.dumps(scan))
    (tmp_path / "a.pem").write_bytes(pem[0])
    estates = []
    for order in (("scan.json", "a.pem"), ("a.pem", "scan.json")):
        estate = Estate(MEMORY)
        for name in order:
            estate.load(tmp_path / name, collected_at="2026-06-01")
        estates.append(estate.rows("SELECT identity, evidence, key_curve FROM certificate")[1])
        assert estate.rows("SELECT DISTINCT certificate FROM sighting")[1] == [(pem[1],)]
    assert estates == [[(pem[1], "der", "secp256r1")]] * 2


def test_bytes_that_are_no_certificate_are_rejected_with_the_reason(estate, tmp_path, pem):
    sequence = (
        b"-----BEGIN CERTIFICATE-----\n"
        + base64.b64encode(b"\x30\x05\x30\x03\x02\x01\x01")
        + b"\n-----END CERTIFICATE-----\n"
    )
    (tmp_path / "a.pem").write_bytes(sequence + pem[0])
    report = estate.load(tmp_path / "a.pem")
    assert (report.total("accepted"), report.total("rejected")) == (2, 1)
    ((reason, locator),) = estate.rows("SELECT reason, locator FROM reject")[1]
    assert reason == "no signature algorithm"
    assert "1" in locator


def test_a_private_key_is_reported_and_nowhere_kept(estate, tmp_path, pem):
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "both.pem").write_bytes(pem[0] + key)
    estate.load(tmp_path / "both.pem")
    found = estate.rows("SELECT check_id, path FROM finding")[1]
    assert [check for check, _ in found] == ["private-key-in-file"]
    assert found[0][1].endswith("both.pem")
    estate.close()
    content = (tmp_path / "estate.duckdb").read_bytes()
    assert b"".join(key.splitlines()[1:-1])[:40] not in content
    assert key.splitlines()[1][:40] not in content


def test_no_such_path_is_an_error_that_names_it(estate, tmp_path):
    with pytest.raises(DataError, match="nowhere"):
        estate.load(tmp_path / "nowhere")


def test_certificates_are_unique_although_no_index_says_so(loaded):
    estate, _ = loaded
    assert estate.query("SELECT identity FROM certificate GROUP BY identity HAVING count(*) > 1").empty
    assert estate.query("SELECT sha256 FROM der GROUP BY sha256 HAVING count(*) > 1").empty
    assert estate.query("SELECT row_key, position FROM sighting GROUP BY ALL HAVING count(*) > 1").empty


def test_every_reference_to_a_certificate_has_its_row(loaded):
    estate, _ = loaded
    used = """
        SELECT certificate FROM sighting UNION SELECT unnest(chain) FROM sighting UNION SELECT certificate FROM ct_entry
        UNION SELECT unnest(chain) FROM ct_entry UNION SELECT certificate FROM record WHERE certificate IS NOT NULL
    """
    assert estate.query(f"({used}) EXCEPT SELECT identity FROM certificate").empty


def test_a_scope_that_is_no_predicate_is_refused_in_words(loaded):
    estate, _ = loaded
    for scope in ("no_such_column = 1", "1 = 1); DROP TABLE load; --", "business_unit = ", "1 = 1) UNION (SELECT 2"):
        with pytest.raises(UsageError, match="scope"):
            estate.inventory(scope=scope)


def test_queries_can_neither_change_the_estate_nor_reach_other_files(estate, tmp_path, pem):
    (tmp_path / "a.pem").write_bytes(pem[0])
    estate.load(tmp_path / "a.pem")
    for sql in (
        "DELETE FROM certificate",
        f"SELECT * FROM read_text('{tmp_path / 'a.pem'}')",
        f"ATTACH '{tmp_path / 'x.db'}'",
    ):
        with pytest.raises(UsageError):
            estate.query(sql)


def test_a_leaf_is_kept_when_bytes_behind_it_are_no_certificate(estate, tmp_path, pem):
    broken = ssl.DER_cert_to_PEM_cert(b"\x30\x05\x30\x03\x02\x01\x01")
    finding = {"ip": "www.shop.example/127.0.0.1", "port": "443", "severity": "INFO"}
    leaf = {"id": "cert", **finding, "finding": pem[0].decode()}
    scan = [leaf, {"id": "intermediate_cert <#1>", **finding, "finding": broken}]
    (tmp_path / "scan.json").write_text(json.dumps(scan))
    report = estate.load(tmp_path / "scan.json")
    assert counts(report) == [("loaded", 2, 1, 1, 0)]
    assert estate.rows("SELECT certificate, len(chain) FROM sighting")[1] == [(pem[1], 1)]


def test_the_evidence_is_what_was_accepted_and_nothing_observed_later(loaded):
    estate, report = loaded
    whole = estate.evidence()
    assert sum(item.records for item in whole) == report.total("accepted")
    assert sum(item.files for item in whole) == sum(file.status == "loaded" for file in report.files)
    early = estate.evidence("2000-01-01")
    assert all(item.newest is None for item in early)
    tables = ("asset", "person", "team", "dns_record", "ct_log", "ca_listing")
    of_reference = " UNION ".join(f"SELECT load FROM {table}" for table in tables)
    reference = estate.query(f"SELECT DISTINCT source FROM load WHERE accepted = 0 OR load IN ({of_reference})")
    assert {item.source for item in early} == set(reference["source"])
    assert {"owners-csv", "servicenow-users"} <= set(reference["source"])


def test_the_estate_may_lie_in_the_folder_it_is_loaded_from(estate, tmp_path):
    (tmp_path / "owners.csv").write_text(OWNERS)
    estate.load(tmp_path)
    assert [Path(file.path).name for file in estate.load(tmp_path).files] == ["owners.csv"]
