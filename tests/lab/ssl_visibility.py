"""What an SSL Visibility appliance between clients and the lab's servers would log, after the published description."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.provenance import Sample
from tests.lab.staff import INVENTED
from tests.lab.truth import Truth

_SEEN = {
    "rsa2048": ("Technology/Internet", "cut"),
    "p256": ("Financial Services", "cut"),
    "sha1": ("Web Ads/Analytics", "resign"),
    "wildcard": ("Shopping", "cut"),
    "expired": ("Uncategorized", "resign"),
}


def files(truth: Truth) -> Iterator[tuple[Sample, bytes]]:
    """The log before version 3.9.4.1 and since, with a session that failed and a line of another program."""
    how = f"{INVENTED}the session log of SSL Visibility"
    yield Sample("ssl_visibility/session.log", "the lab", f"{how} since 3.9.4.1"), _log(truth, now=True)
    yield Sample("ssl_visibility/session-3.8.log", "the lab", f"{how} before 3.9.4.1"), _log(truth, now=False)


def _log(truth: Truth, *, now: bool) -> bytes:
    lines = []
    for number, (case, (category, action)) in enumerate(_SEEN.items()):
        row = next(row for row in truth.endpoints if row["case"] == case)
        der = truth.chain(case)[0]
        fingerprint = hashlib.sha1(der).hexdigest()  # noqa: S324 - what the appliance logs
        spaced = ":".join(fingerprint[at : at + 2] for at in range(0, 40, 2))
        about = f"{row['host']} {category} cert fp: {spaced}" if now else row["host"]
        lines.append(
            _line(
                truth,
                number,
                f"{row['ip']}:{row['port']} TLS1.2 {_suite(der)} {about}",
                f"rule:{number + 1} {action} Success(0x0)",
                now=now,
            )
        )
    plain = next(row for row in truth.endpoints if row["case"] == "plain")
    failed = f"{plain['ip']}:{plain['port']} TLS1.2 TLS_NULL_WITH_NULL_NULL {plain['host']}"
    lines.append(
        _line(truth, 9, failed + (" Uncategorized" if now else ""), "rule:9 cut Invalid server hello(0x83)", now=now)
    )
    lines.append(f"{_stamp(truth, 10)} lab-sslv sshd[77]: session opened for user admin")
    return ("\n".join(lines) + "\n").encode()


def _suite(der: bytes) -> str:
    is_rsa = isinstance(x509.load_der_x509_certificate(der).public_key(), rsa.RSAPublicKey)
    return f"TLS_ECDHE_{'RSA' if is_rsa else 'ECDSA'}_WITH_AES_256_GCM_SHA384"


def _line(truth: Truth, number: int, about: str, result: str, *, now: bool) -> str:
    stamp, seconds = _stamp(truth, number), int(_time(truth, number).timestamp())
    header = f"{stamp} lab-sslv {stamp} lab-sslv" if now else f"{stamp} lab-sslv"
    flow, client = f"[A:{0x86161D00 + number:08x}]", f"127.0.0.200:{49300 + number}"
    return f"{header} ssldata[4256]: {flow} {seconds} {client} -> {about} {result}"


def _time(truth: Truth, number: int) -> datetime:
    return truth.day.replace(tzinfo=UTC) + timedelta(hours=10, seconds=number)


def _stamp(truth: Truth, number: int) -> str:
    time = _time(truth, number)
    return f"{time:%b} {time.day:2d} {time:%H:%M:%S}"
