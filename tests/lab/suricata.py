"""What Suricata would have logged of the lab's servers: tls events in its ways, between others."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from cryptography import x509

from tests.lab.provenance import Sample
from tests.lab.truth import Truth

Event = dict[str, Any]
"""An event of eve.json."""

_CASES = ("rsa2048", "p256", "ed25519", "wildcard", "oddname", "mail")
_HIDDEN, _RESUMED = "rsa4096", "sha1"


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """eve.json with tls events by default, ``extended`` and with the chain."""
    places = [place for place in truth.endpoints if place["case"] in (*_CASES, _HIDDEN, _RESUMED)]
    extended = [_event(truth, number, place, _extended(truth, place)) for number, place in enumerate(places)]
    yield _sample("eve.json", "`extended: yes`, among other events"), _lines([*_others(truth), *extended])
    shown = [place for place in places if place["case"] in _CASES]
    default = [_event(truth, number, place, _default(truth, place)) for number, place in enumerate(shown[:2])]
    yield _sample("default.json", "subject and issuer only"), _lines(default)
    custom = [_event(truth, number, place, _custom(truth, place)) for number, place in enumerate(shown)]
    yield _sample("custom.json", "`custom: [sni, version, chain]`, one with `certificate`"), _lines(custom)


def _sample(name: str, what: str) -> Sample:
    return Sample(
        f"suricata/{name}", "the lab", f"`tests/lab/suricata.py`, in the documented shape of eve.json: {what}"
    )


def _event(truth: Truth, number: int, place: dict[str, Any], tls: Event) -> Event:
    seen = truth.day + timedelta(hours=11, seconds=number, microseconds=38_810)
    return {
        "timestamp": seen.isoformat(timespec="microseconds") + "+0200",
        "flow_id": 1_655_946_452_134_000 + number,
        "in_iface": "lo",
        "event_type": "tls",
        "src_ip": "127.0.1.1",
        "src_port": 50_000 + number,
        "dest_ip": place["ip"],
        "dest_port": place["port"],
        "proto": "TCP",
        "tls": tls | ({"from_proto": place["starttls"]} if place["starttls"] else {}),
    }


def _others(truth: Truth) -> list[Event]:
    """Events that are not read, an alert with a copy of tls among them."""
    day = truth.day.isoformat(timespec="microseconds") + "+0200"
    flow = {"timestamp": day, "flow_id": 1, "src_ip": "127.0.0.10", "src_port": 443, "dest_ip": "127.0.1.1"}
    alert = {"action": "allowed", "signature_id": 1, "signature": "lab"}
    return [
        {"timestamp": day, "event_type": "stats", "stats": {"uptime": 8}},
        {**flow, "event_type": "alert", "alert": alert, "tls": {"subject": "CN=rsa2048.lab.example"}},
        {**flow, "event_type": "flow", "app_proto": "tls", "flow": {"pkts_toserver": 9}},
    ]


def _default(truth: Truth, place: dict[str, Any]) -> Event:
    certificate = x509.load_der_x509_certificate(truth.chain(place["case"])[0])
    return {"subject": _name(certificate.subject), "issuerdn": _name(certificate.issuer)}


def _extended(truth: Truth, place: dict[str, Any]) -> Event:
    if place["case"] == _HIDDEN:
        return {"sni": place["sni"], "version": "TLS 1.3"}
    if place["case"] == _RESUMED:
        return {"session_resumed": True, "sni": place["sni"], "version": "TLS 1.2"}
    der = truth.chain(place["case"])[0]
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    serial = certificate.serial_number
    return {
        **_default(truth, place),
        "serial": serial.to_bytes(serial.bit_length() // 8 + 1).hex(":").upper(),
        "fingerprint": hashlib.sha1(der).digest().hex(":"),  # noqa: S324 - what Suricata calls a fingerprint
        "sni": place["sni"],
        "version": "TLS 1.2",
        "notbefore": certificate.not_valid_before_utc.replace(tzinfo=None).isoformat(),
        "notafter": certificate.not_valid_after_utc.replace(tzinfo=None).isoformat(),
        "subjectaltname": names.get_values_for_type(x509.DNSName),
        "ja3s": {"hash": "ae4edc6faf64d08308082ad26be60767", "string": "771,49200,23-65281"},
    }


def _custom(truth: Truth, place: dict[str, Any]) -> Event:
    chain = [base64.b64encode(der).decode() for der in truth.chain(place["case"])]
    whole = {"certificate": chain[0]} if place["case"] == "p256" else {"chain": chain}
    return {"sni": place["sni"], "version": "TLS 1.2", **whole}


def _name(name: x509.Name) -> str:
    """A name as Suricata's parser prints it: in the certificate's order, nothing escaped."""
    return ", ".join(f"{part.rfc4514_attribute_name}={part.value!s}" for part in name)


def _lines(events: Iterable[Event]) -> bytes:
    return "".join(json.dumps(event, separators=(",", ":"), ensure_ascii=False) + "\n" for event in events).encode()
