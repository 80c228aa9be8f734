"""What logs and log lists would say of the lab's own log, which nobody runs."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED, written_json
from tests.lab.truth import Truth


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """Accepted roots, an entry with its proof, a tree head, and log lists of three makes."""
    how = "`tests/lab/ct_answers.py`, after RFC 6962 section 4"
    roots = [_base64(truth.chain(root)[0]) for root in ("root-rsa", "root-ec")]
    yield Sample("ct/get_roots.json", "the lab", how), _compact({"certificates": roots})
    head = {"tree_size": 9, "timestamp": 1_795_392_000_000, "sha256_root_hash": _hash(b"root")}
    yield Sample("ct/get_sth.json", "the lab", how), _compact({**head, "tree_head_signature": _base64(bytes(70))})
    google = {"is_all_logs": False, "version": "90.1", "log_list_timestamp": "2026-11-20T13:34:57Z"}
    yield (
        _list("google_log_list.json", "Google's log_list.json, v3"),
        written_json({**google, "operators": [_operator(truth)]}),
    )
    yield _list("apple_log_list.json", "Apple's current_log_list.json"), written_json(_apple(truth))
    mozilla = {"log_list_timestamp": "2026-11-11T20:05:47Z", "operators": [_operator(truth, two_states=True)]}
    yield _list("mozilla_log_list.json", "Mozilla's known_logs_list.json"), written_json(mozilla)
    yield _list("log.v3.json", "a Sunlight log's log.v3.json"), written_json(_of_itself(truth))


def _list(name: str, what: str) -> Sample:
    return Sample(f"ct/{name}", "the lab", INVENTED + what)


def _operator(truth: Truth, *, two_states: bool = False) -> dict[str, object]:
    qualified = {"qualified": {"timestamp": "2025-08-11T12:33:27+01:00"}} if two_states else {}
    usable = {**qualified, "usable": {"timestamp": "2025-09-22T12:29:18+01:00"}}
    final = {"sha256_root_hash": _hash(b"final"), "tree_size": 46_466_472}
    interval = {"start_inclusive": "2026-07-01T00:00:00Z", "end_exclusive": "2027-01-01T00:00:00Z"}
    return {
        "name": "Lab Example",
        "email": ["ct@lab.example"],
        "logs": [
            {**_log(truth, "p256", "Lab 2026h2"), "url": "https://ct.lab.example/2026h2/", "state": usable,
             "temporal_interval": interval},
            {**_log(truth, "rsa2048", "Lab 2016"), "url": "https://ct.lab.example/2016/",
             "state": {"readonly": {"timestamp": "2016-11-30T13:24:18.33Z", "final_tree_head": final}}},
        ],
        "tiled_logs": [
            {**_log(truth, "p384", "Lab 2027 tiled"), "submission_url": "https://ct.lab.example/2027/",
             "monitoring_url": "https://mon.ct.lab.example/2027/"},
        ],
    }  # fmt: skip


def _apple(truth: Truth) -> dict[str, object]:
    """Apple writes its keys in order, so that the version comes last."""
    operator = _operator(truth)
    return {
        "$schema": "https://valid.apple.com/ct/log_list/schema_versions/log_list_schema_v5.json",
        "assetVersion": 33,
        "assetVersionV2": 1014,
        "operators": [{key: operator[key] for key in sorted(operator)}],
        "version": "512",
    }


def _of_itself(truth: Truth) -> dict[str, object]:
    return {
        **_log(truth, "p384", "ct.lab.example/2027"),
        "friendly_name": "2027",
        "log_spec": "static-ct-api",
        "monitoring_url": "https://mon.ct.lab.example/2027/",
        "status": "readonly",
        "status_timestamp": "2026-11-08T00:00:00Z",
        "submission_url": "https://ct.lab.example/2027/",
        "temporal_interval": {"end_exclusive": "2028-01-01T00:00:00Z", "start_inclusive": "2027-01-01T00:00:00Z"},
    }


def _log(truth: Truth, case: str, description: str) -> dict[str, object]:
    """A log with the key of one of the lab's certificates: any key will do."""
    public = x509.load_der_x509_certificate(truth.chain(case)[0]).public_key()
    key = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {"description": description, "log_id": _hash(key), "key": _base64(key), "mmd": 86400}


def _hash(data: bytes) -> str:
    return _base64(hashlib.sha256(data).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _compact(value: object) -> bytes:
    return (json.dumps(value, separators=(",", ":")) + "\n").encode()
