"""AWS, Azure Key Vault, Google Cloud, Vault and step-ca: what the generic rules cannot see."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from certanalytics.model import Alias, Finding, Record, Reject, Sighting, StatedCertificate
from certanalytics.sources import recognise
from certanalytics.sources._reading.held import owner_of

ARN = "arn:aws:acm:us-east-1:644160558196:certificate/291f52cc-1817-469f-918a-cccbb4f9a5fb"
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"


def rows(export):
    source = recognise(export)
    assert source is not None
    return list(source.read(export))


def of(kind, made):
    return [row for row in made if isinstance(row, kind)]


@pytest.mark.shared
def test_a_recorded_description_of_acm_in_full(sample):
    made = rows(sample("managers/aws_acm_recorded/test_acm_certificate_augment_acm.DescribeCertificate_1.json"))
    certificate = StatedCertificate(
        serial_hex="03a4c3cb0c37af11653a63dced955704",
        issuer_o="Amazon",  # no DN
        subject_dn="CN=foobar.com",
        subject_cn="foobar.com",
        san_dns=("foobar.com", "*.foobar.com"),
        key_algorithm="RSA",
        key_bits=2048,
        signature_algorithm="SHA256WITHRSA",
        signature_hash="sha256",
        extended_key_usage=("serverAuth", "clientAuth"),
    )
    (alias,), (record,), (place,) = of(Alias, made), of(Record, made), of(Sighting, made)
    assert (alias.alias, alias.certificate) == (ARN, certificate)
    assert (record.record_id, record.state, record.product, record.certificate) == (
        ARN,
        "ISSUED",
        "AMAZON_ISSUED",
        certificate,
    )
    assert place.resource == "arn:aws:cloudfront::644160558196:distribution/E3IM41Z1TUORKF"
    assert (place.kind, place.observed_at, place.time_basis) == ("config", datetime(2019, 5, 6, 18, 45, 10), "run")
    # 19:00 where it was recorded is midnight UTC; the recording does not say where that was.
    assert json.loads(record.attributes)["NotBefore"] == "2018-12-06T19:00:00"


@pytest.mark.shared
def test_times_of_the_cli_and_of_recordings_that_are_utc(sample):
    (record,) = of(Record, rows(sample("managers/aws_cli_examples/acm_describe-certificate.json")))
    assert record.certificate.not_after == datetime(2016, 11, 6, 12)
    assert record.requested_at == datetime(2015, 11, 6, 18, 41, 7)
    recorded = sample("managers/aws_acm_recorded/iam_delete_certificate_iam.ListServerCertificates_1.json")
    (record,) = of(Record, rows(recorded))
    assert record.certificate.not_after == datetime(2299, 12, 31, 21, 17, 9)


@pytest.mark.shared
def test_a_listener_names_the_certificate_it_serves(sample):
    (place,) = rows(sample("managers/aws_cli_examples/elbv2_describe-listeners_2.json"))
    assert place.chain == (StatedCertificate(alias="arn:aws:iam::123456789012:server-certificate/my-server-cert"),)
    assert (place.resource.rpartition("/")[2], place.port, place.host) == ("0467ef3c8400ae65", 443, None)


def test_a_request_without_certificate_and_a_certificate_without_known_state(written):
    listed = [
        {"CertificateArn": ARN, "DomainName": "a.example"},
        {"CertificateArn": ARN, "Status": "PENDING_VALIDATION", "NotAfter": None},
        {
            "CertificateArn": ARN,
            "Status": "ISSUED",
            "SubjectAlternativeNameSummaries": ["a.example"],
            "HasAdditionalSubjectAlternativeNames": True,
            "NotAfter": "2024-07-07T09:11:28+03:00",
            "KeyAlgorithm": "EC_prime256v1",
        },
        {"CertificateArn": "no ARN"},
    ]
    made = rows(written(json.dumps({"NextToken": "x", "CertificateSummaryList": listed})))
    assert [row.certificate for row in of(Record, made)] == [
        None,
        None,
        StatedCertificate(
            alias=ARN,
            not_after=datetime(2024, 7, 7, 6, 11, 28),
            key_algorithm="EC",
            key_curve="secp256r1",
            key_bits=256,
        ),
    ]
    assert [row.locator for row in of(Reject, made)] == ["CertificateSummaryList[3]"]


def test_tags_name_an_owner_only_where_the_key_clearly_says_so(written):
    assert owner_of({"Admin": "Alice", "creator": "bob", "project": "x", "owner": "helm"}).tag is None
    tags = [{"Key": "corp:Owner-Email", "Value": "ada@example.com"}, {"Key": "Team", "Value": "Shop"}]
    answer = {"ResourceTagMappingList": [{"ResourceARN": ARN, "Tags": tags}, {"ResourceARN": "arn:aws:ec2:x:1:i/2"}]}
    (record,) = rows(written(json.dumps(answer)))
    assert (record.owner_email, record.owner_name, record.certificate.alias) == ("ada@example.com", "Shop", ARN)


def test_an_exported_key_is_named_and_not_kept(written, samples):
    answer = json.loads((samples / "aws" / "acm_get.json").read_text()) | {"PrivateKey": KEY}
    made = rows(written(json.dumps(answer)))
    assert [row.check_id for row in of(Finding, made)] == ["private-key-in-file"]
    answer = json.loads((samples / "vault" / "sign.json").read_text())
    answer["data"] |= {"private_key": KEY, "private_key_type": "rsa"}
    made += rows(written(json.dumps(answer)))
    assert [row.text.split(":")[0] for row in of(Finding, made)][1:] == [
        "RSA PRIVATE KEY of a certificate issued by Vault"
    ]
    assert "MIIE\\n" not in repr(made)


def test_the_chain_of_vaults_own_ca_is_one_text(written, samples):
    answer = json.loads((samples / "vault" / "sign.json").read_text())
    issuer = answer["data"]["issuing_ca"]
    answer["data"] = {"certificate": issuer, "ca_chain": f"{issuer}\n{issuer}", "revocation_time": 0}
    record, place = rows(written(json.dumps(answer)))
    assert place.chain == (record.certificate,)


@pytest.mark.shared
def test_a_vault_says_when_it_answered(sample):
    cassette = sample("managers/azure_keyvault/KeyVaultCertificatesTest.test_key_vault_certificates_keyvault.json")
    first, second = rows(cassette)
    assert first.certificate == StatedCertificate(
        sha1="903588b088e14ce9d2a5bfb47242962db32cbf68",
        not_before=datetime(2022, 10, 20, 16, 56, 52),
        not_after=datetime(2023, 10, 20, 17, 6, 52),
    )
    assert (first.state, first.observed_at) == ("enabled", datetime(2022, 10, 20, 19, 47, 17))
    assert second.record_id == "https://cckeyvault1yghq6zt4ewg2e.vault.azure.net/certificates/cctest2"


@pytest.mark.shared
def test_a_pem_that_was_cut_is_a_reject_and_its_record_stays(sample):
    name = "certmanager-certificate-query__get-v1-projects-cloud-custodian-locations---certificates_1.json"
    made = rows(sample(f"managers/gcp_certs/{name}"))
    assert (len(of(Reject, made)), len(of(Record, made)), len(of(Sighting, made))) == (2, 2, 3)
    record = of(Record, made)[0]
    assert record.certificate == StatedCertificate(
        san_dns=("test-cert-1.example.com", "*.test-cert-1.example.com"), not_after=datetime(2024, 1, 15, 10, 30)
    )
    assert (record.state, record.owner_name) == ("ACTIVE", "cloud-custodian")


def test_a_serial_number_of_cloud_sql_is_decimal(written):
    one = {"kind": "sql#sslCert", "certSerialNumber": "1429316777", "sha1Fingerprint": "49A1" * 10, "commonName": "x"}
    (record,) = rows(written(json.dumps(one)))
    assert record.certificate == StatedCertificate(serial_hex="5531a4a9", sha1="49a1" * 10, subject_cn="x")
