"""What a CA of Microsoft's would say of the lab's certificates: PSPKI's list, certutil's CSV and its long form."""

from __future__ import annotations

import csv
import io
import re
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
    """The list; CSV and long form in English and, with other columns, as PowerShell redirects them."""
    issued = registered(truth, *_ISSUED)
    yield _sample("requests.txt", "PSPKI, `Get-IssuedRequest | Format-List`"), _listed(issued)
    yield _sample("view.csv", "`certutil -view ... csv` on an English console"), _csv(_english(issued))
    names = "RequestID,RequesterName,SerialNumber,NotAfter,CertificateHash"
    redirected = _csv(_few(issued)).decode().encode("utf-16")
    yield _sample("view_utf16.csv", f'`certutil -view -out "{names}" csv > file` in PowerShell 5'), redirected
    yield _sample("view.txt", "`certutil -view > file` on an English console"), _listing(issued).encode()
    german = _german_listing(issued).encode("utf-16")
    yield _sample("view_german_utf16.txt", f'`certutil -view -out "{names}" > file` in a German PowerShell 5'), german


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


_SCHEMA = """\
  Request.RequestID             Request ID                    Long    4 -- Indexed
  Request.RawRequest            Binary Request                Binary  65536
  Request.RawOldCertificate     Old Certificate               Binary  16384
  Request.RequestAttributes     Request Attributes            String  32768
  Request.StatusCode            Request Status Code           Long    4
  Request.Disposition           Request Disposition           Long    4 -- Indexed
  Request.DispositionMessage    Request Disposition Message   String  8192
  Request.SubmittedWhen         Request Submission Date       Date    8 -- Indexed
  Request.RevokedEffectiveWhen  Effective Revocation Date     Date    8 -- Indexed
  Request.RevokedReason         Revocation Reason             Long    4
  Request.RequesterName         Requester Name                String  2048 -- Indexed
  Request.CommonName            Request Common Name           String  8192
  Request.EndorsementCertificateHash  Endorsement Certificate Hash  String  144 -- Indexed
  RequestID                     Issued Request ID             Long    4 -- Indexed
  RawCertificate                Binary Certificate            Binary  16384
  CertificateHash               Certificate Hash              String  128 -- Indexed
  CertificateTemplate           Certificate Template          String  254 -- Indexed
  EnrollmentFlags               Template Enrollment Flags     Long    4
  SerialNumber                  Serial Number                 String  128 -- Indexed
  NotBefore                     Certificate Effective Date    Date    8
  NotAfter                      Certificate Expiration Date   Date    8 -- Indexed
  RawPublicKeyAlgorithmParameters  Public Key Algorithm Parameters  Binary  4096
  PublicKeyLength               Public Key Length             Long    4
  DistinguishedName             Issued Distinguished Name     String  8192
  CommonName                    Issued Common Name            String  8192 -- Indexed
"""
_GERMAN = """\
  RequestID                     Ausgestellte Anforderungs-ID  Long    4 -- Indiziert
  Request.RequesterName         Antragstellername             String  2048 -- Indiziert
  SerialNumber                  Seriennummer                  String  128 -- Indiziert
  NotAfter                      Ablaufdatum für Zertifikat    Date    8 -- Indiziert
  CertificateHash               Zertifikathash                String  128 -- Indiziert
"""


def _listing(issued: list[Registered]) -> str:
    """All of the columns that matter, with a request that was revoked and one that is pending."""
    rows = [_long_row(number, each) for number, each in enumerate(issued, 700)]
    waiting = {
        "Request ID": "0x31f (799)",
        "Request Disposition": "0x9 -- Under Submission",
        "Request Disposition Message": '"Taken Under Submission"',
        "Request Submission Date": "11/20/2026 8:30 AM",
        "Requester Name": f'"{_requester(799)}"',
        "Request Common Name": '"new.lab.example"',
    }
    head = ("Schema:", "Column Name", "Localized Name", "Type", "MaxLength")
    end = (
        "Maximum Row Index: {n}\n\n{n} Rows\n  90 Row Properties, Total Size = 9000, Max Size = 1600, Ave Size = 100\n"
    )
    done = "CertUtil: -view command completed successfully."
    return _long_form(head, _SCHEMA, "Row", [*rows, waiting], f"{end}{done}").replace("\n", "\r\n")


def _long_row(number: int, each: Registered) -> dict[str, str]:
    is_revoked = each.case == _REVOKED
    submitted = each.start + timedelta(minutes=10)
    request = f"\n-----BEGIN NEW CERTIFICATE REQUEST-----\n{'MIIC' * 16}\n-----END NEW CERTIFICATE REQUEST-----\n"
    said = {
        "Request ID": f"{number:#x} ({number})",
        "Binary Request": request,
        "Request Attributes": '"\ncdc:dc01.lab.example\n\nccm:ca01.lab.example"',
        "Request Status Code": "0x0 (WIN32: 0) -- The operation completed successfully.",
        "Request Disposition": "0x15 (21) -- Revoked" if is_revoked else "0x14 (20) -- Issued",
        "Request Disposition Message": '"Revoked by LAB\\carla.nowak"' if is_revoked else '"Issued"',
        "Request Submission Date": _american(submitted, seconds=False),
        "Requester Name": f'"{_requester(number)}"',
        "Issued Request ID": f"{number:#x} ({number})",
        "Binary Certificate": f"\n{each.pem}",
        "Certificate Hash": f'"{" ".join(wrap(each.sha1, 2))}"',
        "Certificate Template": f'"{_TEMPLATE}" LabWebServer',
        "Template Enrollment Flags": "0x20 (32)\n    CT_FLAG_AUTO_ENROLLMENT -- 20 (32)",
        "Serial Number": f'"{each.serial_hex}"',
        "Certificate Effective Date": _american(each.start, seconds=False),
        "Certificate Expiration Date": _american(each.end, seconds=False),
        "Public Key Algorithm Parameters": "\n0000    05 00                                              ..\n",
        "Public Key Length": f"{each.key_size:#x} ({each.key_size})",
        "Issued Distinguished Name": f'"{each.subject.rfc4514_string()}"',
        "Issued Common Name": f'"{each.common_name}"',
    }
    if is_revoked:
        said["Effective Revocation Date"] = _american(each.start + timedelta(days=21), seconds=False)
        said["Revocation Reason"] = "0x4 -- Reason: Superseded"
    return said


def _german_listing(issued: list[Registered]) -> str:
    rows = [
        {
            "Ausgestellte Anforderungs-ID": f"{number:#x} ({number})",
            "Antragstellername": f'"{_requester(number)}"',
            "Seriennummer": f'"{each.serial_hex}"',
            "Ablaufdatum für Zertifikat": f"{each.end:%d.%m.%Y %H:%M}",
            "Zertifikathash": f'"{" ".join(wrap(each.sha1, 2))}"',
        }
        for number, each in enumerate(issued, 700)
    ]
    head = ("Schema:", "Spaltenname", "Lokalisierter Name", "Typ", "Max. Länge")
    end = "Höchster Zeilenindex: {n}\n\n{n} Zeilen\nCertUtil: -view-Befehl wurde erfolgreich ausgeführt."
    return _long_form(head, _GERMAN, "Zeile", rows, end)


def _long_form(head: tuple[str, ...], schema: str, word: str, rows: list[dict[str, str]], end: str) -> str:
    """Every column of every row, ``EMPTY`` where it says nothing."""
    title, column, shown, kind, length = head
    rule = f"  {'-' * 28}  {'-' * 28}  {'-' * 6}  {'-' * 9}"
    text = f"{title}\n  {column:<28}  {shown:<28}  {kind:<6}  {length}\n{rule}\n{schema}\n"
    names = [re.split(r"\s{2,}", line.strip())[1] for line in schema.splitlines()]
    for number, row in enumerate(rows, 1):
        values = (f"  {name}: {row.get(name, 'EMPTY')}".replace(": \n", ":\n") for name in names)
        text += f"{word} {number}:\n" + "\n".join(values) + "\n\n"
    return text + end.format(n=len(rows)) + "\n"


def _american(time: datetime, *, seconds: bool = True) -> str:
    """As a console in the United States shows it: ``7/7/2023 9:35:52 AM``."""
    clock = f"{time.hour % 12 or 12}:{time:%M:%S}" if seconds else f"{time.hour % 12 or 12}:{time:%M}"
    return f"{time.month}/{time.day}/{time.year} {clock} {'AM' if time.hour < 12 else 'PM'}"


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()
