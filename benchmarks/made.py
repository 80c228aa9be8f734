"""Exports of any size, made from the lab's samples and seeded values: what the benchmarks read."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
SERVERS = 50_000
"""Servers an organisation of that size may have; popular ones come more often."""


def _connections() -> Iterator[str]:
    """Lines of an ssl.log of Zeek 8: half show a chain of three, the rest are TLS 1.3, resumed or refused."""
    rng = random.Random(1816)  # noqa: S311 - always the same file
    chains = [",".join((_hash(f"leaf {n}"), _hash(f"ca {n % 300}"), _hash(f"root {n % 50}"))) for n in range(SERVERS)]
    suite = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\tx25519"
    time = 1_795_424_400_000_000
    number = 0
    while True:
        number += 1
        time += rng.randrange(10_000)
        server = int(rng.random() ** 2 * SERVERS)
        how = rng.random()
        version, resumed, established, history = (
            ("TLSv12", "F", "T", "CsxknGIti") if how < 0.5
            else ("TLSv13", "F", "T", "CsiI") if how < 0.85
            else ("TLSv12", "T", "T", "CsiI") if how < 0.95
            else ("-", "F", "F", "C")
        )  # fmt: skip
        chain = f"{chains[server]}\t(empty)\tT" if how < 0.5 else "-\t-\t-"
        client = f"192.168.{rng.randrange(256)}.{number % 256}\t{rng.randrange(1024, 65_535)}"
        place = f"10.{server >> 8}.{server & 255}.{server % 200 + 1}\t443"
        yield (
            f"{time // 1_000_000}.{time % 1_000_000:06}\tC{number:017}\t{client}\t{place}\t{version}\t{suite}\t"
            f"server{server}.lab.example\t{resumed}\t-\th2\t{established}\t{history}\t{chain}\n"
        )


def _certificates() -> Iterator[str]:
    """Lines of an x509.log of Zeek 8: certificates of the lab under other names, each logged again now and then."""
    head, rows = _log("x509")
    rng = random.Random(1816)  # noqa: S311 - always the same file
    columns = _columns(head)
    at = {
        name: columns.index(name)
        for name in ("ts", "fingerprint", "certificate.serial", "certificate.subject", "san.dns")
    }
    time = 1_795_424_400_000_000
    while True:
        time += rng.randrange(10_000)
        server = int(rng.random() ** 2 * SERVERS)
        cells = list(rows[server % len(rows)])
        cells[at["ts"]] = f"{time // 1_000_000}.{time % 1_000_000:06}"
        cells[at["fingerprint"]] = _hash(f"leaf {server}")
        cells[at["certificate.serial"]] = f"{server + 1:032X}"
        cells[at["certificate.subject"]] = f"CN=server{server}.lab.example,O=Lab Example AG,C=DE"
        cells[at["san.dns"]] = f"server{server}.lab.example,www.server{server}.lab.example"
        yield "\t".join(cells) + "\n"


def _known_certificates() -> Iterator[str]:
    """Lines of a known_certs.log: each server once a day."""
    day = 0
    while True:
        for server in range(4 * SERVERS):
            time, address = 1_795_424_400 + 86_400 * day, f"10.{server >> 16}.{server >> 8 & 255}.{server & 255}"
            yield (
                f"{time}.{server % 10**6:06}\t{address}\t443\tCN=server{server}.lab.example,O=Lab Example AG,C=DE\t"
                f"CN=Lab Issuing CA R{server % 4},O=Lab Example AG,C=DE\t{server + 1:032X}\n"
            )
        day += 1


def _zeek(name: str, lines: Callable[[], Iterator[str]]) -> dict[str, Callable[[Path, int], None]]:
    """One log as TSV and as JSON."""

    def tsv(path: Path, size: int) -> None:
        _write(path, size, lines(), before=_log(name)[0], after="#close\t2026-11-23-10-00-00\n")

    def as_json(path: Path, size: int) -> None:
        head = _log(name)[0]
        columns, kinds = _columns(head), head.splitlines()[-1].split("\t")[1:]
        _write(path, size, (_object(columns, kinds, line) for line in lines()))

    return {f"zeek {name}.log": tsv, f"zeek {name}.json": as_json}


def _object(columns: list[str], kinds: list[str], line: str) -> str:
    """A line of a log as Zeek writes it where JSON is asked for."""
    record: dict[str, Any] = {}
    for column, kind, cell in zip(columns, kinds, line.rstrip("\n").split("\t"), strict=True):
        if cell != "-":
            record[column] = (
                [] if cell == "(empty)"
                else cell.replace("\\\\", "\\").split(",") if kind.startswith("vector")
                else float(cell) if kind == "time"
                else int(cell) if kind in {"port", "count"}
                else cell == "T" if kind == "bool"
                else cell.replace("\\\\", "\\")
            )  # fmt: skip
    return json.dumps(record, separators=(",", ":")) + "\n"


def tlsx(path: Path, size: int) -> None:
    """Lines of tlsx without certificates; a tenth of the targets refuse."""
    records = [json.loads(line) for line in (SAMPLES / "tlsx" / "lines.jsonl").read_text("utf-8").splitlines()]
    seen = [record for record in records if record["probe_status"]]
    rng = random.Random(1816)  # noqa: S311 - always the same file

    def lines() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            server = rng.randrange(4 * SERVERS)
            if rng.random() < 0.1:
                name = f"server{server}.lab.example"
                record = {**records[-1], "host": name, "sni": name}
            else:
                record = {**seen[server % len(seen)], **_looked_at(rng, number, server)}
                record |= {"ip": f"10.{server >> 16}.{server >> 8 & 255}.{server & 255}"}
            yield json.dumps(record, separators=(",", ":")) + "\n"

    _write(path, size, lines())


def httpx(path: Path, size: int) -> None:
    """Lines of httpx with what it saw of TLS."""
    records = [json.loads(line) for line in (SAMPLES / "httpx" / "lines.jsonl").read_text("utf-8").splitlines()]
    seen = [record for record in records if "tls" in record]
    rng = random.Random(1816)  # noqa: S311 - always the same file

    def lines() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            server = rng.randrange(4 * SERVERS)
            look = _looked_at(rng, number, server)
            record = seen[server % len(seen)]
            address = f"10.{server >> 16}.{server >> 8 & 255}.{server & 255}"
            found = {"timestamp": look.pop("timestamp"), "host": look["host"], "input": look["host"]}
            found |= {"url": f"https://{look['host']}", "host_ip": address, "a": [address]}
            yield json.dumps({**record, **found, "tls": {**record["tls"], **look}}, separators=(",", ":")) + "\n"

    _write(path, size, lines())


def _looked_at(rng: random.Random, number: int, server: int) -> dict[str, Any]:
    """What the tools of one house say of one look at a server."""
    name = f"server{server}.lab.example"
    time = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.{rng.randrange(10**9):09}"
    return {
        "timestamp": f"2026-11-23T{time}+05:30",
        "host": name,
        "sni": name,
        "serial": f"{server + 1:032X}",
        "subject_dn": f"CN={name}, O=Lab Example AG, C=DE",
        "subject_cn": name,
        "subject_an": [name, f"www.{name}"],
        "fingerprint_hash": {"md5": _hash(name)[:32], "sha1": _hash(name)[:40], "sha256": _hash(name)},
    }


def suricata(path: Path, size: int) -> None:
    """An eve.json in which every fifth event is of TLS; half of those show a certificate, the rest are TLS 1.3."""
    events = [json.loads(line) for line in (SAMPLES / "suricata" / "eve.json").read_text("utf-8").splitlines()]
    shown = [event for event in events if "fingerprint" in event.get("tls", {})]
    (flow,) = (event for event in events if event["event_type"] == "flow")
    rng = random.Random(1816)  # noqa: S311 - always the same file

    def lines() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            server = int(rng.random() ** 2 * SERVERS)
            seconds = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.{rng.randrange(10**6):06}"
            at = {"timestamp": f"2026-11-23T{seconds}+0200", "dest_ip": f"10.{server >> 8}.{server & 255}.1"}
            event, name = shown[server % len(shown)], f"server{server}.lab.example"
            digest, serial = _hash(name), f"{server + 1:016X}"
            tls = {
                **event["tls"],
                "subject": f"C=DE, O=Lab Example AG, CN={name}",
                "sni": name,
                "subjectaltname": [name],
            }
            tls |= {"fingerprint": ":".join(digest[at : at + 2] for at in range(0, 40, 2))}
            tls |= {"serial": ":".join(serial[at : at + 2] for at in range(0, 16, 2))}
            if rng.random() < 0.5:
                tls = {"sni": name, "version": "TLS 1.3"}
            record = {**flow, **at} if number % 5 else {**event, **at, "tls": tls}
            yield json.dumps(record, separators=(",", ":")) + "\n"

    _write(path, size, lines())


def zgrab2(path: Path, size: int) -> None:
    """Lines of ZGrab2's module for TLS, with what it takes certificates apart into; a tenth of the targets refuse."""
    records = [json.loads(line) for line in (SAMPLES / "zgrab2" / "tls.jsonl").read_text("utf-8").splitlines()]
    seen = [record for record in records if "result" in record.get("data", {}).get("tls", {})]
    (refused,) = (line for line in records if line.get("data", {}).get("tls", {}).get("status") == "connection-refused")
    rng = random.Random(1816)  # noqa: S311 - always the same file

    def lines() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            server = rng.randrange(4 * SERVERS)
            grab = (refused if rng.random() < 0.1 else seen[server % len(seen)])["data"]["tls"]
            if log := grab.get("result", {}).get("handshake_log"):
                sent = log["server_certificates"]
                leaf = {"raw": _numbered(sent["certificate"]["raw"], server)}
                parts = [_taken_apart(part, server) for part in (leaf, *sent.get("chain", []))]
                log = log | {"server_certificates": {"certificate": parts[0], "chain": parts[1:]}}
                grab = grab | {"result": {"handshake_log": log}}
            time = f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"
            record = {
                "ip": f"10.{server >> 16}.{server >> 8 & 255}.{server & 255}",
                "domain": f"server{server}.lab.example",
            }
            record["data"] = {"tls": grab | {"timestamp": f"2026-11-23T{time}-07:00"}}
            yield json.dumps(record, separators=(",", ":")) + "\n"

    _write(path, size, lines())


def certstream_lite(path: Path, size: int) -> None:
    """Messages of certstream's lite stream, each about another certificate."""
    read = [json.loads(line) for line in (SAMPLES / "certstream" / "lite.jsonl").read_text("utf-8").splitlines()]
    messages = [message for message in read if message["message_type"] == "certificate_update"]

    def lines() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            message = messages[number % len(messages)]
            name = f"server{number}.lab.example"
            digest = _hash(name).upper()
            colons = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
            leaf = message["data"]["leaf_cert"] | {
                "sha256": colons,
                "sha1": colons[:59],
                "fingerprint": colons[:59],
                "serial_number": digest[:32],
                "all_domains": [name, f"www.{name}"],
                "extensions": {"subjectAltName": f"DNS:{name}, DNS:www.{name}"},
                "subject": {"CN": name, "aggregated": f"/CN={name}"},
            }
            data = message["data"] | {"leaf_cert": leaf, "cert_index": number}
            yield json.dumps(message | {"data": data}, separators=(",", ":")) + "\n"

    _write(path, size, lines())


def _numbered(certificate: str, number: int) -> str:
    """A certificate with a serial number of its own, in base64; its signature no longer fits."""
    der = base64.b64decode(certificate)
    at = der.index(b"\x02\x14") + 2
    return base64.b64encode(der[: at + 4] + number.to_bytes(16) + der[at + 20 :]).decode()


def _taken_apart(certificate: dict[str, Any], number: int) -> dict[str, Any]:
    """What ZGrab2 says beside a certificate: about as much, in about as many members."""
    name = f"server{number}.lab.example"
    digests = (
        "fingerprint_md5",
        "fingerprint_sha1",
        "fingerprint_sha256",
        "tbs_fingerprint",
        "spki_subject_fingerprint",
    )
    subject = {"common_name": [name], "country": ["DE"], "organization": ["Lab Example AG"]}
    key = {"exponent": 65_537, "modulus": certificate["raw"][:344], "length": 2048}
    algorithm = {"name": "SHA256-RSA", "oid": "1.2.840.113549.1.1.11"}
    usage = {"digital_signature": True, "key_encipherment": True, "value": 5}
    parsed = {
        "version": 3,
        "serial_number": str(number),
        "signature_algorithm": algorithm,
        "names": [name, f"www.{name}"],
        "issuer": subject,
        "issuer_dn": f"CN={name}",
        "subject": subject,
        "subject_dn": f"CN={name}",
        "validity": {"start": "2026-10-24T00:00:00Z", "end": "2027-01-21T23:59:59Z", "length": 7_775_999},
        "subject_key_info": {"key_algorithm": {"name": "RSA"}, "rsa_public_key": key},
        "extensions": {"key_usage": usage, "subject_alt_name": {"dns_names": [name, f"www.{name}"]}},
        "signature": {"signature_algorithm": algorithm, "value": certificate["raw"][-344:], "valid": False},
        **{digest: _hash(f"{digest} {name}") for digest in digests},
    }
    return {"raw": certificate["raw"], "parsed": parsed}


def sslyze(path: Path, size: int) -> None:
    """One run of SSLyze over many servers: the results of the lab's, again and again under other names."""
    run = json.loads(gzip.decompress((SAMPLES / "sslyze" / "full.json.gz").read_bytes()))
    results = run.pop("server_scan_results")

    def parts() -> Iterator[str]:
        number = 0
        while True:
            result = results[number % len(results)]
            result["server_location"]["hostname"] = f"server{number}.lab.example"
            yield ("," if number else "") + json.dumps(result)
            number += 1

    members = json.dumps(run)[1:-1]
    _write(path, size, parts(), before=f'{{{members}, "server_scan_results": [', after="]}")


MADE: dict[str, Callable[[Path, int], None]] = {
    **_zeek("ssl", _connections),
    **_zeek("x509", _certificates),
    **_zeek("known_certs", _known_certificates),
    "tlsx": tlsx,
    "httpx": httpx,
    "suricata eve.json": suricata,
    "zgrab2": zgrab2,
    "certstream lite": certstream_lite,
    "sslyze": sslyze,
}


def _log(name: str) -> tuple[str, list[list[str]]]:
    """Header and rows of a log among the samples."""
    (path,) = (SAMPLES / "zeek").glob(f"{name}.*log*")
    content = path.read_bytes()
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines(keepends=True)
    rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    return "".join(lines[: next(at for at, line in enumerate(lines) if not line.startswith("#"))]), rows


def _columns(head: str) -> list[str]:
    return head.splitlines()[-2].split("\t")[1:]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, size: int, parts: Iterable[str], *, before: str = "", after: str = "") -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        written = stream.write(before)
        for part in parts:
            written += stream.write(part)
            if written >= size:
                break
        stream.write(after)
