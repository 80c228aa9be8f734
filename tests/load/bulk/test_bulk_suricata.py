"""The two readers of Suricata's events."""

from __future__ import annotations

import random

import pytest
from nasty_records import NASTY_JSON, dirtied, lines_of, records_of

NASTY_EVENTS = [
    *("2026-11-23T11:00:00.038810+0200", "2026-11-23T11:00:00", "2026-11-23T11:00:00.1234567-0330", "TLS 1.3", "http"),
    *("HTTP", "http2", " smtp", "smtp", "IMAP", "C=DE, O=Example, Inc., CN=a", "CN=a, CN=b", "cn=a, O=b, o=c", "CN= a"),
    *("2.5.4.3=a, OID.2.5.4.10=b", 'O="A, Inc.", CN="b"', "CN=a\\C3\\BC, O=#0c0141"),
    *("CN=a/O=b", "CN=a, O=b + C=DE", "CN=a=b", "CN=a, b, O=c", "2.5.4.3=a, CN=b", "CN=", "CN=a,O=b", "O=x, CN=", "CN"),
    *(":".join(["AB"] * 20), ":".join(["ab"] * 19), "ab" * 20, "80:01", "8001", "7F:01", "00:FF", "0:FF", "00", "FF"),
    *(
        ["a.example", "10.0.0.1"],
        ["fe80::1"],
        ["fe80::1%eth0"],
        ["*.a.example", "b c"],
        ["a"],
        ["dead"],
        [" a.example"],
    ),
    *("pgsql", "ldap"),
    *("TLS 1.2", "10.0.0.1", "2026-10-24T00:00:00", "2026-02-30T00:00:00", "0001-01-01T00:00:00", "alert", "tls"),
]


def test_samples_of_suricata(compare, samples):
    assert compare(sorted((samples / "suricata").iterdir())) == {"eve.json", "default.json"}


@pytest.mark.shared
def test_shared_samples_of_suricata(compare, shared):
    files = sorted((shared / "samples" / "scan" / "suricata").glob("*.log"))
    assert compare(files) == {file.name for file in files}


def test_nasty_events_of_suricata(compare_together, samples):
    events = records_of(samples / "suricata" / "eve.json")
    (resumed,) = (event for event in events if event.get("tls", {}).get("session_resumed"))
    shows = next(event for event in events if "fingerprint" in event.get("tls", {}))
    of_tls = dict.fromkeys([*shows["tls"], *resumed["tls"], "from_proto", "certificate", "chain"])
    bodies = []
    for base in (shows, resumed):
        for name in (*base, *of_tls):
            made = [
                {**base, "tls": {**base["tls"], name: value}} if name in of_tls else {**base, name: value}
                for value in (*NASTY_EVENTS, *(() if name == "tls" else NASTY_JSON))
            ]
            bodies.append(lines_of([*events, *made, {key: base[key] for key in base if key != name}]))
    for seed in range(16):
        rng = random.Random(seed)  # noqa: S311 - always the same
        share, nasty = (0.003, 0.02)[seed % 2], [*NASTY_JSON, *NASTY_EVENTS]
        made = [*(dirtied(each, rng, share, nasty) for each in events * 5)]
        rng.shuffle(made)
        bodies.append(lines_of([events[0], *made]))
    assert sum(compare_together(bodies)) > len(bodies) / 2


def test_lines_of_suricata_that_are_no_events(compare, samples, tmp_path):
    lines = (samples / "suricata" / "eve.json").read_bytes()
    texts = [b"null", b"5", b"{}", b"", b'{"tls":1', b'"tls"', b'{"tls":{}}{"tls":{}}', b"[1]", b'{"event_type":"tls"}']
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_bytes(lines + text + b"\n" + lines)
    assert compare(files) == {"2.json"}
