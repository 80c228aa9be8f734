"""Revocation lists and an OCSP response in the names of the lab's authorities.

The authorities' keys are gone with their run, so a key made from nothing signs: the signatures do not verify.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

_REVOKED = {
    "rsa1024": x509.ReasonFlags.key_compromise,
    "sha1": x509.ReasonFlags.superseded,
    "expired": x509.ReasonFlags.certificate_hold,
    "rsa4096": None,
}


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A list in DER, an empty and an indirect one in PEM, and answers of a responder."""
    issuing_rsa, issuing_ec = (x509.load_der_x509_certificate(truth.chain(case)[1]) for case in ("rsa2048", "p256"))
    day = truth.day
    ordinary = _list(issuing_rsa, day, 17)
    for at, (case, reason) in enumerate(_REVOKED.items()):
        ordinary = ordinary.add_revoked_certificate(_entry(truth, case, reason, day - timedelta(days=at + 1)))
    yield _sample("crl/issuing.crl", "a list in DER"), _signed(ordinary, serialization.Encoding.DER)
    empty = _signed(_list(issuing_ec, day, 18), serialization.Encoding.PEM)
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier("http://crl.lab.example/all.crl")],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=True,
        only_contains_attribute_certs=False,
    )
    indirect = _list(issuing_rsa, day, 19).add_extension(point, critical=True)
    for case, issuer in (("sha1", None), ("p256", issuing_ec), ("p384", None)):
        entry = _entry(truth, case, x509.ReasonFlags.cessation_of_operation, day - timedelta(hours=5), issuer)
        indirect = indirect.add_revoked_certificate(entry)
    both = empty + _signed(indirect, serialization.Encoding.PEM)
    yield _sample("crl/both.pem", "an empty list and an indirect one in PEM"), both
    yield _sample("ocsp/answer.der", "an OCSP response of three answers"), _ocsp(truth)
    yield _sample("ocsp/unauthorized.der", "an OCSP response that refuses"), _tlv(0x30, _tlv(0x0A, b"\6"))


def _sample(path: str, what: str) -> Sample:
    return Sample(path, "the lab", f"`tests/lab/revocation.py`, after RFC 5280 and RFC 6960: {what}, signed by nobody")


def _list(issuer: x509.Certificate, day: datetime, number: int) -> x509.CertificateRevocationListBuilder:
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(day)
        .next_update(day + timedelta(days=7))
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(key_id, critical=False)
    )


def _entry(
    truth: Truth,
    case: str,
    reason: x509.ReasonFlags | None,
    revoked_at: datetime,
    issuer: x509.Certificate | None = None,
) -> x509.RevokedCertificate:
    certificate = x509.load_der_x509_certificate(truth.chain(case)[0])
    entry = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(revoked_at)
    if reason is not None:
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    if reason is x509.ReasonFlags.key_compromise:
        entry = entry.add_extension(x509.InvalidityDate(revoked_at - timedelta(days=30)), critical=False)
    if issuer is not None:
        entry = entry.add_extension(x509.CertificateIssuer([x509.DirectoryName(issuer.subject)]), critical=True)
    return entry.build()


def _signed(builder: x509.CertificateRevocationListBuilder, encoding: serialization.Encoding) -> bytes:
    nobody = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"nobody").digest())
    return builder.sign(nobody, None).public_bytes(encoding)


def _ocsp(truth: Truth) -> bytes:
    """By hand, since a library would put the time of the machine into it (RFC 6960 section 4.2.1)."""
    issuer_der = truth.chain("rsa2048")[1]
    issuer = x509.load_der_x509_certificate(issuer_der)
    at = _time(truth.day - timedelta(hours=1))
    until = _tlv(0xA0, _time(truth.day + timedelta(days=3)))
    revoked = _tlv(0xA1, _time(truth.day - timedelta(days=2)) + _tlv(0xA0, _tlv(0x0A, b"\4")))
    answers = [("rsa2048", _tlv(0x80, b""), until), ("sha1", revoked, until), ("expired", _tlv(0x82, b""), b"")]
    single = b"".join(
        _tlv(0x30, _identifier(issuer, truth.chain(case)[0]) + status + at + more) for case, status, more in answers
    )
    by_key = _tlv(0xA2, _tlv(0x04, _key_hash(issuer)))
    data = _tlv(0x30, by_key + _time(truth.day) + _tlv(0x30, single))
    algorithm = _tlv(0x30, bytes.fromhex("06032b6570"))  # Ed25519
    basic = _tlv(0x30, data + algorithm + _tlv(0x03, bytes(65)) + _tlv(0xA0, _tlv(0x30, issuer_der)))
    kind = bytes.fromhex("06092b0601050507300101")
    return _tlv(0x30, _tlv(0x0A, b"\0") + _tlv(0xA0, _tlv(0x30, kind + _tlv(0x04, basic))))


def _identifier(issuer: x509.Certificate, der: bytes) -> bytes:
    serial = x509.load_der_x509_certificate(der).serial_number
    name = hashlib.sha1(issuer.subject.public_bytes()).digest()  # noqa: S324 - what responders are asked by
    sha1 = _tlv(0x30, bytes.fromhex("06052b0e03021a0500"))
    number = _tlv(0x02, serial.to_bytes(serial.bit_length() // 8 + 1))
    return _tlv(0x30, sha1 + _tlv(0x04, name) + _tlv(0x04, _key_hash(issuer)) + number)


def _key_hash(issuer: x509.Certificate) -> bytes:
    return x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest


def _time(moment: datetime) -> bytes:
    return _tlv(0x18, f"{moment:%Y%m%d%H%M%SZ}".encode())


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    octets = b"" if size < 0x80 else size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((tag, 0x80 | len(octets) if octets else size)) + octets + content
