from __future__ import annotations

import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given, settings
from hypothesis import strategies as st

from certanalytics.x509 import names
from certanalytics.x509.der import DerError
from certanalytics.x509.ocsp import RefusedError, ocsp_response
from certanalytics.x509.revocation import Crl, Revoked, crls, issuer_and_serial

VECTORS = Path(cryptography_vectors.__file__).parent / "x509"
LISTS = [
    *sorted((VECTORS / "PKITS_data" / "crls").glob("*.crl")),
    *(path for path in sorted((VECTORS / "custom").glob("crl_*"))),
]
RESPONSES = sorted((VECTORS / "ocsp").glob("*resp*.der"))
REFUSED_BY_CRYPTOGRAPHY = {
    "crl_bad_version.pem",
    "crl_dup_entry_ext.pem",
    "crl_inner_outer_mismatch.der",
    "crl_inval_cert_issuer_entry_ext.pem",
    "crl_inval_date_fractional_seconds.der",
    "crl_invalid_time.der",
    "crl_issuer_invalid_printable_string.der",
    "crl_unsupported_reason.pem",
}


def naive(moment):
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


def strictly(data):
    """A list as `cryptography` reads it: header, entries with reason and date of invalidity."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # negative serial numbers are what some vectors are about
        found = x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
        entries = [
            (
                entry.serial_number,
                naive(entry.revocation_date_utc),
                said(entry, x509.CRLReason, lambda value: value.reason.value),
                said(entry, x509.InvalidityDate, lambda value: naive(value.invalidity_date_utc)),
            )
            for entry in found
        ]
        number = said(found, x509.CRLNumber, lambda value: str(value.crl_number))
        key = said(found, x509.AuthorityKeyIdentifier, lambda value: (value.key_identifier or b"").hex() or None)
    issuer = names.read(found.issuer.public_bytes()).dn
    return (issuer, naive(found.last_update_utc), naive(found.next_update_utc), number, key), entries


def said(holder, kind, value):
    try:
        return value(holder.extensions.get_extension_for_class(kind).value)
    except x509.ExtensionNotFound:
        return None


@pytest.mark.parametrize(
    "path", [path for path in LISTS if path.name not in REFUSED_BY_CRYPTOGRAPHY], ids=lambda path: path.name
)
def test_a_list_reads_as_cryptography_reads_it(path):
    data = path.read_bytes()
    ((_, found),) = crls(data)
    assert isinstance(found, Crl)
    header, entries = strictly(data)
    assert (found.issuer_dn, found.this_update, found.next_update, found.number, found.authority_key_id) == header
    ours = list(found.entries())
    assert found.size == len(ours) == len(entries)
    for entry, (serial, revoked_at, reason, invalid_from) in zip(ours, entries, strict=True):
        assert isinstance(entry, Revoked)
        assert (int(entry.serial_hex, 16), entry.revoked_at) == (serial, revoked_at)
        assert (entry.reason, entry.invalid_from) == (reason, invalid_from)
        assert entry.status == {"certificateHold": "hold", "removeFromCRL": "removed"}.get(reason or "", "revoked")


def test_what_cryptography_refuses_is_read_as_far_as_it_goes():
    def entries(name):
        ((_, found),) = crls((VECTORS / "custom" / name).read_bytes())
        return list(found.entries())

    (unknown,) = entries("crl_unsupported_reason.pem")
    assert unknown.reason == "12"
    (held,) = entries("crl_issuer_invalid_printable_string.der")
    assert held.status == "hold"
    (broken,) = entries("crl_inval_cert_issuer_entry_ext.pem")
    assert isinstance(broken, DerError)
    ((where, fault),) = crls((VECTORS / "custom" / "crl_invalid_time.der").read_bytes())
    assert (where, type(fault)) == ("DER", DerError)


def test_an_indirect_list_speaks_for_the_issuer_named_last():
    data = (VECTORS / "PKITS_data" / "crls" / "indirectCRLCA5CRL.crl").read_bytes()
    ((_, found),) = crls(data)
    entries = [entry for entry in found.entries() if isinstance(entry, Revoked)]
    assert found.indirect
    issuers = dict.fromkeys(entry.issuer_dn for entry in entries)
    assert len(issuers) > 1
    assert all((entry.authority_key_id is None) == (entry.issuer_dn != found.issuer_dn) for entry in entries)


@pytest.mark.parametrize("path", RESPONSES, ids=lambda path: path.name)
def test_a_response_reads_as_cryptography_reads_it(path):
    data = path.read_bytes()
    try:
        expected = ocsp.load_der_ocsp_response(data)
    except ValueError:
        with suppress(DerError):  # what cryptography refuses is read, or refused in words
            ocsp_response(data)
        return
    if expected.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        with pytest.raises(RefusedError):
            ocsp_response(data)
        return
    found = ocsp_response(data)
    assert found.produced_at == naive(expected.produced_at_utc)
    assert len(found.certificates) == len(expected.certificates)
    for answer, single in zip(found.answers, expected.responses, strict=True):
        assert int(answer.serial_hex, 16) == single.serial_number
        assert answer.issuer_key_hash == single.issuer_key_hash.hex()
        assert answer.status == single.certificate_status.name.lower()
        reason = single.revocation_reason and single.revocation_reason.value
        assert (answer.revoked_at, answer.reason) == (naive(single.revocation_time_utc), reason)
        assert (answer.this_update, answer.next_update) == (
            naive(single.this_update_utc),
            naive(single.next_update_utc),
        )


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_bytes_are_read_or_refused_in_words(data):
    path = data.draw(st.sampled_from([VECTORS / "custom" / "crl_idp_fullname_indirect_crl.pem", *RESPONSES[-6:]]))
    content = path.read_bytes()
    if path.suffix == ".pem":
        content = x509.load_pem_x509_crl(content).public_bytes(Encoding.DER)
    raw = bytearray(content[: data.draw(st.integers(len(content) // 2, len(content)))])
    for _ in range(data.draw(st.integers(0, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    for _, found in crls(bytes(raw)):
        if isinstance(found, Crl):
            assert found.size == len(list(found.entries()))
    with suppress(ValueError):
        ocsp_response(bytes(raw))


def test_a_certificate_s_issuer_and_serial_are_those_a_list_has(repository):
    truth = repository / "data" / "samples" / "truth" / "sha1.pem"
    certificate = x509.load_pem_x509_certificates(truth.read_bytes())[0]
    issuer, serial = issuer_and_serial(certificate.public_bytes(Encoding.DER))
    ((_, found),) = crls((repository / "data" / "samples" / "crl" / "issuing.crl").read_bytes())
    assert (issuer, serial) in {(entry.issuer_dn, entry.serial_hex) for entry in found.entries()}
    assert found.this_update == datetime(2026, 11, 23)
