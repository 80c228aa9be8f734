"""The two readers of ZGrab2, and of the certificates in its lines."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest
from nasty_records import NASTY_JSON, changed, lines_of, paths_of, records_of, varied

from certanalytics import bulk_held


def grabs(samples: Path) -> list[object]:
    """Lines of ZGrab2 of every kind: those of the lab, and their handshakes as other modules show them."""
    lines = records_of(samples / "zgrab2" / "tls.jsonl", samples / "zgrab2" / "multiple.jsonl")
    for line in lines:  # what nobody reads
        for grab in line.get("data", {}).values():
            for part in ("certificate", "chain"):
                sent = grab.get("result", {}).get("handshake_log", {}).get("server_certificates", {}).get(part, [])
                for certificate in sent if isinstance(sent, list) else [sent]:
                    certificate.pop("parsed", None)
    log = lines[1]["data"]["tls"]["result"]["handshake_log"] | {"client_hello": {"server_name": "p256.lab.example"}}
    url = {"scheme": "https", "host": "p256.lab.example:8443", "path": "/"}
    web = {"response": {"status_code": 200, "request": {"url": url, "tls_log": {"handshake_log": log}}}}
    plainly = {"response": {"status_code": 200, "request": {"url": url | {"scheme": "http"}}}}
    results = [
        ("success", "http", web),
        ("success", "http", plainly),
        ("success", "imap", {"starttls": "a001 OK", "tls": {"handshake_log": log}}),
        ("success", "ftp", {"auth_tls": "500 what?", "auth_ssl": "", "banner": "220"}),
        ("success", "mssql", {"tls": {"handshake_log": log}, "version": "1"}),
        ("protocol-error", "postgres", None),
        ("io-timeout", "http", None),
        ("success", "amqp091", {"tls": {"handshake_log": log}}),
        ("unknown-error", "tls", None),
        ("unknown-error", "tls", {"handshake_log": {"client_hello": {"server_name": "a.example"}}}),
    ]
    for number, (status, module, result) in enumerate(results):
        grab = {"status": status, "protocol": module, "port": 443 + number % 2, "timestamp": "2026-11-23T09:00:00Z"}
        grab |= {"result": result} if result else {"error": "read tcp: i/o timeout"}
        lines.append({"ip": f"10.0.0.{number}", "data": {f"{module}-{number}": grab}})
    key = "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkqhkiG9w0BAQEFAASC -----END PRIVATE KEY-----"
    lines[-2]["data"]["tls-8"]["error"] = f"tls: unexpected {key} from server"  # which no row keeps
    both = {**lines[-10]["data"], **lines[-8]["data"]}
    lines.append({"ip": "10.0.1.1", "data": {**both, "tls": lines[0]["data"]["tls"]}})
    lines.append({"ip": "10.0.1.2", "data": {**both, "tls": lines[0]["data"]["tls"], "more": lines[-2]["data"]}})
    return lines


def test_samples_of_zgrab2(compare, samples):
    assert compare(sorted((samples / "zgrab2").iterdir())) == {"tls.jsonl", "multiple.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_zgrab2(compare, shared):
    files = sorted((shared / "samples" / "scan" / "zgrab2").glob("*.json"))
    assert compare(files) == {file.name for file in files}


def test_nasty_grabs(compare, compare_together, samples, tmp_path):
    lines = grabs(samples)
    file = tmp_path / "scalars.jsonl"
    file.write_bytes(lines_of(varied(lines[6:], 3)))
    assert compare([file]) == {file.name}
    rng = random.Random(1816)  # noqa: S311 - always the same
    bodies = []
    for _ in range(12):
        record = rng.choice(lines)
        path = rng.choice(paths_of(record))
        values = [value for value in NASTY_JSON if isinstance(value, list | dict)]
        above = path[: rng.randrange(1, len(path) + 1)]
        bodies.append(lines_of([*lines, changed(record, above, rng.choice([*values, "a", None]))]))
    compare_together(bodies)


@pytest.mark.parametrize("at_a_time", [2, 10_000])
def test_certificates_that_are_none(compare, samples, tmp_path, monkeypatch, at_a_time):
    """What stands beside a damaged one is kept where another record holds it too, and not where none does."""
    monkeypatch.setattr(bulk_held, "_AT_A_TIME", at_a_time)
    lines = [line for line in grabs(samples)[:6] if "result" in line["data"]["tls"]]
    where = ("data", "tls", "result", "handshake_log", "server_certificates")
    sent = lines[0]["data"]["tls"]["result"]["handshake_log"]["server_certificates"]
    whole = base64.b64decode(sent["certificate"]["raw"])
    bad = [
        *("", "MII", "AAAA", "not base64", base64.b64encode(whole[:-9]).decode(), base64.b64encode(whole[4:]).decode()),
        base64.b64encode(whole.replace(b"\x02\x14", b"\x04\x14", 1)).decode(),
    ]
    at = whole.index(b"\x02\x14") + 2  # its serial number
    pool = [base64.b64encode(whole[: at + 4] + n.to_bytes(16) + whole[at + 20 :]).decode() for n in range(60)]
    rng = random.Random(at_a_time)  # noqa: S311 - always the same
    files = []
    for number in range(3):
        made = []
        for _ in range(30):
            texts = rng.sample(pool, rng.randrange(1, 4)) + rng.sample(bad, rng.random() < 0.3)
            leaf, *chain = rng.sample(texts, len(texts))
            sent = {"certificate": {"raw": leaf}, "chain": [{"raw": text} for text in chain]}
            made.append(changed(lines[0], where, sent))
        files.append(tmp_path / f"{number}.jsonl")
        files[-1].write_bytes(lines_of([*lines[: number % 2], *made]))
    assert compare(files) == {file.name for file in files}
