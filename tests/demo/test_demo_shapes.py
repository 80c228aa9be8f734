"""The demo's exports have the shapes of the real ones: no key the real samples do not have."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from independent_reading import contents

pytestmark = pytest.mark.shared

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def paths(value: Json, prefix: str = "") -> Iterator[str]:
    """Every key of a JSON value by its path; the elements of an array share one."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield f"{prefix}.{key}"
            yield from paths(below, f"{prefix}.{key}")
    elif isinstance(value, list):
        for below in value:
            yield from paths(below, f"{prefix}[]")


def elements(document: ET.Element, path: str = "") -> Iterator[str]:
    """Every element of an XML document by its path, with attribute names and nmap's keys."""
    here = f"{path}/{document.tag}"
    if document.tag in {"table", "elem", "script"} and not document.attrib.get("key", "").startswith(("TLSv", "SSLv")):
        here += f"[{document.attrib.get('key', '')}{document.attrib.get('id', '')}]"
    yield here
    yield from (f"{here}@{name}" for name in document.attrib)
    for below in document:
        yield from elements(below, here)


def sample(shared: Path, *names: str) -> list[bytes]:
    return [(shared / "samples" / name).read_bytes() for name in names]


def test_sslyze(built, shared):
    real = {
        path
        for data in sample(
            shared,
            "scan/sslyze/lab_certinfo_24targets_sslyze6.3.1.json",
            "scan/sslyze/lab_full_one_host_sslyze6.3.1.json",
        )
        for path in paths(json.loads(data))
    }
    ours = {path for document in built.exports.sslyze for path in paths(document)}
    # the lab's servers take TLS 1.2 and 1.3 alone; what is accepted looks alike for every version
    ours, real = ({re.sub(r"(ssl|tls)_\d_\d_cipher", "cipher", path) for path in each} for each in (ours, real))
    assert ours <= real, ours - real
    # what is certainly read is there
    assert "[].as_pem" in {path[-9:] for path in ours}


def test_nmap(built, shared):
    documents = sample(shared, "scan/nmap/lab_24hosts_nmap7.93.xml", "scan/nmap/lab_ipv6_closed_nmap7.93.xml")
    real = {path for data in documents for path in elements(ET.fromstring(data))}  # noqa: S314
    ours = {path for document in built.exports.nmap for path in elements(document)}
    assert ours <= real, ours - real


def test_testssl_json(built, shared):
    real = json.loads(sample(shared, "scan/testssl/lab_mass_flat_testssl3.0.8.json")[0])
    real += json.loads(sample(shared, "scan/testssl/lab_rsa2048_flat_testssl3.0.8.json")[0])
    (ours,) = [json.loads(data) for name, data in contents(built.exports.folder / "scans/testssl") if "json" in name]
    assert set(paths(ours)) <= set(paths(real))
    assert {finding["id"] for finding in ours} <= {finding["id"] for finding in real}
    assert {finding["severity"] for finding in ours} <= {"OK", "INFO", "LOW", "MEDIUM", "HIGH", "CRITICAL", "WARN"}


def test_testssl_csv(built, shared):
    real = sample(shared, "scan/testssl/lab_mass_testssl3.0.8.csv")[0].decode()
    for name in built.exports.testssl_csv:
        ours = (built.exports.folder / "scans/testssl" / name).read_text()
        assert ours.splitlines()[0] == real.splitlines()[0]
        widths = {len(row) for row in csv.reader(io.StringIO(ours))}
        assert widths == {7}


def test_testssl_3_2(built, shared):
    """Suites and groups as 3.2 writes them: the same checks, and columns in the same places."""
    (real,) = sample(shared, "scan/testssl/baseline_default_testssl.csvfile")
    theirs = {row["id"]: row["finding"] for row in csv.DictReader(io.StringIO(real.decode()))}
    (ours,) = [rows for name, rows in built.exports.testssl_csv.items() if "-www-" in name]
    suites = {row["id"]: row["finding"] for row in ours if row["id"].startswith("cipher-")}
    assert {row["id"] for row in ours} - set(suites) <= set(theirs)
    shared_suites = suites.keys() & theirs.keys()
    assert len(shared_suites) == 4  # the others are for elliptic-curve keys
    for check in shared_suites:
        # what the key was exchanged with, in the column between, is another server's
        assert (suites[check][:52], suites[check][63:]) == (theirs[check][:52], theirs[check][63:])


def test_get_entries(built, shared):
    real = set(paths(json.loads(sample(shared, "ct/rfc6962_get_entries/live_google_argon2026h2.json")[0])))
    for _, data in contents(built.exports.folder / "ct" / "logs"):
        assert set(paths(json.loads(data))) == real


def test_crtsh(built, shared):
    real = json.loads(sample(shared, "ct/crtsh_json/ronin_example_org.json")[0])
    ours = json.loads(next((built.exports.folder / "ct").glob("crtsh-*")).read_bytes())
    assert [list(row) for row in ours] == [list(real[0])] * len(ours)
    # one row for the precertificate and one for the certificate, with one serial number
    serials = [row["serial_number"] for row in ours]
    assert {serials.count(serial) for serial in set(serials)} == {2}


def test_certcentral_orders(built, shared):
    real = set(paths(json.loads(sample(shared, "managers/digicert_certcentral/orders.json")[0])))
    ours = set(paths(json.loads((built.exports.folder / "ca/certcentral/orders.json").read_bytes())))
    assert ours == real


def test_certcentral_requests(built, shared):
    real = set(paths(json.loads(sample(shared, "managers/digicert_certcentral/certificate_request.json")[0])))
    ((_, data),) = [each for each in contents(built.exports.folder / "ca") if each[0] == "requests.json"]
    for request in json.loads(data):
        assert set(paths(request)) <= real


def test_certcentral_report(built):
    columns = list(built.exports.report[0])
    assert columns[0] == "order_id"
    assert columns[-1] == "has_duplicates"
    assert len(columns) == len(set(columns)) == 58


@pytest.mark.parametrize(
    ("ours", "real"),
    [
        ("dns/route53/route53.ListResourceRecordSets_1.json", "dns/route53_records.json"),
        ("managers/venafi/certificates.json", "venafi/certificate-details.json"),
    ],
)
def test_what_the_projects_own_samples_show(built, samples, ours, real):
    said = json.loads((built.exports.folder / ours).read_bytes())
    said = said["data"]["ResourceRecordSets"] if isinstance(said, dict) else said  # placebo puts it into `data`
    known = json.loads((samples / real).read_bytes())
    known = known["ResourceRecordSets"] if isinstance(known, dict) else known
    assert set(paths(said)) <= set(paths(known))


def test_caddy(built, samples):
    known = set(paths(json.loads(next((samples / "caddy").glob("*.json")).read_bytes())))
    stored = dict(contents(built.exports.folder / "files" / "caddy"))
    for name, data in stored.items():
        if name.endswith(".json"):
            assert set(paths(json.loads(data))) <= known
            assert name.replace(".json", ".crt") in stored


@pytest.mark.parametrize("table", ["cmdb_ci_server", "sys_user", "sys_user_group"])
def test_servicenow(built, shared, table):
    real = json.loads(sample(shared, f"ownership/servicenow_table_api/{table}.json")[0])["result"]
    known = {column for row in real for column in row}
    for row in built.exports.table(table):
        assert set(row) <= known
        for cell in row.values():
            # references are objects, everything else text; `display_value` is what the API adds on request
            assert isinstance(cell, str) or set(cell) <= {"link", "value", "display_value"}
