"""Kinds of change to a certificate: where in its DER each makes sense, and the bytes it puts there."""

from __future__ import annotations

from collections.abc import Callable

import hostile_values as hostile
from der_edits import (
    KEY_USAGE,
    TIMES,
    Change,
    Place,
    Random,
    anywhere,
    constructed,
    content,
    content_of,
    critical,
    deep,
    digit,
    extension,
    false_length,
    filled,
    flipped,
    in_place_of_a_child,
    inserted,
    list_of_timestamps,
    long_length,
    no_extensions,
    one_of,
    other_value,
    point,
    role,
    scts,
    set_octet,
    shuffled,
    tagged,
    text,
    text_around,
    time,
    unique_identifiers,
    unused,
    usage,
    version,
    with_length,
    without_version,
    wrapping_length,
)
from hostile_extensions import EXTENSIONS
from hostile_values import NULL, integer

from certanalytics.x509.der import BIT_STRING, BOOLEAN, INTEGER, OID

_TAGS = bytes.fromhex("0102030405060c131617181e303180818286a0a1a30024101170f0")

CHANGES: dict[str, tuple[Place, Change]] = {
    "tag of another kind": (anywhere, lambda tree, at, rng: bytes([rng.choice(_TAGS)]) + tree.der(at)[1:]),
    "tag with one bit changed": (
        anywhere,
        lambda tree, at, rng: bytes([tree.tag(at) ^ 1 << rng.randrange(8)]) + tree.der(at)[1:],
    ),
    "tag in several octets": (
        anywhere,
        lambda tree, at, rng: (
            rng.choice((b"\x1f\x1e", b"\x3f\x10", b"\x1f\x81\x02", b"\x1f" + b"\xff" * 9 + b"\x7f", b"\xbf\x23"))
            + tree.der(at)[1:]
        ),
    ),
    "length off": (anywhere, false_length),
    "length not the shortest": (anywhere, long_length),
    "length that overflows": (anywhere, wrapping_length),
    "length indefinite": (anywhere, with_length(b"\0\0", b"\x80")),
    "length indefinite without end": (anywhere, with_length(b"", b"\x80")),
    "length reserved": (anywhere, with_length(b"", b"\xff")),
    "length of all ones": (
        anywhere,
        with_length(b"", *(bytes([0x80 | n]) + b"\xff" * n for n in (1, 2, 3, 4, 7, 8, 9, 16, 126))),
    ),
    "removed": (anywhere, lambda tree, at, rng: b""),
    "repeated": (anywhere, lambda tree, at, rng: tree.der(at) * rng.choice((2, 3))),
    "emptied": (anywhere, content(lambda content, rng: b"")),
    "octets appended": (
        anywhere,
        content(lambda content, rng: content + rng.choice((b"\0", b"\5\0", b"\0\0", b"\xff", b"\2\1\1"))),
    ),
    "octets after": (
        anywhere,
        lambda tree, at, rng: tree.der(at) + rng.choice((b"\0", NULL, b"\0\0", b"\2\1\1", b"\x30\0", b"\xff")),
    ),
    "octets before": (anywhere, lambda tree, at, rng: rng.choice((b"\0", NULL, b"\2\1\1", b"\x30\0")) + tree.der(at)),
    "octets cut off": (anywhere, content(lambda content, rng: content[: -rng.choice((1, 2, 8))])),
    "octets cut off in front": (anywhere, content(lambda content, rng: content[rng.choice((1, 2, 8)) :])),
    "bit changed": (anywhere, content(flipped)),
    "octet changed": (anywhere, content(set_octet)),
    "content at random": (
        anywhere,
        content(lambda content, rng: rng.randbytes(rng.choice((len(content), rng.randrange(300))))),
    ),
    "NULL instead": (anywhere, lambda tree, at, rng: NULL),
    "nested": (anywhere, deep),
    "content without its header": (anywhere, lambda tree, at, rng: tree.content(at)),
    "children exchanged": (constructed, shuffled),
    "child put in": (
        constructed,
        inserted([NULL, b"\2\1\5", b"\x30\0", b"\xa4\0", b"\x80\0", b"\0\0", b"\4\1a", b"\1\1\0", b"\1\1\xff"]),
    ),
    "child replaced": (
        constructed,
        in_place_of_a_child([NULL, b"\2\1\0", b"\x30\0", b"\x31\0", b"\4\0", b"\6\1\x2a", b"\3\1\0", b"\x0c\0"]),
    ),
    "integer padded": (
        tagged(INTEGER, 0x80, 0x82),
        content(lambda content, rng: rng.choice((b"\0", b"\0\0", b"\xff")) + content),
    ),
    "integer of another value": (tagged(INTEGER), lambda tree, at, rng: integer(rng.choice(hostile.NUMBERS))),
    "integer negative": (
        tagged(INTEGER),
        content(lambda content, rng: bytes([content[0] | 0x80]) + content[1:] if content else b"\xff"),
    ),
    "integer even": (
        tagged(INTEGER),
        content(lambda content, rng: content[:-1] + bytes([content[-1] & 0xFE]) if content else b"\0"),
    ),
    "integer without its zero octet": (tagged(INTEGER), content(lambda content, rng: content.lstrip(b"\0"))),
    "boolean": (
        tagged(BOOLEAN),
        content_of([b"", b"\0", b"\1", b"\x7f", b"\x80", b"\xfe", b"\xff", b"\xff\xff", b"\0\xff", b"\0\0"]),
    ),
    "time": (tagged(*TIMES), time),
    "time with a digit changed": (tagged(*TIMES), content(digit)),
    "times exchanged": (role("validity"), lambda tree, at, rng: filled(tree, at, tree.children(at)[::-1])),
    "OID": (tagged(OID), content_of(hostile.OIDS)),
    "OID with an arc more": (
        tagged(OID),
        content(lambda content, rng: content + rng.choice((b"\0", b"\1", b"\x80", b"\x81\0", b"\xff\xff\x7f"))),
    ),
    "OID with an arc less": (tagged(OID), content(lambda content, rng: content[:-1])),
    "bits unused": (tagged(BIT_STRING, 0x81), unused),
    "bit string": (
        tagged(BIT_STRING),
        content_of([b"", b"\0", b"\7", b"\0\0", b"\7\x80", b"\7\xff", b"\1\1", b"\xff", b"\0" + b"\xff" * 70]),
    ),
    "key usage": (lambda tree, at: tree.nodes[at].role == KEY_USAGE and tree.tag(at) == BIT_STRING, content(usage)),
    "text": (tagged(*hostile.TEXT_TAGS, 0x81, 0x82, 0x86), text),
    "text with something put in": (tagged(*hostile.TEXT_TAGS, 0x81, 0x82, 0x86), text_around),
    "text of another string type": (
        tagged(*hostile.TEXT_TAGS),
        lambda tree, at, rng: bytes([rng.choice(hostile.TEXT_TAGS)]) + tree.der(at)[1:],
    ),
    "address": (tagged(0x87), content_of(hostile.ADDRESSES)),
    "address at random": (
        tagged(0x87),
        content(lambda content, rng: bytes(rng.choice((0, 0, 1, 255, 16)) for _ in range(rng.choice((4, 16))))),
    ),
    "version": (role("version"), version),
    "version out of step": (role("tbs"), without_version),
    "unique identifiers": (role("tbs"), unique_identifiers),
    "algorithm": (
        lambda tree, at: tree.nodes[at].role in {"algorithm", "outer algorithm"} and tree.nodes[at].depth == 0,
        one_of(hostile.ALGORITHMS),
    ),
    "name with another part": (
        lambda tree, at: tree.nodes[at].role in {"issuer", "subject"} and tree.nodes[at].depth == 0,
        inserted(hostile.RDNS),
    ),
    "part of a name": (
        lambda tree, at: tree.nodes[at].role in {"issuer", "subject"} and tree.nodes[at].depth == 1,
        one_of(hostile.RDNS),
    ),
    "self-issued": (
        role("tbs"),
        lambda tree, at, rng: (
            filled(tree, at, [*tree.children(at)[:5], tree.children(at)[3], *tree.children(at)[6:]])
            if len(tree.children(at)) > 6
            else tree.der(at)
        ),
    ),
    "key": (role("spki"), one_of(hostile.KEYS)),
    "point": (point, content(lambda content, rng: b"\0" + rng.choice(hostile.POINTS))),
    "point of another form": (
        point,
        content(
            lambda content, rng: content[:1] + rng.choice((b"\0", b"\2", b"\3", b"\5", b"\6", b"\7")) + content[2:]
        ),
    ),
    "extensions": (role("extensions"), no_extensions),
    "extension more": (role("extensions", 1), inserted(EXTENSIONS)),
    "extensions of one kind": (
        role("extensions", 1),
        lambda tree, at, rng: filled(tree, at, tree.children(at)[:1] * rng.choice((2, 3))),
    ),
    "only odd extensions": (
        role("extensions", 1),
        lambda tree, at, rng: filled(tree, at, rng.choices(EXTENSIONS, k=rng.choice((1, 2, 12, 60)))),
    ),
    "extension replaced": (extension, one_of(EXTENSIONS)),
    "value of an extension": (extension, other_value),
    "criticality": (extension, critical),
    "timestamps": (scts, content(list_of_timestamps)),
}
"""Each kind of change: where it makes sense, and the bytes it puts there."""


def _truncated(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


WHOLE: dict[str, Callable[[bytes, Random], bytes]] = {
    "truncated": _truncated,
    "bytes after the certificate": lambda data, rng: (
        data + rng.choice((b"\0", NULL, b"\n", b"\0" * 8, data, rng.randbytes(3)))
    ),
    "bytes before the certificate": lambda data, rng: rng.choice((b"\0", NULL, b"\n", b" ")) + data,
    "octets at random": lambda data, rng: flipped(set_octet(data, rng), rng),
    "octet put in": lambda data, rng: (
        data[: (at := rng.randrange(len(data) + 1))] + rng.randbytes(rng.choice((1, 1, 2, 8))) + data[at:]
    ),
    "octets taken out": lambda data, rng: (
        data[: (at := rng.randrange(len(data) + 1))] + data[at + rng.choice((1, 1, 2, 8)) :]
    ),
    "PEM": lambda data, rng: b"-----BEGIN CERTIFICATE-----\n" + data,
    "empty": lambda data, rng: b"",
}
"""Changes of a certificate as a whole."""
