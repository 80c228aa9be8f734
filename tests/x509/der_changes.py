"""Kinds of change to a certificate: where in its DER each makes sense, and the bytes it puts there."""

from __future__ import annotations

import random
from collections.abc import Callable

import hostile_values as hostile
from der_tree import Tree
from hostile_extensions import CRITICAL, EXTENSIONS, VALUES
from hostile_values import NULL, integer, oid

from certanalytics.x509.der import BIT_STRING, BOOLEAN, INTEGER, OCTET_STRING, OID, wrap

Random = random.Random
Change = Callable[[Tree, int, Random], bytes]
Place = Callable[[Tree, int], bool]

_KEY_USAGE, _SCTS = "551d0f", "2b06010401d679020402"
_TIMES = (0x17, 0x18)
_DEEP = (2, 30, 300, 3000)


def _tagged(*tags: int) -> Place:
    return lambda tree, at: tree.tag(at) in tags


def _role(role: str, depth: int = 0) -> Place:
    return lambda tree, at: (tree.nodes[at].role, tree.nodes[at].depth) == (role, depth)


def _anywhere(tree: Tree, at: int) -> bool:
    return True


def _constructed(tree: Tree, at: int) -> bool:
    return bool(tree.children(at))


def _extension(tree: Tree, at: int) -> bool:
    node = tree.nodes[at]
    return node.depth == 0 and node.parent >= 0 and tree.nodes[node.parent].role == "extensions"


def _scts(tree: Tree, at: int) -> bool:
    return tree.nodes[at].role == _SCTS and tree.tag(at) == OCTET_STRING and tree.nodes[at].depth > 1


def _point(tree: Tree, at: int) -> bool:
    return tree.nodes[at].role == "spki" and tree.tag(at) == BIT_STRING and not tree.children(at)


def _content(change: Callable[[bytes, Random], bytes]) -> Change:
    """The same tag around changed content."""
    return lambda tree, at, rng: wrap(tree.tag(at), change(tree.content(at), rng))


def _one_of(values: list[bytes]) -> Change:
    return lambda tree, at, rng: rng.choice(values)


def _content_of(values: list[bytes]) -> Change:
    return _content(lambda content, rng: rng.choice(values))


def _with(value: bytes, *lengths: bytes) -> Change:
    """The same tag and content after some other length."""
    return lambda tree, at, rng: tree.der(at)[:1] + rng.choice(lengths) + tree.content(at) + value


def _long_length(tree: Tree, at: int, rng: Random) -> bytes:
    """A length in more octets than it needs (X.690 section 10.1)."""
    content, octets = tree.content(at), rng.choice((1, 2, 3, 4, 5, 8, 9, 126))
    shortest = (len(content).bit_length() + 7) // 8
    octets = max(octets, shortest + (len(content) > 127))
    return tree.der(at)[:1] + bytes([0x80 | octets]) + len(content).to_bytes(octets) + content


def _wrapping_length(tree: Tree, at: int, rng: Random) -> bytes:
    """A length that is right only for who counts modulo 2^8, 2^16, 2^32 or 2^64, or adds without care."""
    content, node = tree.content(at), tree.nodes[at]
    bits = rng.choice((8, 16, 32, 63, 64))
    length = rng.choice(((1 << bits) + len(content), (1 << bits) - node.inside, (1 << bits) - 1, 1 << bits >> 1))
    return tree.der(at)[:1] + _length(length) + content


def _false_length(tree: Tree, at: int, rng: Random) -> bytes:
    content = tree.content(at)
    return tree.der(at)[:1] + _length(len(content) + rng.choice((-2, -1, 1, 2, 3, 16, 128, 256, 65_536))) + content


def _length(length: int) -> bytes:
    """The octets of a length in DER's shortest form."""
    if length < 0x80:
        return bytes([max(0, length)])
    octets = (length.bit_length() + 7) // 8
    return bytes([0x80 | octets]) + length.to_bytes(octets)


def _flipped(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"\0")
    octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
    return bytes(octets)


def _set_octet(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"\0")
    octets[rng.randrange(len(octets))] = rng.choice((0, 1, 0x30, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xFE, 0xFF))
    return bytes(octets)


def _shuffled(tree: Tree, at: int, rng: Random) -> bytes:
    children = tree.children(at)
    one, other = rng.randrange(len(children)), rng.randrange(len(children))
    children[one], children[other] = children[other], children[one]
    return _filled(tree, at, children)


def _inserted(values: list[bytes]) -> Change:
    def change(tree: Tree, at: int, rng: Random) -> bytes:
        children = tree.children(at)
        children.insert(rng.randint(0, len(children)), rng.choice(values))
        return _filled(tree, at, children)

    return change


def _filled(tree: Tree, at: int, children: list[bytes]) -> bytes:
    unused = b"\0" if tree.tag(at) == BIT_STRING else b""
    return wrap(tree.tag(at), unused + b"".join(children))


def _in_place_of_a_child(values: list[bytes]) -> Change:
    def change(tree: Tree, at: int, rng: Random) -> bytes:
        children = tree.children(at)
        children[rng.randrange(len(children))] = rng.choice(values)
        return _filled(tree, at, children)

    return change


def _critical(tree: Tree, at: int, rng: Random) -> bytes:
    """An extension with another criticality, FALSE told explicitly among them (X.690 section 11.5)."""
    children = [child for child in tree.children(at) if child[0] != BOOLEAN]
    return _filled(tree, at, [*children[:1], rng.choice(CRITICAL), *children[1:]])


def _other_value(tree: Tree, at: int, rng: Random) -> bytes:
    """An extension with another value of its own kind."""
    children = tree.children(at)
    values = VALUES.get(rng.choice(list(VALUES)) if rng.random() < 0.1 else _dotted(children), [b"", NULL])
    return _filled(tree, at, [*children[:-1], wrap(OCTET_STRING, rng.choice(values))])


def _dotted(children: list[bytes]) -> str:
    return next((name for name in VALUES if children and oid(name) == children[0]), "1.2.3.4")


def _unused(tree: Tree, at: int, rng: Random) -> bytes:
    """A BIT STRING with another count of unused bits, or bits that are not used (X.690 section 11.2)."""
    content = tree.content(at)
    return wrap(BIT_STRING, bytes([rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0xFF))]) + content[1:])


def _usage(content: bytes, rng: Random) -> bytes:
    octets = rng.randbytes(rng.choice((1, 1, 1, 2, 3)))
    return bytes([rng.randrange(9)]) + octets if rng.random() < 0.7 else _minimal_bits(octets)


def _minimal_bits(octets: bytes) -> bytes:
    """A named bit list as DER has it: without trailing zero bits (X.690 section 11.2.2)."""
    octets = octets.rstrip(b"\0")
    unused = (octets[-1] & -octets[-1]).bit_length() - 1 if octets else 0
    return bytes([unused]) + octets


def _list_of_timestamps(content: bytes, rng: Random) -> bytes:
    """An SCT list with a length, version, algorithm or part of one SCT changed (RFC 6962 section 3.3)."""
    if len(content) < 49:
        return rng.choice((b"\0\0", b"\0\2\0\0", b"\0", b""))
    octets = bytearray(content)
    match rng.randrange(9):
        case 0:
            at = rng.choice((0, 2))
            octets[at : at + 2] = rng.choice(
                (
                    b"\0\0",
                    b"\xff\xff",
                    b"\0\1",
                    (int.from_bytes(octets[at : at + 2]) + rng.choice((-1, 1, 2))).to_bytes(2),
                )
            )
        case 1:
            octets[4] = rng.choice((1, 2, 0xFF))
        case 2:
            octets[37:45] = rng.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7, b"\0\0\xff\xff\xff\xff\xff\xff"))
        case 3:
            octets[45:47] = rng.choice((b"\0\1", b"\xff\xff", b"\0\2"))
        case 4:
            octets[47 + rng.randrange(2)] = rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF))
        case 5:
            octets[49:51] = rng.choice((b"\0\0", b"\xff\xff", b"\0\1"))
        case 6:
            sct = octets[2 : 4 + int.from_bytes(octets[2:4])]
            return _sized(bytes(octets[2:] + sct * rng.choice((1, 2, 40))))
        case 7:
            return _sized(bytes(octets[2:]) + rng.choice((b"\0", b"\0\0", b"\0\1\0", bytes(40))))
        case _:
            extended = bytes(octets[4:45]) + b"\0\3abc" + bytes(octets[47 : 4 + int.from_bytes(octets[2:4])])
            return _sized(len(extended).to_bytes(2) + extended)
    return bytes(octets)


def _sized(octets: bytes) -> bytes:
    return len(octets).to_bytes(2) + octets if len(octets) < 65_536 else octets


def _time(tree: Tree, at: int, rng: Random) -> bytes:
    values = rng.choice(
        ((0x17, hostile.UTC_TIMES), (0x18, hostile.GENERALIZED_TIMES), (0x17, hostile.GENERALIZED_TIMES))
    )
    return wrap(values[0], rng.choice(values[1]))


def _digit(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"0")
    octets[rng.randrange(len(octets))] = rng.choice(b"0123456789:/ Z+-\0\xb0")
    return bytes(octets)


def _text(tree: Tree, at: int, rng: Random) -> bytes:
    return wrap(rng.choice((tree.tag(at), rng.choice(hostile.TEXT_TAGS))), rng.choice(hostile.TEXTS))


def _text_around(tree: Tree, at: int, rng: Random) -> bytes:
    """A text with something odd put into it."""
    content, place = tree.content(at), rng.choice((0, -1, 1))
    odd = rng.choice(hostile.TEXTS[:-3])
    middle = len(content) if place < 0 else min(place, len(content))
    return wrap(rng.choice((tree.tag(at), 0x0C, 0x13)), content[:middle] + odd + content[middle:])


def _deep(tree: Tree, at: int, rng: Random) -> bytes:
    der, tag = tree.der(at), rng.choice((0x30, 0x30, 0x31, 0xA0, 0xA3, 0x04, 0x24))
    for _ in range(rng.choice(_DEEP)):
        der = wrap(tag, der)
    return der


def _version(tree: Tree, at: int, rng: Random) -> bytes:
    return wrap(0xA0, rng.choice([integer(0), integer(1), integer(2), integer(3), integer(255), integer(-1), b"",
                                  b"\2\2\0\2", b"\2\0", integer(2) + NULL, integer(2**64), NULL]))  # fmt: skip


def _unique_identifiers(tree: Tree, at: int, rng: Random) -> bytes:
    """[1] and [2] before the extensions, after them, twice, or something else there (RFC 5280 section 4.1.2.8)."""
    odd = [b"\x81\2\0\1", b"\x82\2\0\1", b"\x81\2\0\1\x82\2\0\1", b"\xa1\3\x03\1\0", b"\x82\2\0\1\x81\2\0\1", b"\x81\0",
           b"\x84\0", NULL, b"\xa3\0", b"\xa3\2\x30\0", b"\x81\2\7\xff", b"\x81\2\x08\1"]  # fmt: skip
    children = tree.children(at)
    children.insert(len(children) - rng.choice((0, 1)), rng.choice(odd))
    return _filled(tree, at, children)


def _without_version(tree: Tree, at: int, rng: Random) -> bytes:
    children = tree.children(at)
    first = rng.choice((b"", b"\xa0\3\2\1\0", b"\xa0\3\2\1\1", b"\xa0\3\2\1\2"))
    return _filled(tree, at, [first, *(child for child in children if child[0] != 0xA0)])


def _no_extensions(tree: Tree, at: int, rng: Random) -> bytes:
    return rng.choice((b"", b"\xa3\0", b"\xa3\2\x30\0", b"\xa3\2\x31\0", wrap(0xA3, tree.der(at)), tree.der(at) * 2))


CHANGES: dict[str, tuple[Place, Change]] = {
    "tag of another kind": (_anywhere, lambda tree, at, rng: bytes([rng.choice(
        (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x16, 0x17, 0x18, 0x1E, 0x30, 0x31, 0x80, 0x81, 0x82, 0x86,
        0xA0, 0xA1,
         0xA3, 0x00, 0x24, 0x10, 0x11, 0x70, 0xF0))]) + tree.der(at)[1:]),
    "tag with one bit changed": (_anywhere, lambda tree, at,
        rng: bytes([tree.tag(at) ^ 1 << rng.randrange(8)]) + tree.der(at)[1:]),
    "tag in several octets": (_anywhere, lambda tree, at, rng: rng.choice(
        (b"\x1f\x1e", b"\x3f\x10", b"\x1f\x81\x02", b"\x1f" + b"\xff" * 9 + b"\x7f", b"\xbf\x23")) + tree.der(at)[1:]),
    "length off": (_anywhere, _false_length),
    "length not the shortest": (_anywhere, _long_length),
    "length that overflows": (_anywhere, _wrapping_length),
    "length indefinite": (_anywhere, _with(b"\0\0", b"\x80")),
    "length indefinite without end": (_anywhere, _with(b"", b"\x80")),
    "length reserved": (_anywhere, _with(b"", b"\xff")),
    "length of all ones": (_anywhere, _with(b"", *(bytes([0x80 | n]) + b"\xff" * n for n in (1, 2, 3, 4, 7, 8, 9, 16,
        126)))),
    "removed": (_anywhere, lambda tree, at, rng: b""),
    "repeated": (_anywhere, lambda tree, at, rng: tree.der(at) * rng.choice((2, 3))),
    "emptied": (_anywhere, _content(lambda content, rng: b"")),
    "octets appended": (_anywhere, _content(lambda content, rng: content + rng.choice((b"\0", b"\5\0", b"\0\0",
        b"\xff", b"\2\1\1")))),
    "octets after": (_anywhere, lambda tree, at, rng: tree.der(at) + rng.choice((b"\0", NULL, b"\0\0", b"\2\1\1",
        b"\x30\0", b"\xff"))),
    "octets before": (_anywhere, lambda tree, at, rng: rng.choice((b"\0", NULL, b"\2\1\1", b"\x30\0")) + tree.der(at)),
    "octets cut off": (_anywhere, _content(lambda content, rng: content[: -rng.choice((1, 2, 8))])),
    "octets cut off in front": (_anywhere, _content(lambda content, rng: content[rng.choice((1, 2, 8)) :])),
    "bit changed": (_anywhere, _content(_flipped)),
    "octet changed": (_anywhere, _content(_set_octet)),
    "content at random": (_anywhere, _content(lambda content, rng: rng.randbytes(rng.choice((len(content),
        rng.randrange(300)))))),
    "NULL instead": (_anywhere, lambda tree, at, rng: NULL),
    "nested": (_anywhere, _deep),
    "content without its header": (_anywhere, lambda tree, at, rng: tree.content(at)),
    "children exchanged": (_constructed, _shuffled),
    "child put in": (_constructed, _inserted([NULL, b"\2\1\5", b"\x30\0", b"\xa4\0", b"\x80\0", b"\0\0", b"\4\1a",
        b"\1\1\0", b"\1\1\xff"])),
    "child replaced": (_constructed, _in_place_of_a_child([NULL, b"\2\1\0", b"\x30\0", b"\x31\0", b"\4\0",
        b"\6\1\x2a", b"\3\1\0", b"\x0c\0"])),
    "integer padded": (_tagged(INTEGER, 0x80, 0x82), _content(lambda content, rng: rng.choice((b"\0", b"\0\0",
        b"\xff")) + content)),
    "integer of another value": (_tagged(INTEGER), lambda tree, at, rng: integer(rng.choice(hostile.NUMBERS))),
    "integer negative": (_tagged(INTEGER), _content(lambda content,
        rng: bytes([content[0] | 0x80]) + content[1:] if content else b"\xff")),
    "integer even": (_tagged(INTEGER), _content(lambda content,
        rng: content[:-1] + bytes([content[-1] & 0xFE]) if content else b"\0")),
    "integer without its zero octet": (_tagged(INTEGER), _content(lambda content, rng: content.lstrip(b"\0"))),
    "boolean": (_tagged(BOOLEAN), _content_of([b"", b"\0", b"\1", b"\x7f", b"\x80", b"\xfe", b"\xff", b"\xff\xff",
        b"\0\xff", b"\0\0"])),
    "time": (_tagged(*_TIMES), _time),
    "time with a digit changed": (_tagged(*_TIMES), _content(_digit)),
    "times exchanged": (_role("validity"), lambda tree, at, rng: _filled(tree, at, tree.children(at)[::-1])),
    "OID": (_tagged(OID), _content_of(hostile.OIDS)),
    "OID with an arc more": (_tagged(OID), _content(lambda content, rng: content + rng.choice((b"\0", b"\1", b"\x80",
        b"\x81\0", b"\xff\xff\x7f")))),
    "OID with an arc less": (_tagged(OID), _content(lambda content, rng: content[:-1])),
    "bits unused": (_tagged(BIT_STRING, 0x81), _unused),
    "bit string": (_tagged(BIT_STRING), _content_of([b"", b"\0", b"\7", b"\0\0", b"\7\x80", b"\7\xff", b"\1\1",
        b"\xff", b"\0" + b"\xff" * 70])),
    "key usage": (lambda tree, at: tree.nodes[at].role == _KEY_USAGE and tree.tag(at) == BIT_STRING, _content(_usage)),
    "text": (_tagged(*hostile.TEXT_TAGS, 0x81, 0x82, 0x86), _text),
    "text with something put in": (_tagged(*hostile.TEXT_TAGS, 0x81, 0x82, 0x86), _text_around),
    "text of another string type": (_tagged(*hostile.TEXT_TAGS), lambda tree, at,
        rng: bytes([rng.choice(hostile.TEXT_TAGS)]) + tree.der(at)[1:]),
    "address": (_tagged(0x87), _content_of(hostile.ADDRESSES)),
    "address at random": (_tagged(0x87), _content(lambda content, rng: bytes(rng.choice((0, 0, 1, 255,
        16)) for _ in range(rng.choice((4, 16)))))),
    "version": (_role("version"), _version),
    "version out of step": (_role("tbs"), _without_version),
    "unique identifiers": (_role("tbs"), _unique_identifiers),
    "algorithm": (lambda tree, at: tree.nodes[at].role in {"algorithm",
        "outer algorithm"} and tree.nodes[at].depth == 0, _one_of(hostile.ALGORITHMS)),
    "name with another part": (lambda tree, at: tree.nodes[at].role in {"issuer",
        "subject"} and tree.nodes[at].depth == 0, _inserted(hostile.RDNS)),
    "part of a name": (lambda tree, at: tree.nodes[at].role in {"issuer", "subject"} and tree.nodes[at].depth == 1,
        _one_of(hostile.RDNS)),
    "self-issued": (_role("tbs"), lambda tree, at, rng: _filled(tree, at, [*tree.children(at)[:5],
        tree.children(at)[3], *tree.children(at)[6:]])
        if len(tree.children(at)) > 6 else tree.der(at)),
    "key": (_role("spki"), _one_of(hostile.KEYS)),
    "point": (_point, _content(lambda content, rng: b"\0" + rng.choice(hostile.POINTS))),
    "point of another form": (_point, _content(lambda content, rng: content[:1] + rng.choice((b"\0", b"\2", b"\3",
        b"\5", b"\6", b"\7")) + content[2:])),
    "extensions": (_role("extensions"), _no_extensions),
    "extension more": (_role("extensions", 1), _inserted(EXTENSIONS)),
    "extensions of one kind": (_role("extensions", 1), lambda tree, at, rng: _filled(tree, at,
        tree.children(at)[:1] * rng.choice((2, 3)))),
    "only odd extensions": (_role("extensions", 1), lambda tree, at, rng: _filled(tree, at, rng.choices(EXTENSIONS,
        k=rng.choice((1, 2, 12, 60))))),
    "extension replaced": (_extension, _one_of(EXTENSIONS)),
    "value of an extension": (_extension, _other_value),
    "criticality": (_extension, _critical),
    "timestamps": (_scts, _content(_list_of_timestamps)),
}  # fmt: skip
"""Each kind of change: where it makes sense, and the bytes it puts there."""


def _truncated(data: bytes, rng: Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


WHOLE: dict[str, Callable[[bytes, Random], bytes]] = {
    "truncated": _truncated,
    "bytes after the certificate": lambda data, rng: data + rng.choice((b"\0", NULL, b"\n", b"\0" * 8, data,
        rng.randbytes(3))),
    "bytes before the certificate": lambda data, rng: rng.choice((b"\0", NULL, b"\n", b" ")) + data,
    "octets at random": lambda data, rng: _flipped(_set_octet(data, rng), rng),
    "octet put in": lambda data, rng: data[: (at := rng.randrange(len(data) + 1))] + rng.randbytes(rng.choice((1, 1,
        2, 8))) + data[at:],
    "octets taken out": lambda data, rng: data[: (at := rng.randrange(len(data) + 1))] + data[at + rng.choice((1, 1,
        2, 8)) :],
    "PEM": lambda data, rng: b"-----BEGIN CERTIFICATE-----\n" + data,
    "empty": lambda data, rng: b"",
}  # fmt: skip
"""Changes of a certificate as a whole."""
