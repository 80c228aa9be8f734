"""What Qualys would say of the lab's endpoints: detections as XML and CSV, certificates as CertView lists them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

_LONG = {
    "2.5.4.6": "countryName",
    "2.5.4.8": "stateOrProvinceName",
    "2.5.4.7": "localityName",
    "2.5.4.10": "organizationName",
    "2.5.4.11": "organizationalUnitName",
    "2.5.4.3": "commonName",
}
_SIGNATURES = {"1.2.840.113549.1.1.11": "sha256WithRSAEncryption", "1.2.840.113549.1.1.5": "sha1WithRSAEncryption"}
_OFFERED = (
    "CIPHER\tKEY-EXCHANGE\tAUTHENTICATION\tMAC\tENCRYPTION(KEY-STRENGTH)\tGRADE\n"
    "TLSv1.1 PROTOCOL IS DISABLED\t \t \t \t \t \n"
    "TLSv1.2 PROTOCOL IS ENABLED\t \t \t \t \t \n"
    "TLSv1.2\tCOMPRESSION METHOD\tNone\t \t \t \n"
    "ECDHE-RSA-AES256-GCM-SHA384\tECDH\tRSA\tAEAD\tAESGCM(256)\tHIGH\n"
)
_PROPERTIES = "NAME\tSTATUS\nTLSv1.2\t \nHeartbeat\tno"
_CASES = ("rsa4096", "sha1", "missing", "wrongorder")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """A report as XML and CSV, an answer of the detection API, and a page of CertView."""
    shape = "in the shape of a Qualys report around the lab's certificates"
    yield Sample("qualys/report.xml", "the lab", f"{shape}, XML"), _report(truth)
    yield Sample("qualys/detections.xml", "the lab", f"{INVENTED}host/vm/detection"), _detections(truth)
    yield Sample("qualys/report.csv", "the lab", f"{shape}, CSV with lines before the columns"), _csv(truth)
    page = [_listed(truth, number, case) for number, case in enumerate(("rsa2048", "p256", "selfsigned"))]
    yield Sample("qualys/certview.json", "the lab", f"{INVENTED}CertView's list of certificates"), written_json(page)


def _served(truth: Truth) -> Iterator[tuple[dict[str, Any], str]]:
    """Endpoints and the text of QID 86002."""
    for endpoint in truth.endpoints:
        if endpoint["case"] in _CASES:
            chain = truth.chain(endpoint["pem"].removesuffix(".pem"))
            yield endpoint, "NAME\tVALUE\n" + "\n".join(_text(number, der) for number, der in enumerate(chain))


def _text(number: int, der: bytes) -> str:
    certificate = x509.load_der_x509_certificate(der)
    serial, key = certificate.serial_number, certificate.public_key()
    signature = certificate.signature_algorithm_oid.dotted_string
    times = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    begins, ends = (f"{time:%b} {time.day} {time:%H:%M:%S %Y} GMT" for time in times)
    lines = [
        f"CERTIFICATE {number}\t ",
        "Version\t3 (0x2)",
        f"Serial Number\t {serial.to_bytes((serial.bit_length() + 7) // 8).hex(':')} ",
        f"Signature Algorithm\t{_SIGNATURES.get(signature, signature)}",
        f"ISSUER NAME\t \n{_name(certificate.issuer)}",
        f"SUBJECT NAME\t \n{_name(certificate.subject)}",
        f"Valid From\t{begins}",
        f"Valid Till\t{ends}",
    ]
    if isinstance(key, rsa.RSAPublicKey):
        lines += ["Public Key Algorithm\trsaEncryption", f"RSA Public Key\t({key.key_size} bit)"]
    lines.append("X509v3 EXTENSIONS\t \t")
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectAlternativeName):
            names = ", ".join(f"DNS:{name}" for name in value.get_values_for_type(x509.DNSName))
            lines.append(f"X509v3 Subject Alternative Name\t {names}")
        elif isinstance(value, x509.BasicConstraints):
            lines += ["X509v3 Basic Constraints\tcritical", f"\t CA:{str(value.ca).upper()}"]
    return "\n".join(f"({number}){line}" for line in lines)


def _name(name: x509.Name) -> str:
    return "\n ".join(f"{_LONG[part.oid.dotted_string]}\t{part.value}" for part in name)


def _report(truth: Truth) -> bytes:
    seen = f"{truth.day:%Y-%m-%d}T09:58:08Z"
    hosts = []
    for endpoint, text in _served(truth):
        found = "".join(
            f'<VULN_INFO><QID id="qid_{qid}">{qid}</QID><TYPE>{kind}</TYPE><PORT>{endpoint["port"]}</PORT>'
            f"<SERVICE>http over ssl</SERVICE><PROTOCOL>tcp</PROTOCOL><SSL>false</SSL>"
            f'<RESULT format="table"><![CDATA[{result}]]></RESULT><FIRST_FOUND>{seen}</FIRST_FOUND>'
            f"<LAST_FOUND>{seen}</LAST_FOUND><TIMES_FOUND>1</TIMES_FOUND></VULN_INFO>\n"
            for qid, kind, result in (
                ("86002", "Ig", text),
                ("38116", "Ig", _OFFERED),
                ("38706", "Ig", _PROPERTIES),
                ("45005", "Ig", "The ISP network handle is: LAB"),
            )
        )
        hosts.append(
            f"<HOST><IP>{endpoint['ip']}</IP><TRACKING_METHOD>DNS</TRACKING_METHOD>"
            f"<DNS><![CDATA[{endpoint['host']}]]></DNS><VULN_INFO_LIST>\n{found}</VULN_INFO_LIST></HOST>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE ASSET_DATA_REPORT SYSTEM "asset_data_report.dtd">\n'
        f"<ASSET_DATA_REPORT><HEADER><GENERATION_DATETIME>{seen}</GENERATION_DATETIME></HEADER>\n"
        f"<HOST_LIST>\n{''.join(hosts)}</HOST_LIST></ASSET_DATA_REPORT>\n"
    ).encode()


def _detections(truth: Truth) -> bytes:
    seen = f"{truth.day:%Y-%m-%d}T09:58:08Z"
    hosts = [
        f"<HOST><ID>{number}</ID><IP>{endpoint['ip']}</IP><DNS><![CDATA[{endpoint['host']}]]></DNS><DETECTION_LIST>\n"
        f"<DETECTION><QID>86002</QID><TYPE>Info</TYPE><SEVERITY>1</SEVERITY><PORT>{endpoint['port']}</PORT>"
        f"<PROTOCOL>tcp</PROTOCOL><SSL>0</SSL><RESULTS><![CDATA[{text}]]></RESULTS>"
        f"<LAST_FOUND_DATETIME>{seen}</LAST_FOUND_DATETIME></DETECTION>\n</DETECTION_LIST></HOST>\n"
        for number, (endpoint, text) in enumerate(_served(truth), 1)
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<HOST_LIST_VM_DETECTION_OUTPUT><RESPONSE>'
        f"<DATETIME>{seen}</DATETIME><HOST_LIST>\n{''.join(hosts)}</HOST_LIST></RESPONSE>"
        "</HOST_LIST_VM_DETECTION_OUTPUT>\n"
    ).encode()


def _csv(truth: Truth) -> bytes:
    columns = (
        *("IP", "Network", "DNS", "NetBIOS", "Tracking Method", "OS", "IP Status", "QID", "Title", "Vuln Status"),
        *("Type", "Severity", "Port", "Protocol", "FQDN", "SSL", "First Detected", "Last Detected", "Times Detected"),
        "Results",
    )
    seen = f"{truth.day:%m/%d/%Y} 09:58:08"
    rows: list[list[Any]] = [
        ["Lab Report", f"{truth.day:%m/%d/%Y} at 10:00:00 (GMT)"],
        ["Lab Example AG", "1 Lab Street", "Berlin", "None", "Germany"],
        [],
        [*columns],
    ]
    for endpoint, text in _served(truth):
        told = (
            ("86002", "SSL Certificate - Information", "Ig", "1", text),
            ("38116", "SSL Server Information Retrieval", "Ig", "1", _OFFERED),
            ("38706", "SSL/TLS Protocol Properties", "Ig", "1", _PROPERTIES),
        )
        rows += [
            [endpoint["ip"], "Global Default Network", endpoint["host"], "", "IP", "", "host scanned, found vuln", qid,
             title, "Active", kind, severity, endpoint["port"], "tcp", "", "yes", seen, seen, 1, result]
            for qid, title, kind, severity, result in told
        ]  # fmt: skip
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    return written.getvalue().encode()


def _listed(truth: Truth, number: int, case: str) -> dict[str, Any]:
    endpoint = next(endpoint for endpoint in truth.endpoints if endpoint["case"] == case)
    der = truth.chain(case)[0]
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return {
        "id": 5100 + number,
        "certhash": hashlib.sha256(der).hexdigest(),
        "keySize": getattr(key, "key_size", None),
        "publicKeyAlgorithm": "RSA" if isinstance(key, rsa.RSAPublicKey) else "ECC",
        "serialNumber": f"{certificate.serial_number:x}",
        "validToDate": _iso(ends),
        "validTo": int(ends.timestamp() * 1000),
        "validFromDate": _iso(begins),
        "validFrom": int(begins.timestamp() * 1000),
        "extendedValidation": False,
        "createdDate": f"{truth.day:%Y-%m-%d}T08:00:00.000Z",
        "dn": certificate.subject.rfc4514_string(),
        "subject": _parts(certificate.subject),
        "updateDate": f"{truth.day:%Y-%m-%d}T10:00:00.000Z",
        "lastFound": int((truth.day - datetime(1970, 1, 1)).total_seconds() * 1000) + 32_400_000,
        "imported": False,
        "selfSigned": certificate.issuer == certificate.subject,
        "issuer": _parts(certificate.issuer),
        "instanceCount": 1,
        "assetCount": 1,
        "sources": ["QUALYS"],
        "type": "Leaf",
        "subjectAlternativeNames": {"DNS Name": names.get_values_for_type(x509.DNSName)},
        "assets": [
            {
                "id": 77000 + number,
                "uuid": f"00000000-0000-4000-8000-{number:012}",
                "name": endpoint["host"],
                "primaryIp": endpoint["ip"],
                "operatingSystem": "Linux",
                "hostInstances": [
                    {
                        "id": 880 + number,
                        "port": endpoint["port"],
                        "fqdn": endpoint["host"],
                        "protocol": "tcp",
                        "service": "http",
                        "grade": "A",
                        "sslProtocols": ["TLSv1.2", "TLSv1.3"],
                    }
                ],
                "assetInterfaces": [{"hostname": endpoint["host"], "address": endpoint["ip"]}],
            }
        ],
    }


def _parts(name: x509.Name) -> dict[str, Any]:
    said = {_LONG[part.oid.dotted_string]: part.value for part in name}
    return {
        "organization": said.get("organizationName", ""),
        "locality": said.get("localityName", ""),
        "name": said.get("commonName", ""),
        "state": said.get("stateOrProvinceName", ""),
        "country": said.get("countryName", ""),
        "organizationUnit": [],
    }


def _iso(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.000Z"
