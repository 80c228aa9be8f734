"""What `cryptography` refuses is read all the same; what it accepts is read alike by both."""

from __future__ import annotations

import hashlib
import warnings
from datetime import datetime

import pytest
from cryptography import x509
from cryptography_oracle import accepted

from certanalytics.x509 import decode, der, lenient, lenient_extensions, pem_to_der, strict
from certanalytics.x509.parts import cut


def both(data: bytes, certificate: x509.Certificate) -> tuple[dict[str, object], dict[str, object], list[str]]:
    """The columns of the strict and of the lenient reader, and what the latter says."""
    notes: list[str] = []
    parts = cut(data)
    strictly = strict.basics(certificate) | strict.key(certificate) | strict.extensions(certificate)
    leniently = lenient.basics(parts, notes) | lenient.key(parts, notes) | lenient_extensions.extensions(parts, notes)
    return _filled(strictly), _filled(leniently), notes


def _filled(columns: dict[str, object]) -> dict[str, object]:
    return {column: value for column, value in columns.items() if value is not None}


def disagreements(ders: list[bytes]) -> tuple[int, list[tuple[str, object, object, list[str]]]]:
    found, count = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for data in ders:
            if (certificate := accepted(data)) is not None:
                strictly, leniently, notes = both(data, certificate)
                count += 1
                if strictly != leniently or notes:
                    found.append((hashlib.sha256(data).hexdigest(), strictly, leniently, notes))
    return count, found


@pytest.mark.shared
def test_both_readers_agree_on_the_corpora(corpora):
    ders = [der for name, corpus in corpora.items() for der in (corpus[::4] if name == "ccadb_all_ca_pems" else corpus)]
    count, found = disagreements(ders)
    assert count > 3_000
    assert found == []


def test_both_readers_agree_on_the_vectors(vectors):
    explicit = vectors.pop("x509/custom/ec_no_named_curve.pem")
    count, found = disagreements(list(vectors.values()))
    vectors["x509/custom/ec_no_named_curve.pem"] = explicit
    assert count > 450
    assert found == []


def test_a_curve_given_by_its_parameters_has_its_size(vectors):
    notes: list[str] = []
    columns = lenient.key(cut(vectors["x509/custom/ec_no_named_curve.pem"]), notes)
    assert columns == {"key_algorithm": "EC", "key_bits": 256}
    assert notes == []


@pytest.mark.parametrize(
    ("vector", "columns", "warning"),
    [
        ("x509/custom/negative_serial.pem", {"serial_hex": "-04316693ed"}, "the serial number is not positive"),
        ("x509/custom/invalid_version.pem", {"version": 8, "key_bits": 2048}, "7 is not a valid X509 version"),
        ("x509/custom/invalid_utf8_common_name.pem", {"subject_cn": "We heart UTF8!\\xe2\\x84"}, "stand escaped"),
        ("x509/custom/two_basic_constraints.pem", {"is_ca": True, "path_length": 0}, "stands more than once"),
        ("x509/wosign-bc-invalid.pem", {"is_ca": False, "path_length": 0}, "path_length must be None"),
        ("x509/custom/cp_invalid.pem", {"policy_oids": ["2.16.840.1.12345.1.2.3.4.1"]}, "CpsUri"),
        ("x509/custom/invalid-sct-version.der", {"sct_count": 0}, "a timestamp of version 2"),
        ("x509/custom/nc_invalid_ip_netmask.pem", {"subject_cn": "cryptography"}, "Invalid netmask"),
        ("x509/san_edipartyname.der", {"subject_cn": "yassir"}, "EDIPartyName"),
        ("x509/badasn1time.pem", {"not_after": None, "validity_days": None}, "not_after cannot be read"),
        ("x509/custom/mismatch_inner_outer_sig_algorithm.der", {"version": 3}, "inside differs"),
    ],
)
def test_vectors_that_are_refused(vectors, vector, columns, warning):
    row = decode([vectors[vector]]).to_pylist()[0]
    assert {column: row[column] for column in columns} == columns
    assert any(warning in sentence for sentence in row["warnings"])
    assert row["evidence"] == "der"
    assert row["key_algorithm"]


@pytest.mark.parametrize("changed", ["x509/badssl-sct-none-hash.der", "x509/badssl-sct-anonymous-sig.der"])
def test_timestamps_with_unknown_signatures_keep_their_logs(vectors, changed):
    """The vectors are one certificate with the hash or signature algorithm of its timestamps made unknown."""
    original = x509.load_der_x509_certificate(vectors["x509/badssl-sct.pem"])
    scts = original.extensions.get_extension_for_class(x509.PrecertificateSignedCertificateTimestamps).value
    assert decode([vectors[changed]])["sct_log_ids"].to_pylist() == [[sct.log_id.hex() for sct in scts]]


@pytest.mark.shared
def test_real_certificates_that_are_refused_are_read(corpora):
    """Each keeps its subject, validity, key and, where OpenSSL shows one, its extensions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        refused = [data for corpus in corpora.values() for data in corpus if accepted(data) is None]
    rows = [row for row in decode(refused).to_pylist() if row["evidence"]]
    assert len(rows) >= 60
    for row in rows:
        assert row["subject_dn"]
        assert row["not_before"] is not None
        assert row["not_after"] is not None
        assert row["key_bits"]
        assert row["signature_algorithm"]


def time(tag: int, text: bytes) -> datetime:
    return lenient.time(der.read(der.wrap(tag, text)))


@pytest.mark.parametrize(
    ("tag", "text", "moment"),
    [
        (0x17, b"500101000000Z", datetime(1950, 1, 1)),
        (0x17, b"491231235959Z", datetime(2049, 12, 31, 23, 59, 59)),
        (0x17, b"0002291200Z", datetime(2000, 2, 29, 12)),
        (0x17, b"260101010000+0200", datetime(2025, 12, 31, 23)),
        (0x17, b"260101010000-0130", datetime(2026, 1, 1, 2, 30)),
        (0x18, b"20500101000000Z", datetime(2050, 1, 1)),
        (0x18, b"99991231235959Z", datetime(9999, 12, 31, 23, 59, 59)),
        (0x18, b"20260101000000.5Z", datetime(2026, 1, 1)),
        (0x18, b"20260101000000", datetime(2026, 1, 1)),
    ],
)
def test_times(tag, text, moment):
    assert time(tag, text) == moment


@pytest.mark.parametrize(
    "text", [b"", b"Z", b"261301000000Z", b"260230000000Z", b"26010100000", b"2601010000\xd9\xa0Z"]
)
def test_no_times(text):
    with pytest.raises(ValueError, match=r"."):
        time(0x17, text)


def test_a_time_before_the_first_year_is_none():
    with pytest.raises(ValueError, match="no time"):
        time(0x18, b"00010101000000+0100")


def test_bytes_after_the_certificate_are_told(vectors):
    data = vectors["x509/cryptography.io.pem"]
    plain, longer = decode([data, data + b"\0\0"]).to_pylist()
    assert longer["warnings"] == ["2 bytes follow the certificate"]
    assert longer["sha256"] == hashlib.sha256(data + b"\0\0").hexdigest()
    own = {"sha256", "sha1", "warnings", "decode_path"}
    assert {column: plain[column] for column in plain.keys() - own} == {
        column: longer[column] for column in longer.keys() - own
    }


@pytest.mark.shared
def test_indefinite_length_is_read(shared):
    text = (shared / "corpora" / "ct_testdata" / "py_asn1_indefinite_length_encoding.pem").read_text()
    row = decode([pem_to_der(text)]).to_pylist()[0]
    assert row["issuer_o"] == "VeriSign, Inc."
    assert row["key_bits"] == 1024
    assert any("InvalidLength" in warning for warning in row["warnings"])
