"""CT log lists, CCADB reports and root stores: what the rules that hold for every source cannot see."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import datetime

import pytest

from certanalytics.model import CaListing, CtLog, Finding, Reject, Run, StatedCertificate
from certanalytics.sources._reading.signature import Head
from certanalytics.sources.files.certificate_files import certificate_file
from certanalytics.sources.transparency.ccadb import ccadb_csv
from certanalytics.sources.transparency.ct_log_answers import ct_get_roots, ct_log_proof
from certanalytics.sources.transparency.ct_log_lists import ct_log_list
from certanalytics.sources.transparency.nss_certdata import nss_certdata
from certanalytics.sources.transparency.revocations import crl, ocsp
from certanalytics.sources.transparency.rootca import rootca_csv

LISTS = {  # logs and tiled logs, counted with jq
    "apple_current_log_list.json": ("apple-ct-log-list", 135, 31),
    "bimi_v3_approved_logs_list.json": ("ct-log-list", 1, 0),
    "crtsh_v3_active_active_logs_list.json": ("ct-log-list", 71, 81),
    "google_v3_log_list.json": ("google-ct-log-list", 35, 21),
    "gstatic_v3_all_logs_list.json": ("google-ct-log-list", 42, 75),
    "loglist3.json": ("google-ct-log-list", 6, 0),
    "mimics_log_mimics_list.json": ("ct-log-list", 2, 0),
    "mozilla_v3_known_logs_list.json": ("ct-log-list", 26, 22),
}


@pytest.mark.shared
@pytest.mark.parametrize("name", LISTS)
def test_every_log_of_a_list_has_its_operator_and_kind(sample, name):
    system, rfc6962, tiled = LISTS[name]
    run, *logs = ct_log_list.read(sample(f"ct/log_lists/{name}"))
    assert isinstance(run, Run)
    assert [sum(log.kind == kind for log in logs) for kind in ("rfc6962", "static-ct-api")] == [rfc6962, tiled]
    assert {log.system for log in logs} == {system}
    assert all(log.operator and len(log.log_id) == 64 for log in logs)


@pytest.mark.shared
def test_a_log_in_full_and_its_later_state(sample):
    run, first, *_ = ct_log_list.read(sample("ct/log_lists/gstatic_v3_all_logs_list.json"))
    assert run == Run(tool_version="89.25", started_at=datetime(2026, 8, 20, 13, 34, 57))
    assert first == CtLog(
        locator="operators[0].logs[0]",
        system="google-ct-log-list",
        log_id="0e5794bcf3aea93e331b2c9907b3f790df9bc23d713225dd21a925ac61c54e21",
        description="Google 'Argon2026h1' log",
        operator="Google",
        url="https://ct.googleapis.com/logs/us1/argon2026h1/",
        state="rejected",
        state_since=datetime(2026, 7, 9, 13, 40),
        accepts_from=datetime(2026, 1, 1),
        accepts_until=datetime(2026, 7, 1),
        observed_at=datetime(2026, 8, 20, 13, 34, 57),
        time_basis="run",
    )
    _, mozilla, *_ = ct_log_list.read(sample("ct/log_lists/mozilla_v3_known_logs_list.json"))
    assert (mozilla.state, mozilla.state_since, mozilla.url) == ("usable", datetime(2025, 9, 22, 11, 29, 18), None)
    _, *apple = ct_log_list.read(sample("ct/log_lists/apple_current_log_list.json"))
    assert apple[0].operator == "StartCom"


def test_two_states_of_one_time_are_no_state(written):
    states = {name: {"timestamp": "2026-01-01T00:00:00Z"} for name in ("usable", "readonly")}
    log = {"log_id": "A" * 43 + "=", "url": "", "state": states}
    _, row = ct_log_list.read(written(json.dumps({"operators": [{"logs": [log], "name": "Lab"}]})))
    assert (row.state, row.state_since, row.operator) == (None, None, "Lab")


@pytest.mark.shared
def test_answers_without_certificates_say_so(sample):
    for name, what in {
        "rfc6962_get_entries/ctgo_scanner_FourEntrySTH": "get-sth",
        "rfc6962_other_endpoints/ctgo_AddJSONResp": "add-chain",
        "rfc6962_other_endpoints/ctgo_GetSTHConsistencyResp": "get-sth-consistency",
        "rfc6962_other_endpoints/ctgo_ProofByHashResp": "get-proof-by-hash",
    }.items():
        (row,) = ct_log_proof.read(sample(f"ct/{name}.json"))
        assert isinstance(row, Finding)
        assert what in row.text
    (row,) = ct_log_proof.read(sample("ct/static-ct-api/skylight-tree/checkpoint"))
    assert "checkpoint" in row.text
    (root,) = ct_get_roots.read(sample("ct/rfc6962_other_endpoints/ctgo_GetRootsResp.json"))
    assert root.programme.endswith("ctgo_GetRootsResp.json")


@pytest.mark.shared
def test_a_record_of_the_ccadb_in_full(sample):
    row, mozilla = ccadb_csv.read(sample("ct/ccadb/AllCertificateRecordsCSVFormat.test.csv"))
    assert row.certificate == StatedCertificate(
        sha256="c0ee0cced463096df07d27257af79c986ff92b678f669c109fff570f32ab433f",
        subject_key_id="ed1024c06b3c862d44fa7ca58fcc3927cedd47b7",
        authority_key_id="a397d6f35ea210e1ab459f3c17643cee01709ccc",
        not_before=datetime(2023, 3, 14),
        not_after=datetime(2032, 3, 11, 23, 59, 59),
    )
    assert (row.programme, row.ca_owner, row.record_type) == ("ccadb", "QuoVadis", "intermediate")
    assert row.parent_sha256.startswith("8a866fd1b276b57e")
    assert row.trust_bits == ("Client Authentication", "Secure Email", "Document Signing")
    assert row.revocation_status == "Not Revoked"
    assert json.loads(row.attributes)["tls capable"] == "False"
    assert (mozilla.programme, mozilla.status, mozilla.certificate) == ("mozilla", "Provided by CA", row.certificate)


@pytest.mark.shared
def test_the_certificates_mozilla_includes(sample):
    (row,) = ccadb_csv.read(sample("ct/ccadb/IncludedCACertificateReportPEMCSV.test.csv"))
    assert hashlib.sha256(row.certificate).hexdigest().startswith("96bcec06264976f3")
    assert (row.programme, row.status, row.trust_bits) == ("mozilla", "Included", ("Websites",))
    assert row.distrusted_after is None


@pytest.mark.shared
def test_every_pem_of_the_ccadb_is_the_certificate_of_its_fingerprint(sample):
    for year in (1994, 1999, 2026):
        export = sample(f"ct/ccadb/AllCertificatePEMsCSVFormat_NotBeforeYear_{year}.csv")
        assert not certificate_file.signature.matches(Head(export.head))
        with export.path.open(newline="") as stream:
            said = [row["SHA-256 Fingerprint"].lower() for row in csv.DictReader(stream)]
        assert [hashlib.sha256(row.certificate).hexdigest() for row in ccadb_csv.read(export)] == said


def test_reports_of_one_programme(written):
    microsoft = "Microsoft Status,CA Owner,CA Common Name or Certificate Name,SHA-1 Fingerprint,SHA-256 Fingerprint,"
    microsoft += "Microsoft EKUs,Valid From [GMT],Valid To [GMT],Public Key Algorithm,Signature Hash Algorithm\n"
    line = f"Disabled,Lab,Root,{'AB' * 20},{'CD' * 32},Server Authentication;Secure Email,2003 Dec 04,2023 Dec 04,"
    base, listed = ccadb_csv.read(written(f"{microsoft}{line}EC secp384r1,SHA384ECDSA\n"))
    assert (base.programme, base.status) == ("ccadb", None)
    assert (listed.programme, listed.status) == ("microsoft", "Disabled")
    assert listed.trust_bits == ("Server Authentication", "Secure Email")
    stated = listed.certificate
    assert (stated.key_algorithm, stated.key_curve, stated.key_bits) == ("EC", "secp384r1", None)
    assert (stated.signature_hash, stated.not_after) == ("sha384", datetime(2023, 12, 4, 23, 59, 59))


def test_version_5_of_the_records_as_a_mirror_sorts_them(written):
    header = "CA Owner,Certificate Record Type,Apple Status,Chrome Status,Microsoft Status,Mozilla Status,"
    header += "Revocation Status,SHA-256 Fingerprint,Parent SHA-256 Fingerprint,Valid From (GMT),Valid To (GMT),"
    header += "Subject Key Identifier,Trust Bits for Root Cert,Derived Trust Bits,JSON Array of All Full CRL URLs\n"
    line = f"Lab,Root Certificate,Blocked,Not Included,Included,Removed,,{'AB' * 32},,2018-05-17,2036-11-19,"
    line += 'RMARrVMnh/Q=,Server Authentication,,"[""http://crl.lab.example/1""]"\n'
    base, *programmes = ccadb_csv.read(written(header + line))
    assert (base.record_type, base.trust_bits) == ("root", ("Server Authentication",))
    assert base.certificate.not_after == datetime(2036, 11, 19, 23, 59, 59)
    assert base.certificate.subject_key_id == "44c011ad532787f4"
    assert {row.programme: row.status for row in programmes} == {
        "apple": "Blocked",
        "microsoft": "Included",
        "mozilla": "Removed",
    }


@pytest.mark.shared
def test_root_stores_side_by_side(sample):
    rows = list(rootca_csv.read(sample("managers/pkcs7_bundles/certificates.csv")))
    assert len(rows) == 675
    assert all(isinstance(row, CaListing) for row in rows)
    counts = {name: sum(row.programme == name for row in rows) for name in ("apple", "chrome", "microsoft", "mozilla")}
    assert counts == {"apple": 158, "chrome": 104, "microsoft": 214, "mozilla": 121}


def test_revocation_lists_and_certificate_files_do_not_overlap(repository, written):
    samples = repository / "data" / "samples"
    pem = (samples / "crl" / "both.pem").read_bytes()
    certificate = (samples / "truth" / "p256.pem").read_bytes()
    for content, known in ((pem, (True, False)), (pem + certificate, (False, True)), (certificate, (False, True))):
        head = Head(content)
        assert (crl.signature.matches(head), certificate_file.signature.matches(head)) == known
    assert not ocsp.signature.matches(Head((samples / "crl" / "issuing.crl").read_bytes()))
    *_, last = crl.read(written(pem + b"-----BEGIN EC PARAMETERS-----\nAAAA\n-----END EC PARAMETERS-----\n"))
    assert isinstance(last, Finding)


def certdata(samples):
    return (samples / "nss" / "certdata.txt").read_text()


def test_a_certificate_of_nss_and_the_trust_in_it_are_one_listing(samples, written):
    trusted, until, distrusted = nss_certdata.read(written(certdata(samples)))
    assert isinstance(trusted.certificate, bytes)
    assert (trusted.trust_bits, trusted.status, trusted.distrusted_after) == (
        ("SERVER_AUTH",),
        "CKT_NSS_TRUSTED_DELEGATOR",
        None,
    )
    # The time stands with the trust, where the certificate says CK_FALSE.
    assert until.distrusted_after == datetime(2027, 6, 30, 23, 59, 59)
    assert isinstance(distrusted.certificate, StatedCertificate)
    assert (distrusted.trust_bits, distrusted.status, distrusted.record_type) == ((), "CKT_NSS_NOT_TRUSTED", None)


def test_trust_that_stands_elsewhere_is_a_listing_of_its_own(samples, written):
    head, *objects = certdata(samples).split("# An object\n")
    apart = [objects[at] for at in (0, 2, 4, 1, 3)]
    rows = list(nss_certdata.read(written(head + "".join(apart))))
    assert [bool(row.trust_bits) for row in rows] == [False, False, False, True, True]
    assert rows[3].certificate.sha1 == hashlib.sha1(rows[0].certificate).hexdigest()  # noqa: S324 - as the file has it


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (
            "\\060\\",
            "\\999\\",
            [Reject, CaListing, CaListing, CaListing],
        ),  # the certificate alone: its trust still counts
        ("270630235959Z", "soon", [CaListing, Reject, CaListing]),
        ("CKA_VALUE MULTILINE_OCTAL", "CKA_VALUE UTF8", [Reject, CaListing, CaListing]),
    ],
)
def test_a_damaged_value_costs_its_object(samples, written, old, new, kinds):
    text = certdata(samples)
    for octets in ("270630235959Z", "soon"):
        octal = "".join(f"\\{octet:03o}" for octet in octets.encode())
        old, new = old.replace(octets, octal), new.replace(octets, octal)
    rows = list(nss_certdata.read(written(text.replace(old, new, 1))))
    assert [type(row) for row in rows] == kinds


def test_a_file_of_nss_that_is_cut_keeps_its_whole_objects(samples, written):
    text = certdata(samples)
    *whole, cut = nss_certdata.read(written(text[: text.rindex("CKA_SERIAL_NUMBER") + 60]))
    assert len(whole) == 2
    assert isinstance(cut, Reject)
