"""What a CA of Microsoft's would say of the lab's certificates: PSPKI's list, certutil's CSV in two languages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from textwrap import wrap

from tests.lab.facts import Registered, registered
from tests.lab.provenance import THE_LAB, Sample
from tests.lab.staff import INVENTED, STAFF
from tests.lab.truth import Truth

_CA = "ca01.lab.example\\Lab Issuing CA"
_TEMPLATE = "1.3.6.1.4.1.311.21.8.1.2.3.4.5.6"
_ISSUED = ("rsa2048", "p256", "wildcard", "expired", "sha1")
_REVOKED = "sha1"


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """The list, the CSV in English as UTF-8 and, with other columns, as PowerShell redirects it."""
    issued = registered(truth, *_ISSUED)
    yield _sample("requests.txt", "PSPKI, `Get-IssuedRequest | Format-List`"), _listed(issued)
    yield _sample("view.csv", "`certutil -view ... csv` on an English console"), _csv(_english(issued))
    names = "RequestID,RequesterName,SerialNumber,NotAfter,CertificateHash"
    redirected = _csv(_few(issued)).decode().encode("utf-16")
    yield _sample("view_utf16.csv", f'`certutil -view -out "{names}" csv > file` in PowerShell 5'), redirected


def _sample(name: str, what: str) -> Sample:
    return Sample(f"adcs/{name}", THE_LAB, f"{INVENTED}{what}")


def _requester(number: int) -> str:
    return f"LAB\\{STAFF[number % len(STAFF)].user_name}"


def _listed(issued: list[Registered]) -> bytes:
    lines = [""]
    for number, each in enumerate(issued, 700):
        submitted = each.start + timedelta(minutes=10)
        message = "Revoked by LAB\\carla.nowak" if each.case == _REVOKED else "Issued"
        fields = {
            "RequestID": str(number),
            "Request.StatusCode": "0",
            "Request.DispositionMessage": message,
            "Request.RequesterName": _requester(number),
            "Request.SubmittedWhen": _american(submitted),
            "Request.CommonName": each.common_name,
            "CertificateTemplate": _TEMPLATE,
            "RawCertificate": "\n".join([*wrap(each.base64, 64), ""]),
            "CertificateTemplateOid": f"Lab Web Server with a name that is long enough for two lines\n({_TEMPLATE})",
            "RowId": str(number),
            "ConfigString": _CA,
            "Table": "Request",
            "Properties": f"{{[RequestID, {number}], [Request.StatusCode, 0],\n[Request.RequesterName, LAB]...}}",
        }
        for name, value in fields.items():
            first, *more = value.split("\n")
            lines += [f"{name:<27}: {first}".rstrip(), *(" " * 29 + line for line in more)]
        lines.append("")
    return "\r\n".join(lines).encode()


def _english(issued: list[Registered]) -> list[list[str]]:
    header = (
        "Issued Request ID,Requester Name,Request Submission Date,Request Disposition,Request Disposition Message,"
        "Revocation Date,Revocation Reason,Issued Common Name,Certificate Template,Public Key Length,"
        "Certificate Effective Date,Certificate Expiration Date,Certificate Hash,Issued Distinguished Name,"
        "Serial Number"
    )
    rows = [header.split(",")]
    for number, each in enumerate(issued, 700):
        is_revoked = each.case == _REVOKED
        rows.append(
            [
                str(number),
                _requester(number),
                _american(each.start + timedelta(minutes=10), seconds=False),
                "21 -- Revoked" if is_revoked else "20 -- Issued",
                "Revoked by LAB\\carla.nowak" if is_revoked else "Issued",
                _american(each.start + timedelta(days=21), seconds=False) if is_revoked else "EMPTY",
                "0x4 (4) -- Superseded" if is_revoked else "EMPTY",
                each.common_name,
                f"{_TEMPLATE} LabWebServer",
                str(each.key_size),
                _american(each.start, seconds=False),
                _american(each.end, seconds=False),
                " ".join(wrap(each.sha1, 2)),
                each.subject.rfc4514_string(),
                each.serial_hex,
            ]
        )
    request = [""] * len(rows[0])
    submitted = _american(datetime(2026, 11, 20, 8, 30), seconds=False)
    request[0:5] = ["799", _requester(799), submitted, "9 -- Under Submission", "Taken Under Submission"]
    return [*rows, ["EMPTY" if cell == "" else cell for cell in request]]


def _few(issued: list[Registered]) -> list[list[str]]:
    header = ["Request ID", "Requester Name", "Serial Number", "Certificate Expiration Date", "Certificate Hash"]
    return [
        header,
        *(
            [str(number), _requester(number), each.serial_hex, _american(each.end), each.sha1]
            for number, each in enumerate(issued, 700)
        ),
    ]


def _american(time: datetime, *, seconds: bool = True) -> str:
    """As a console in the United States shows it: ``7/7/2023 9:35:52 AM``."""
    clock = f"{time.hour % 12 or 12}:{time:%M:%S}" if seconds else f"{time.hour % 12 or 12}:{time:%M}"
    return f"{time.month}/{time.day}/{time.year} {clock} {'AM' if time.hour < 12 else 'PM'}"


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()
