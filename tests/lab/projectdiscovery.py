"""The lab's endpoints as lines of tlsx and httpx."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.lab.facts import CN, Facts, O, attribute, endpoint, reversed_dn, served
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth

Json = dict[str, Any]

_CASES = ("rsa2048", "p384", "ed25519", "wildcard", "nosan", "expired")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """tlsx as it writes by default, with certificates and chains, as an array and from CT logs; httpx."""
    targets = [_handshake(truth, case, number) for number, case in enumerate(_CASES)]
    yield _sample("tlsx/lines.jsonl", "tlsx -json -probe-status"), _lines([*targets, *_failures(truth)])
    full = [_handshake(truth, case, number, full=True) for number, case in enumerate(("wrongorder", "p256", "sha1"))]
    full[1]["chain"].insert(0, {key: full[1][key] for key in full[1]["chain"][0]})  # openssl shows the leaf again
    full[1]["tls_connection"] = "openssl"
    full[2] |= {
        "version_enum": ["tls10", "tls12"],
        "cipher_enum": [
            {"version": "tls10", "ciphers": {"weak": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}},
            {"version": "tls12", "ciphers": {"secure": ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}},
        ],
    }
    yield (
        _sample("tlsx/full.json", "an array of tlsx -json -cert -tls-chain -version-enum -cipher-enum"),
        (written_json(full)),
    )
    yield _sample("tlsx/ctlogs.jsonl", "tlsx -ctlogs -json"), _lines(_logged(truth))
    records = [_http(truth, "plain", 0, None), _http(truth, "rsa2048", 1, targets[0])]
    redirected = _http(truth, "p384", 2, targets[1])
    redirected["url"] = redirected["input"] = "https://refused.lab.example"
    redirected["host_ip"] = endpoint(truth, "refused")["ip"]
    failed = {
        "timestamp": _time(truth, 3),
        "url": "https://refused.lab.example",
        "input": "refused.lab.example",
        "error": "dial tcp 127.0.0.33:443: connect: connection refused",
        "words": 0,
        "lines": 0,
        "status_code": 0,
        "content_length": 0,
        "failed": True,
    }
    yield (
        _sample("httpx/lines.jsonl", "httpx -tls-grab -json -probe -follow-redirects"),
        (_lines([*records, redirected, failed])),
    )


def _sample(path: str, what: str) -> Sample:
    return Sample(path, "the lab", f"{INVENTED}`{what}`")


def _lines(values: Iterable[Json]) -> bytes:
    return "".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values).encode()


def _time(truth: Truth, number: int) -> str:
    """Local time with nanoseconds, as Go writes it."""
    return f"{truth.day.date().isoformat()}T14:{number:02}:59.799053123+05:30"


def _handshake(truth: Truth, case: str, number: int, *, full: bool = False) -> Json:
    row = endpoint(truth, case)
    chain = served(truth, row)
    return {
        "timestamp": _time(truth, number),
        "host": row["host"],
        "ip": row["ip"],
        "port": str(row["port"]),
        "probe_status": True,
        "tls_version": "tls13",
        "cipher": "TLS_AES_128_GCM_SHA256",
        "key_exchange": "X25519",
        **_certificate(chain[0], full=full),
        "tls_connection": "ctls",
        **({"chain": [_certificate(part, full=True) for part in chain[1:]]} if full else {}),
        "sni": row["sni"],
    }


def _certificate(part: Facts, *, full: bool) -> Json:
    said = {
        "not_before": f"{part.start.isoformat()}Z",
        "not_after": f"{part.end.isoformat()}Z",
        "subject_dn": reversed_dn(part.subject),
        "subject_cn": attribute(part.subject, CN),
        "subject_org": [name] if (name := attribute(part.subject, O)) else None,
        "subject_an": part.dns_names or None,
        "serial": part.serial.to_bytes((part.serial.bit_length() + 7) // 8).hex(":").upper(),
        "issuer_dn": reversed_dn(part.issuer),
        "issuer_cn": attribute(part.issuer, CN),
        "issuer_org": [name] if (name := attribute(part.issuer, O)) else None,
        "fingerprint_hash": {"md5": part.md5, "sha1": part.sha1, "sha256": part.sha256},
        "certificate": part.pem if full else None,
    }
    return {key: value for key, value in said.items() if value}


def _failures(truth: Truth) -> Iterator[Json]:
    errors = {
        "refused": "connect: connection refused",
        "nowhere": "could not resolve host: no address found for host",
        "plain": "tls: first record does not look like a TLS handshake",
    }
    for case, error in errors.items():
        row = endpoint(truth, case)
        yield {"host": row["host"], "port": "443", "probe_status": False, "error": error, "sni": row["sni"]}


def _logged(truth: Truth) -> Iterator[Json]:
    for number, case in enumerate(("rsa2048", "p256")):
        (leaf, *_) = served(truth, endpoint(truth, case))
        yield {
            "timestamp": _time(truth, number),
            "host": leaf.dns_names[0],
            "port": "443",
            "probe_status": True,
            **_certificate(leaf, full=False),
            "serial": str(leaf.serial),
            "ctl_source": "lab_2026",
            "ctl_index": 7_000 + number,
        }


def _http(truth: Truth, case: str, number: int, handshake: Json | None) -> Json:
    row = endpoint(truth, case)
    scheme = "https" if handshake else "http"
    tls = {key: value for key, value in (handshake or {}).items() if key not in {"timestamp", "ip"}}
    return {
        "timestamp": _time(truth, number),
        **({"tls": tls} if handshake else {}),
        "port": str(row["port"]),
        "url": f"{scheme}://{row['host']}",
        "input": row["host"],
        "scheme": scheme,
        "method": "GET",
        "host": row["host"],
        "host_ip": row["ip"],
        "path": "/",
        "a": [row["ip"]],
        "words": 3,
        "lines": 2,
        "status_code": 200,
        "content_length": 36,
        "failed": False,
    }
