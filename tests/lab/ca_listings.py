"""The lab's authorities as the CCADB and a list of root stores would have them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography import x509

from tests.lab.authority import pem
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_csv
from tests.lab.truth import Truth

_RECORDS = (
    "CA Owner,Salesforce Record ID,Certificate Name,Parent Salesforce Record ID,Parent Certificate Name,"
    "Certificate Record Type,Subordinate CA Owner,Apple Status,Chrome Status,Microsoft Status,Mozilla Status,"
    "Status of Root Cert,Revocation Status,SHA-256 Fingerprint,Parent SHA-256 Fingerprint,Valid From (GMT),"
    "Valid To (GMT),Authority Key Identifier,Subject Key Identifier,Technically Constrained,Derived Trust Bits,"
    "Full CRL Issued By This CA,JSON Array of Partitioned CRLs,TLS Capable,TLS EV Capable,Code Signing Capable,"
    "S/MIME Capable,Country"
)
_INCLUDED = (
    "Owner,Certificate Issuer Organization,Certificate Issuer Organizational Unit,Common Name or Certificate Name,"
    "Certificate Serial Number,SHA-256 Fingerprint,Subject + SPKI SHA256,Valid From [GMT],Valid To [GMT],"
    "Public Key Algorithm,Signature Hash Algorithm,Trust Bits,Distrust for TLS After Date,"
    "Distrust for S/MIME After Date,EV Policy OID(s),Mozilla Applied Constraints,PEM Info"
)


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Three reports of the CCADB, rootca's list, and NSS's own file."""
    roots = [truth.chain(name)[0] for name in ("root-rsa", "root-ec")]
    issuing = [truth.chain(name)[1] for name in ("rsa2048", "p256")]
    pems = [[_sha256(der), pem(der).decode().strip()] for der in (*roots, *issuing)]
    columns = ("SHA-256 Fingerprint", "X.509 Certificate (PEM)")
    yield _sample("ccadb/pems.csv", "AllCertificatePEMsCSVFormat"), written_csv(columns, pems)
    records = [_record(der, None) for der in roots] + [_record(der, roots[at]) for at, der in enumerate(issuing)]
    yield _sample("ccadb/records.csv", "AllCertificateRecordsCSVFormat"), written_csv(_RECORDS.split(","), records)
    included = [_included(der) for der in roots]
    yield (
        _sample("ccadb/mozilla_included.csv", "IncludedCACertificateReportPEMCSV"),
        written_csv(_INCLUDED.split(","), included),
    )
    header = ("Vendor", "Name", "Serial", "KeyIdentifier", "NotBefore", "NotAfter", "SHA1", "SHA256")
    stores = [_stored(vendor, der) for vendor in ("Apple", "Google", "Mozilla") for der in roots]
    yield _sample("rootca/certificates.csv", "certificates.csv of TLS Inspector's rootca"), written_csv(header, stores)
    yield _sample("nss/certdata.txt", "NSS's certdata.txt"), _certdata(roots, issuing[0]).encode()


def _certdata(roots: list[bytes], distrusted: bytes) -> str:
    """One root that is trusted, one until a day, and an intermediate that is not, of which there is no certificate."""
    head = 'BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\nCKA_LABEL UTF8 "Lab Roots"\n'
    delegator, verify = "CKT_NSS_TRUSTED_DELEGATOR", "CKT_NSS_MUST_VERIFY_TRUST"
    until = "CKA_NSS_SERVER_DISTRUST_AFTER" + _octal(b"270630235959Z")
    objects = []
    for der, words, more in ((roots[0], delegator, []), (roots[1], delegator, [until]), (distrusted, None, [])):
        certificate = x509.load_der_x509_certificate(der)
        number = certificate.serial_number
        serial = number.to_bytes(number.bit_length() // 8 + 1, "big")
        who = [
            "CKA_ISSUER" + _octal(certificate.issuer.public_bytes()),
            "CKA_SERIAL_NUMBER" + _octal(bytes((2, len(serial))) + serial),
        ]
        label = f'CKA_LABEL UTF8 "{_common_name(certificate)}"'
        if words:
            value = ["CKA_VALUE" + _octal(der), "CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE"]
            after = "CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE"
            objects.append(["CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE", label, *who, *value, after])
        trust = [
            f"CKA_TRUST_SERVER_AUTH CK_TRUST {words or 'CKT_NSS_NOT_TRUSTED'}",
            f"CKA_TRUST_EMAIL_PROTECTION CK_TRUST {verify if words else 'CKT_NSS_NOT_TRUSTED'}",
            f"CKA_TRUST_CODE_SIGNING CK_TRUST {verify if words else 'CKT_NSS_NOT_TRUSTED'}",
            "CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE",
        ]
        sha1 = "CKA_CERT_SHA1_HASH" + _octal(hashlib.sha1(der).digest())  # noqa: S324 - the file has it
        objects.append(["CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST", label, sha1, *who, *more, *trust])
    return head + "".join("\n# An object\n" + "\n".join(lines) + "\n" for lines in objects)


def _octal(octets: bytes) -> str:
    digits = [f"\\{octet:03o}" for octet in octets]
    lines = ["".join(digits[at : at + 16]) for at in range(0, len(digits), 16)]
    return " MULTILINE_OCTAL\n" + "\n".join(lines) + "\nEND"


def _sample(path: str, what: str) -> Sample:
    return Sample(path, "the lab", INVENTED + what)


def _record(der: bytes, parent: bytes | None) -> list[str]:
    certificate = x509.load_der_x509_certificate(der)
    said = {
        "CA Owner": "Lab Example AG",
        "Salesforce Record ID": f"0018Z{_sha256(der)[:13]}",
        "Certificate Name": _common_name(certificate),
        "Parent Certificate Name": _common_name(x509.load_der_x509_certificate(parent)) if parent else "",
        "Certificate Record Type": "Intermediate Certificate" if parent else "Root Certificate",
        "Apple Status": "Not Included",
        "Chrome Status": "Included" if not parent else "Not Included",
        "Microsoft Status": "Not Included",
        "Mozilla Status": "Provided by CA" if parent else "Included",
        "Status of Root Cert": "Apple: Not Included; Google Chrome: Included; Mozilla: Included",
        "Revocation Status": "Not Revoked" if parent else "",
        "SHA-256 Fingerprint": _sha256(der),
        "Parent SHA-256 Fingerprint": _sha256(parent) if parent else "",
        "Valid From (GMT)": f"{certificate.not_valid_before_utc:%Y.%m.%d}",
        "Valid To (GMT)": f"{certificate.not_valid_after_utc:%Y.%m.%d}",
        "Technically Constrained": "false",
        "Derived Trust Bits": "Server Authentication;Client Authentication",
        "JSON Array of Partitioned CRLs": '["http://crl.lab.example/1.crl"]' if parent else "",
        "TLS Capable": "True",
        "Country": "Germany",
    }
    return [said.get(column, "") for column in _RECORDS.split(",")]


def _included(der: bytes) -> list[str]:
    certificate = x509.load_der_x509_certificate(der)
    said = {
        "Owner": "Lab Example AG",
        "Common Name or Certificate Name": _common_name(certificate),
        "Certificate Serial Number": f"{certificate.serial_number:X}",
        "SHA-256 Fingerprint": _sha256(der),
        "Valid From [GMT]": f"{certificate.not_valid_before_utc:%Y.%m.%d}",
        "Valid To [GMT]": f"{certificate.not_valid_after_utc:%Y.%m.%d}",
        "Trust Bits": "Websites;Email",
        "Distrust for TLS After Date": "2027.06.30",
        "EV Policy OID(s)": "Not EV",
        "PEM Info": f"'{pem(der).decode().strip()}'",
    }
    return [said.get(column, "") for column in _INCLUDED.split(",")]


def _stored(vendor: str, der: bytes) -> list[str]:
    certificate = x509.load_der_x509_certificate(der)
    return [
        vendor,
        certificate.subject.rfc4514_string(),
        f"{certificate.serial_number:X}",
        "",  # the lab's authorities have no key identifier
        f"{certificate.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
        f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        hashlib.sha1(der).hexdigest().upper(),  # noqa: S324 - the list has it
        _sha256(der),
    ]


def _sha256(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest().upper()


def _common_name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)
