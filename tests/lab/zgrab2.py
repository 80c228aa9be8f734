"""The lab's endpoints as lines of ZGrab2."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any

from tests.lab.facts import CN, Facts, attribute, dn, endpoint, served
from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED
from tests.lab.truth import Truth

Json = dict[str, Any]

_CASES = ("rsa2048", "p256", "selfsigned", "missing", "wrongorder", "rsa1024")


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Handshakes, several modules in one line, and a web server that redirects."""
    lines = [_target(truth, case, number, _tls(truth, case)) for number, case in enumerate(_CASES)]
    failed = {
        "refused": ("connection-refused", "dial tcp 127.0.0.33:443: connect: connection refused"),
        "plain": ("unknown-error", "tls: first record does not look like a TLS handshake"),
    }
    for number, (case, (status, error)) in enumerate(failed.items(), 10):
        grab = {"status": status, "protocol": "tls", "port": 443, "timestamp": _time(truth, number), "error": error}
        lines.append(_place(truth, case) | {"data": {"tls": grab}})
    unresolved = {"domain": "nowhere.lab.example", "error": "lookup nowhere.lab.example: no such host"}
    yield _sample("tls.jsonl", "zgrab2 tls"), _lines([*lines, unresolved])
    mail = _grab(truth, "smtp", 25, {"starttls": "220 2.0.0 Ready", "tls": {"handshake_log": _log(truth, "mail")}})
    spoken = {"version": "2.0", "software": "OpenSSH_9.2"}
    several = _place(truth, "mail") | {"data": {"smtp": mail, "ssh": _grab(truth, "ssh", 22, {"server_id": spoken})}}
    yield _sample("multiple.jsonl", "zgrab2 multiple"), _lines([several, _web(truth)])


def _sample(name: str, what: str) -> Sample:
    return Sample(f"zgrab2/{name}", "the lab", f"{INVENTED}`{what}`")


def _lines(values: Iterable[Json]) -> bytes:
    return "".join(json.dumps(value, separators=(",", ":")) + "\n" for value in values).encode()


def _time(truth: Truth, number: int = 0) -> str:
    return f"{truth.day.date().isoformat()}T02:{number:02}:49-07:00"


def _place(truth: Truth, case: str) -> Json:
    row = endpoint(truth, case)
    return {"ip": row["ip"], "domain": row["host"]}


def _grab(truth: Truth, module: str, port: int, result: Json, number: int = 0) -> Json:
    return {
        "status": "success",
        "protocol": module,
        "port": port,
        "result": result,
        "timestamp": _time(truth, number),
    }


def _target(truth: Truth, case: str, number: int, result: Json) -> Json:
    port = endpoint(truth, case)["port"]
    return _place(truth, case) | {"data": {"tls": _grab(truth, "tls", port, result, number)}}


def _tls(truth: Truth, case: str) -> Json:
    return {"handshake_log": _log(truth, case), "handshake_completed_successfully": True}


def _log(truth: Truth, case: str) -> Json:
    leaf, *others = served(truth, endpoint(truth, case))
    sent: Json = {"certificate": _certificate(leaf)}
    if others:
        sent["chain"] = [_certificate(part) for part in others]
    return {
        "server_hello": {
            "version": {"name": "TLSv1.2", "value": 771},
            "cipher_suite": {"hex": "0xC02F", "name": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "value": 49199},
        },
        "server_certificates": sent | {"validation": {"browser_trusted": False}},
        "server_key_exchange": {"ecdh_params": {"curve_id": {"name": "secp256r1", "id": 23}}},
    }


def _certificate(part: Facts) -> Json:
    return {
        "raw": base64.b64encode(part.der).decode(),
        "parsed": {
            "serial_number": str(part.serial),
            "issuer_dn": dn(part.issuer),
            "subject": {"common_name": [attribute(part.subject, CN)]},
            "validity": {"start": f"{part.start.isoformat()}Z", "end": f"{part.end.isoformat()}Z"},
            "fingerprint_sha256": part.sha256,
        },
    }


def _web(truth: Truth) -> Json:
    """A server asked in plain text that sent the client to another host."""
    other = endpoint(truth, "p384")
    first = {"status_code": 301, "request": {"url": {"scheme": "http", "host": "plain.lab.example:443", "path": "/"}}}
    log = {"handshake_log": _log(truth, "p384")}
    last = {
        "status_code": 200,
        "request": {"url": {"scheme": "https", "host": other["host"], "path": "/"}, "tls_log": log},
    }
    result = {
        "response": last,
        "redirect_response_chain": [first],
        "redirects_to_resolved_ips": [{"redirect_name": other["host"], "ip": f"{other['ip']}:443"}],
    }
    return _place(truth, "plain") | {"data": {"http": _grab(truth, "http", 443, result)}}
