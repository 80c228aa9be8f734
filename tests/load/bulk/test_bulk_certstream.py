"""The two readers of certstream."""

from __future__ import annotations

import pytest
from nasty_records import NASTY_JSON, lines_of, records_of, varied


def test_samples_of_certstream(compare, samples):
    assert compare(sorted((samples / "certstream").iterdir())) == {"lite.jsonl"}


@pytest.mark.shared
def test_shared_samples_of_certstream(compare, shared):
    files = sorted((shared / "samples" / "ct" / "certstream").glob("*.json*"))
    assert compare(files) == {"certstream_server_rust_lite.jsonl"}


def test_nasty_messages(compare, samples, tmp_path):
    full, *_ = records_of(samples / "certstream" / "full.jsonl")[1:]
    lines = records_of(samples / "certstream" / "lite.jsonl")[:2]
    entry, leaf = lines[0]["data"], lines[0]["data"]["leaf_cert"]
    lines[1]["data"] = {**lines[1]["data"], "update_type": "PrecertLogEntry", "chain": [], "submission_timestamp": None}
    nasty = [
        *({"all_domains": names} for names in NASTY_JSON if isinstance(names, list)),
        *(
            {"extensions": {"subjectAltName": said}}
            for said in ("", "DNS:a, DNS:b", "DNS:rsa2048.lab.example,", "a, b")
        ),
        {"all_domains": ["rsa2048.lab.example", "a.example"], "extensions": {"subjectAltName": "DNS:a.example"}},
        {"all_domains": ["rsa2048.lab.example"], "extensions": {"subjectAltName": "DNS:rsa2048.lab.example.b"}},
        {"all_domains": ["rsa2048.lab.example"], "subject": {"CN": 'a",["b'}},
        *(
            {"all_domains": names, "extensions": {"subjectAltName": "DNS:" + ", DNS:".join(names)}}  # the same again
            for names in (
                ["rsa2048.lab.example", "b.example"],
                [" rsa2048.lab.example", "c.example"],  # so the common name is not among the alternative names
                ["rsa2048.lab.example", "a,b"],
                ["rsa2048.lab.example", "ü.example"],
                [],
            )
        ),
        *(
            {"sha1": digest}
            for digest in ("AB" * 20, "A:B" * 20, ":" + "ab" * 20, "0:x" + "ab" * 20, int("1" * 40), ["AB" * 20], 5)
        ),
        *({"not_before": time} for time in (0, -1, 1.5, 9999999999, 10**11, "1795392000", True, 1795392000.25)),
        *({"sha1": sha1, "fingerprint": other} for sha1 in ("", " ", None, "AB") for other in ("", None, "AB:CD")),
        *({"sha256": None, "sha1": ":".join(["AB"] * 20)}, {"sha256": None, "sha1": None, "fingerprint": None}),
        *({"as_der": word} for word in ("", "REDACT", "redacted", " ", "MII", 5)),
        *({"serial_number": serial} for serial in ("0", "00AB", "ABC", "-5", "0x1F", "", "F" * 41)),
    ]
    made = [{**lines[0], "data": {**entry, "leaf_cert": {**leaf, **more}}} for more in nasty]
    made += [
        {**lines[0], "data": {**entry, "chain": [leaf]}},
        full,
        entry,
        {"message_type": "heartbeat", "data": entry},
    ]
    made += [{**lines[0], "message_type": kind} for kind in (None, "", "other", " heartbeat", "heartbeat")]
    times = (0, 1.5, 1795392000.123456, 1795392000.1234567, 1e15, 1795392000123, "soon", -1.5)
    made += [{**lines[0], "data": {**entry, "submission_timestamp": time}} for time in times]
    files = [tmp_path / name for name in ("scalars.jsonl", "made.jsonl")]
    files[0].write_bytes(lines_of(varied(lines, 6)))
    files[1].write_bytes(lines_of([*lines, *made]))
    assert compare(files) == {"scalars.jsonl", "made.jsonl"}
