"""What is revoked, worked out again from the lists, the responses and the orders with `cryptography`."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID
from independent_reading import contents, sha256

from certanalytics import demo
from certanalytics.demo.faults import revocation as faults


@pytest.fixture(scope="module")
def issuers(built):
    trust = contents(built.exports.folder / "files" / "trust")
    found = [certificate for _, data in trust for certificate in x509.load_pem_x509_certificates(data)]
    return {each.subject: each for each in found}


@pytest.fixture(scope="module")
def lists(built):
    found = {}
    for _, data in contents(built.exports.folder / "ca" / "crl"):
        read = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
        found[read(data).issuer] = read(data)
    return found


@pytest.fixture(scope="module")
def answers(built):
    return [ocsp.load_der_ocsp_response(data) for _, data in contents(built.exports.folder / "ca" / "ocsp")]


@pytest.fixture(scope="module")
def known(built):
    """Every certificate of scans and logs."""
    ders = {each for _, _, each in built.exports.served}
    ders |= {entry.certificate for entry in built.exports.entries if not entry.is_precert}
    return {sha256(each): x509.load_der_x509_certificate(each) for each in ders}


@pytest.fixture(scope="module")
def live(built, known):
    return {each: known[each] for each in built.truth.in_service if known[each].issuer != known[each].subject}


@pytest.fixture(scope="module")
def entries(known, lists):
    """The entry of each certificate that is on the list of its issuer."""
    found = {}
    for each, certificate in known.items():
        entry = certificate.issuer in lists and lists[certificate.issuer].get_revoked_certificate_by_serial_number(
            certificate.serial_number
        )
        if entry:
            found[each] = entry
    return found


def reason(entry):
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        return None


def naive(time):
    return time.replace(tzinfo=None)


def test_lists_are_signed_by_their_ca_and_numbered(lists, issuers):
    for name, found in lists.items():
        assert found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number > 0
        identifier = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        issuer = issuers[name]
        assert identifier == issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
        if found.signature_hash_algorithm.name != "sha1":  # which `cryptography` does not verify
            assert found.is_signature_valid(issuer.public_key())
        assert naive(found.last_update_utc) < demo.AS_OF


def test_revoked_and_in_service(built, live, entries):
    truth = built.truth.revocation
    revoked = {each: reason(entries[each]) for each in live if each in entries}
    assert revoked == truth.in_service
    planted = [each for reasons in faults.IN_SERVICE.values() for each in reasons]
    assert len(revoked) == len(planted) + faults.SINCE_THE_LAST_SCAN
    last = {certificate: built.exports.latest[place][0] for place, certificate in built.truth.endpoints.items()}
    after = sorted(each for each in revoked if last[each] > naive(entries[each].revocation_date_utc))
    assert tuple(after) == truth.after_revocation
    assert len(revoked) - len(after) == faults.SINCE_THE_LAST_SCAN


def test_reasons(built, entries):
    counts = Counter(reason(entry) or "not given" for entry in entries.values())
    assert counts == built.truth.revocation.reasons
    assert sum(counts.values()) == len(built.truth.revocation.in_service) + faults.REPLACED


def test_what_lists_and_responses_tell_of_the_rest(built, live, lists, answers, entries):
    truth = built.truth.revocation
    serials = {answer.serial_number for answer in answers if naive(answer.next_update_utc) > demo.AS_OF}
    good = {each for each, certificate in live.items() if certificate.serial_number in serials}
    assert tuple(sorted(good)) == truth.good
    states = defaultdict(int)
    for each, certificate in live.items():
        if each not in entries and each not in good:
            found = lists.get(certificate.issuer)
            states["none" if found is None else naive(found.next_update_utc) > demo.AS_OF] += 1
    assert (states[True], states[False], states["none"]) == (truth.listed, truth.list_ended, truth.not_told)
    ended = sorted(name.rfc4514_string() for name, found in lists.items() if naive(found.next_update_utc) < demo.AS_OF)
    assert tuple(ended) == truth.ended_lists
    assert len(ended) == 2


def test_responses_are_good_and_signed_by_the_ca_asked(answers, issuers, known):
    identifier = x509.SubjectKeyIdentifier
    by_key = {each.extensions.get_extension_for_class(identifier).value.digest: each for each in issuers.values()}
    by_serial = {certificate.serial_number: certificate for certificate in known.values()}
    assert len(answers) == 3
    for answer in answers:
        assert answer.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
        issuer = by_key[answer.issuer_key_hash]
        asked = by_serial[answer.serial_number]
        assert issuer.subject == asked.issuer
        places = asked.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        assert AuthorityInformationAccessOID.OCSP in {place.access_method for place in places}
        assert answer.responder_key_hash == answer.issuer_key_hash
        digest = hashes.Hash(hashes.SHA1())  # noqa: S303  # CertID names the issuer so (RFC 6960 section 4.1.1)
        digest.update(issuer.subject.public_bytes())
        assert answer.issuer_name_hash == digest.finalize()
        issuer.public_key().verify(
            answer.signature, answer.tbs_response_bytes, ec.ECDSA(answer.signature_hash_algorithm)
        )


def test_orders_say_the_same(built, entries, known, lists):
    """The portal and the list of its CA name the same certificates as revoked."""
    status = {int(row["serial_number"], 16): row["status"] for row in built.exports.report}
    portal = {certificate.serial_number for certificate in known.values() if certificate.serial_number in status}
    revoked = {serial for serial in portal if status[serial] == "revoked"}
    assert revoked == {known[each].serial_number for each in entries if known[each].serial_number in portal}
    assert len(revoked) == len(faults.IN_SERVICE["portal-ov"]) + faults.REPLACED
