"""What the lab really served comes out of every scanner's file: host, address, port, SNI and SHA-256.

``data/samples/truth/truth.json`` is the truth; no reader had a part in it.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certanalytics import model
from certanalytics.sources import Export, exports, recognise

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ENDPOINTS = json.loads((SAMPLES / "truth" / "truth.json").read_text())["endpoints"]

WEB = {row["case"] for row in ENDPOINTS if row["starttls"] is None}
EVERYTHING = WEB | {"mail"}
OLD = {"p256", "wrongorder", "mail", "plain", "refused", "nowhere"}
FEW = {"dual", "plain", "refused", "sni", "wrongorder"}

COVERED = {
    "nmap/lab.xml": EVERYTHING,
    "nmap/verbose.xml": {"p256", "refused"},
    "sslscan/lab.xml.gz": WEB,
    "testssl/flat.json": WEB,
    "testssl/flat.csv": WEB,
    "testssl/pretty.json": FEW,
    "testssl/smtp.json": {"mail"},
    "sslyze/full.json.gz": WEB,
    "sslyze/certinfo.json.zst": WEB,
    "sslyze/smtp.json.zip": {"mail"},
    "sslyze_old/run3.json": OLD,
    "sslyze_old/run2.xml": OLD,
}
"""Which cases each file was made of (the commands stand in the README beside the samples)."""

CERTIFICATES_ONLY = {"nmap/verbose.xml", "sslyze/certinfo.json.zst", "sslyze/smtp.json.zip"}
"""Files of runs that did not ask for protocol versions."""

TOLD = {
    "nmap": {"plain": "not tls", "refused": "closed"},  # a name without an address leaves no trace
    "sslscan": {"plain": "not tls", "refused": "refused", "nowhere": "unresolvable"},
    "testssl": {"plain": "not tls", "refused": "refused", "nowhere": "unresolvable"},
    "sslyze": {"plain": "not tls", "refused": "refused", "nowhere": "unresolvable"},
    "sslyze_old": {"plain": "not tls", "refused": "refused", "nowhere": "unresolvable"},
}
"""What each scanner can tell of an endpoint that serves no certificate."""

every_file = pytest.mark.parametrize("file", COVERED)


def _rows(file: str) -> list[model.Row]:
    (export,) = exports(SAMPLES / file)
    assert isinstance(export, Export)
    source = recognise(export)
    assert source is not None
    return list(source.read(export))


def _served(file: str) -> dict[tuple[object, ...], set[tuple[str, ...]]]:
    """Chains served at every place a file covers, by host, address, port, STARTTLS and SNI."""
    places = defaultdict(set)
    for row in ENDPOINTS:
        if row["case"] in COVERED[file] and row["sha256"]:
            ip = None if file.startswith("sslscan") else row["ip"]  # it writes the name alone
            place = row["host"], ip, row["port"], row["starttls"], row["sni"]
            places[place].add(tuple(row["sha256"]))
    if file.startswith("sslyze/"):  # it also asks without SNI, where most servers give the same
        for *place, _ in list(places):
            places.setdefault((*place, None), places[(*place, place[0])])
    elif not file.startswith("sslyze_old/"):
        places = {place: {chain[:1] for chain in chains} for place, chains in places.items() if place[-1]}
    return dict(places)


@every_file
def test_every_certificate_served_comes_out_where_it_was_served(file):
    seen = defaultdict(set)
    for row in _rows(file):
        if isinstance(row, model.Sighting):
            chain = tuple(hashlib.sha256(der).hexdigest() for der in row.chain)
            seen[row.host, row.ip, row.port, row.starttls, row.sni].add(chain)
            assert row.kind == "scan"
    served = _served(file)
    assert seen.keys() == served.keys()
    for place, chains in served.items():
        one_of_two = (
            file.startswith(("nmap", "sslscan")) or place[-1] is None
        )  # where a client settles for one handshake
        assert seen[place] <= chains if one_of_two else seen[place] == chains


@every_file
def test_every_endpoint_without_a_certificate_is_counted(file):
    tool = file.partition("/")[0]
    told = {
        (row["host"], row["ip"], row["port"]): TOLD[tool][row["case"]]
        for row in ENDPOINTS
        if row["case"] in COVERED[file] and row["case"] in TOLD[tool]
    }
    if file == "testssl/pretty.json":  # the host name is lost there
        told = {(None, ip, port): outcome for (_, ip, port), outcome in told.items()}
    if tool == "sslyze_old":  # the address is lost there
        told = {(host, None, port): outcome for (host, _, port), outcome in told.items()}
    if tool == "sslscan":  # an address stands only in the error of a connection, a port not in that of a name
        lost = {"plain.lab.example": (None, 443), "nowhere.lab.example": (None, None)}
        told = {(host, *lost.get(host, (ip, port))): outcome for (host, ip, port), outcome in told.items()}
    scanned = {(row["host"], row["port"]) for row in ENDPOINTS} | {("nowhere.lab.example", None)}
    probes = [row for row in _rows(file) if isinstance(row, model.Probe)]
    # nmap was also sent to ports where nothing is
    counted = {
        (row.host, row.ip, row.port): row.outcome
        for row in probes
        if row.host is None or (row.host, row.port) in scanned
    }
    assert counted == told
    assert all(row.outcome == "closed" for row in probes if row.host and (row.host, row.port) not in scanned)


@pytest.mark.parametrize("file", [file for file in COVERED if file not in CERTIFICATES_ONLY])
def test_old_protocol_versions_are_seen_where_they_are_offered_and_nowhere_else(file):
    offered = {row.host: set(row.protocols) for row in _rows(file) if isinstance(row, model.EndpointTls)}
    assert offered.keys() == {row["host"] for row in ENDPOINTS if row["case"] in COVERED[file] and row["sha256"]}
    old = {"TLSv1.0", "TLSv1.1"}
    assert {host: old & versions for host, versions in offered.items() if old & versions} == (
        {"oldtls.lab.example": old} if "oldtls" in COVERED[file] else {}
    )


def _truth(name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificates((SAMPLES / "truth" / name).read_bytes())[0]


def _serial(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:040x}"


def test_the_log_holds_the_precertificate_and_the_certificate_of_one_issuance():
    precert, final = (row for row in _rows("ct/get_entries.json")[:2] if isinstance(row, model.CtEntry))
    assert (precert.entry_type, final.entry_type) == ("precert_entry", "x509_entry")
    assert x509.load_der_x509_certificate(precert.certificate) == _truth("precertificate.pem")
    assert x509.load_der_x509_certificate(final.certificate) == _truth("rsa2048.pem")
    scts = x509.PrecertificateSignedCertificateTimestamps
    (sct,) = _truth("rsa2048.pem").extensions.get_extension_for_class(scts).value
    assert precert.entry_timestamp == sct.timestamp


def test_search_results_name_certificates_of_the_lab():
    issued = {_serial(_truth(path.name)) for path in (SAMPLES / "truth").glob("*.pem")}
    results = [row for row in _rows("crtsh/rows.json") if isinstance(row, model.CtEntry)]
    assert len(results) == 9
    assert {row.certificate.serial_hex.zfill(40) for row in results} <= issued


def test_orders_name_certificates_of_the_lab():
    issued = {_serial(one): one for one in (_truth(path.name) for path in (SAMPLES / "truth").glob("*.pem"))}
    orders = [row for row in _rows("digicert/orders.csv") if isinstance(row, model.Record)]
    assert len(orders) == 5
    for order in orders:
        der = issued[order.certificate.serial_hex.zfill(40)].public_bytes(Encoding.DER)
        assert order.certificate.sha1 == hashlib.sha1(der).hexdigest()  # noqa: S324 - CertCentral's thumbprint
