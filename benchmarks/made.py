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


def zeek_ssl(path: Path, size: int) -> None:
    """An ssl.log of Zeek 8: half of the connections show a chain of three, the rest are TLS 1.3, resumed or refused."""
    head, _ = _log("ssl.log")
    rng = random.Random(1816)  # noqa: S311 - always the same file
    chains = [",".join((_hash(f"leaf {n}"), _hash(f"ca {n % 300}"), _hash(f"root {n % 50}"))) for n in range(SERVERS)]
    suite = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\tx25519"

    def lines() -> Iterator[str]:
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

    _write(path, size, lines(), before=head, after="#close\t2026-11-23-10-00-00\n")


def zeek_x509(path: Path, size: int) -> None:
    """An x509.log of Zeek 8: certificates of the lab under other names, each logged again from time to time."""
    head, rows = _log("x509.log")
    rng = random.Random(1816)  # noqa: S311 - always the same file
    columns = head.splitlines()[-2].split("\t")[1:]
    at = {
        name: columns.index(name)
        for name in ("ts", "fingerprint", "certificate.serial", "certificate.subject", "san.dns")
    }

    def lines() -> Iterator[str]:
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

    _write(path, size, lines(), before=head, after="#close\t2026-11-23-10-00-00\n")


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
    "zeek ssl.log": zeek_ssl,
    "zeek x509.log": zeek_x509,
    "tlsx": tlsx,
    "httpx": httpx,
    "zgrab2": zgrab2,
    "certstream lite": certstream_lite,
    "sslyze": sslyze,
}


def _log(name: str) -> tuple[str, list[list[str]]]:
    """Header and rows of a log among the samples."""
    lines = (SAMPLES / "zeek" / name).read_text("utf-8").splitlines(keepends=True)
    rows = [line.rstrip("\n").split("\t") for line in lines if not line.startswith("#")]
    return "".join(lines[: next(at for at, line in enumerate(lines) if not line.startswith("#"))]), rows


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
