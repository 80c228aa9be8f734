"""Revocation lists and OCSP responses, as somebody in the company fetched them: DER, and PEM from the internal PKI.

Written part by part as certificates are, for the same reasons (`certanalytics.demo.der`). Source: RFC 5280 section 5;
RFC 6960 section 4.2.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from certanalytics.demo import der
from certanalytics.demo.authorities import Authority
from certanalytics.demo.clock import AS_OF
from certanalytics.demo.exports._files import pem, write
from certanalytics.demo.revocation import ANSWERS, LISTS, REASON_CODES, ListTimes, Reason, answered, revocations
from certanalytics.demo.world import Issued, World

_OTHERS = 40
"""Entries of a public CA's list that are about somebody else's certificates."""
_CRL_NUMBER, _AUTHORITY_KEY, _REASON = "2.5.29.20", "2.5.29.35", "2.5.29.21"
_SHA1 = der.sequence(der.oid("1.3.14.3.2.26"), der.NULL)

Entry = tuple[datetime, int, Reason | None]
"""When it was revoked, the serial number, and why."""


def write_lists(folder: Path, world: World, rng: Random) -> None:
    """Write one list a CA, as far as one is at hand, a few hours after it was issued."""
    for label, times in LISTS.items():
        authority = world.authorities[label]
        entries: list[Entry] = [
            (each.at, each.issued.certificate.serial, each.reason)
            for each in revocations(world)
            if each.issued.certificate.authority is authority and each.at <= times.this_update
        ]
        if authority.is_public:
            entries += [_of_others(rng, times) for _ in range(_OTHERS)]
        content = _list(authority, times, sorted(entries, key=lambda entry: entry[:2]))
        if not authority.is_public:
            content = pem(content, "X509 CRL").encode()
        write(folder / f"{label}.crl", content, times.this_update + timedelta(hours=3))


def write_answers(folder: Path, world: World) -> None:
    """Write one response a CA that was asked, about one certificate."""
    served = [each for each in world.issued if each.issue.is_served(AS_OF)]
    for label, each in answered(world, served).items():
        ends = AS_OF + ANSWERS[label]
        write(folder / f"{label}.ors", _response(world.authorities[label], each, ends), ends - timedelta(days=8))


def _of_others(rng: Random, times: ListTimes) -> Entry:
    at = times.this_update - timedelta(days=rng.randrange(1, 300), minutes=rng.randrange(1440))
    reasons: tuple[Reason, ...] = ("superseded", "cessationOfOperation", "keyCompromise")
    return at, rng.getrandbits(126) | 1 << 126, rng.choices(reasons, (6, 3, 1))[0]


def _list(authority: Authority, times: ListTimes, entries: list[Entry]) -> bytes:
    signer = authority.signer
    extensions = (
        der.extension(_AUTHORITY_KEY, der.sequence(der.tlv(0x80, signer.key.key_id))),
        der.extension(_CRL_NUMBER, der.integer(_number(times.this_update))),
    )
    tbs = der.sequence(
        der.integer(1),
        signer.algorithm,
        authority.name.public_bytes(),
        der.time(times.this_update),
        der.time(times.next_update),
        der.sequence(*map(_entry, entries)) if entries else b"",
        der.tlv(0xA0, der.sequence(*extensions)),
    )
    return signer.certificate(tbs)


def _entry(entry: Entry) -> bytes:
    at, serial, reason = entry
    code = der.extension(_REASON, der.tlv(0x0A, bytes((REASON_CODES[reason],)))) if reason else b""
    return der.sequence(der.integer(serial), der.time(at), der.sequence(code) if code else b"")


def _number(time: datetime) -> int:
    """Lists are numbered by the hour."""
    return int(f"{time:%Y%m%d%H}")


def _response(authority: Authority, each: Issued, ends: datetime) -> bytes:
    """A basic response by the CA itself, about a certificate that is good (RFC 6960 section 4.2.1)."""
    signer, produced = authority.signer, ends - timedelta(days=8)
    certificate_id = der.sequence(
        _SHA1,
        der.octet_string(_sha1(authority.name.public_bytes())),
        der.octet_string(signer.key.key_id),
        der.integer(each.certificate.serial),
    )
    good = der.tlv(0x80)
    single = der.sequence(certificate_id, good, _generalized(produced), der.tlv(0xA0, _generalized(ends)))
    responder = der.tlv(0xA2, der.octet_string(signer.key.key_id))
    basic = signer.certificate(der.sequence(responder, _generalized(produced), der.sequence(single)))
    body = der.sequence(der.oid("1.3.6.1.5.5.7.48.1.1"), der.octet_string(basic))
    return der.sequence(der.tlv(0x0A, b"\0"), der.tlv(0xA0, body))


def _generalized(time: datetime) -> bytes:
    return der.tlv(0x18, time.strftime("%Y%m%d%H%M%SZ").encode())


def _sha1(data: bytes) -> bytes:
    return hashlib.sha1(data, usedforsecurity=False).digest()
