"""Places in a certificate, and what can be done to the TLV that stands at one: what `der_changes` names."""

from __future__ import annotations

import random
from collections.abc import Callable

import hostile_values as hostile
from der_tree import Tree
from hostile_extensions import CRITICAL, VALUES
from hostile_values import NULL, integer, oid

from certanalytics.x509.der import BIT_STRING, BOOLEAN, OCTET_STRING, wrap

Random = random.Random
Change = Callable[[Tree, int, Random], bytes]
Place = Callable[[Tree, int], bool]

KEY_USAGE, _SCTS = "551d0f", "2b06010401d679020402"
TIMES = (0x17, 0x18)
_DEEP = (2, 30, 300, 3000)


def tagged(*tags: int) -> Place:
    return lambda tree, at: tree.tag(at) in tags


def role(role: str, depth: int = 0) -> Place:
    return lambda tree, at: (tree.nodes[at].role, tree.nodes[at].depth) == (role, depth)


def anywhere(tree: Tree, at: int) -> bool:
    return True


def constructed(tree: Tree, at: int) -> bool:
    return bool(tree.children(at))


def extension(tree: Tree, at: int) -> bool:
    node = tree.nodes[at]
    return node.depth == 0 and node.parent >= 0 and tree.nodes[node.parent].role == "extensions"


def scts(tree: Tree, at: int) -> bool:
    return tree.nodes[at].role == _SCTS and tree.tag(at) == OCTET_STRING and tree.nodes[at].depth > 1


def point(tree: Tree, at: int) -> bool:
    return tree.nodes[at].role == "spki" and tree.tag(at) == BIT_STRING and not tree.children(at)


def content(change: Callable[[bytes, Random], bytes]) -> Change:
    """The same tag around changed content."""
    return lambda tree, at, rng: wrap(tree.tag(at), change(tree.content(at), rng))


def one_of(values: list[bytes]) -> Change:
    return lambda tree, at, rng: rng.choice(values)


def content_of(values: list[bytes]) -> Change:
    return content(lambda content, rng: rng.choice(values))


def with_length(value: bytes, *lengths: bytes) -> Change:
    """The same tag and content after some other length."""
    return lambda tree, at, rng: tree.der(at)[:1] + rng.choice(lengths) + tree.content(at) + value


def long_length(tree: Tree, at: int, rng: Random) -> bytes:
    """A length in more octets than it needs (X.690 section 10.1)."""
    content, octets = tree.content(at), rng.choice((1, 2, 3, 4, 5, 8, 9, 126))
    shortest = (len(content).bit_length() + 7) // 8
    octets = max(octets, shortest + (len(content) > 127))
    return tree.der(at)[:1] + bytes([0x80 | octets]) + len(content).to_bytes(octets) + content


def wrapping_length(tree: Tree, at: int, rng: Random) -> bytes:
    """A length that is right only for who counts modulo 2^8, 2^16, 2^32 or 2^64, or adds without care."""
    content, node = tree.content(at), tree.nodes[at]
    bits = rng.choice((8, 16, 32, 63, 64))
    length = rng.choice(((1 << bits) + len(content), (1 << bits) - node.inside, (1 << bits) - 1, 1 << bits >> 1))
    return tree.der(at)[:1] + _length(length) + content


def false_length(tree: Tree, at: int, rng: Random) -> bytes:
    content = tree.content(at)
    return tree.der(at)[:1] + _length(len(content) + rng.choice((-2, -1, 1, 2, 3, 16, 128, 256, 65_536))) + content


def _length(length: int) -> bytes:
    """The octets of a length in DER's shortest form."""
    if length < 0x80:
        return bytes([max(0, length)])
    octets = (length.bit_length() + 7) // 8
    return bytes([0x80 | octets]) + length.to_bytes(octets)


def flipped(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"\0")
    octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
    return bytes(octets)


def set_octet(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"\0")
    octets[rng.randrange(len(octets))] = rng.choice((0, 1, 0x30, 0x7F, 0x80, 0x81, 0x84, 0x88, 0xFE, 0xFF))
    return bytes(octets)


def shuffled(tree: Tree, at: int, rng: Random) -> bytes:
    children = tree.children(at)
    one, other = rng.randrange(len(children)), rng.randrange(len(children))
    children[one], children[other] = children[other], children[one]
    return filled(tree, at, children)


def inserted(values: list[bytes]) -> Change:
    def change(tree: Tree, at: int, rng: Random) -> bytes:
        children = tree.children(at)
        children.insert(rng.randint(0, len(children)), rng.choice(values))
        return filled(tree, at, children)

    return change


def filled(tree: Tree, at: int, children: list[bytes]) -> bytes:
    unused = b"\0" if tree.tag(at) == BIT_STRING else b""
    return wrap(tree.tag(at), unused + b"".join(children))


def in_place_of_a_child(values: list[bytes]) -> Change:
    def change(tree: Tree, at: int, rng: Random) -> bytes:
        children = tree.children(at)
        children[rng.randrange(len(children))] = rng.choice(values)
        return filled(tree, at, children)

    return change


def critical(tree: Tree, at: int, rng: Random) -> bytes:
    """An extension with another criticality, FALSE told explicitly among them (X.690 section 11.5)."""
    children = [child for child in tree.children(at) if child[0] != BOOLEAN]
    return filled(tree, at, [*children[:1], rng.choice(CRITICAL), *children[1:]])


def other_value(tree: Tree, at: int, rng: Random) -> bytes:
    """An extension with another value of its own kind."""
    children = tree.children(at)
    values = VALUES.get(rng.choice(list(VALUES)) if rng.random() < 0.1 else _dotted(children), [b"", NULL])
    return filled(tree, at, [*children[:-1], wrap(OCTET_STRING, rng.choice(values))])


def _dotted(children: list[bytes]) -> str:
    return next((name for name in VALUES if children and oid(name) == children[0]), "1.2.3.4")


def unused(tree: Tree, at: int, rng: Random) -> bytes:
    """A BIT STRING with another count of unused bits, or bits that are not used (X.690 section 11.2)."""
    content = tree.content(at)
    return wrap(BIT_STRING, bytes([rng.choice((0, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, 0xFF))]) + content[1:])


def usage(content: bytes, rng: Random) -> bytes:
    octets = rng.randbytes(rng.choice((1, 1, 1, 2, 3)))
    return bytes([rng.randrange(9)]) + octets if rng.random() < 0.7 else _minimal_bits(octets)


def _minimal_bits(octets: bytes) -> bytes:
    """A named bit list as DER has it: without trailing zero bits (X.690 section 11.2.2)."""
    octets = octets.rstrip(b"\0")
    unused = (octets[-1] & -octets[-1]).bit_length() - 1 if octets else 0
    return bytes([unused]) + octets


def list_of_timestamps(content: bytes, rng: Random) -> bytes:
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


def time(tree: Tree, at: int, rng: Random) -> bytes:
    values = rng.choice(
        ((0x17, hostile.UTC_TIMES), (0x18, hostile.GENERALIZED_TIMES), (0x17, hostile.GENERALIZED_TIMES))
    )
    return wrap(values[0], rng.choice(values[1]))


def digit(content: bytes, rng: Random) -> bytes:
    octets = bytearray(content or b"0")
    octets[rng.randrange(len(octets))] = rng.choice(b"0123456789:/ Z+-\0\xb0")
    return bytes(octets)


def text(tree: Tree, at: int, rng: Random) -> bytes:
    return wrap(rng.choice((tree.tag(at), rng.choice(hostile.TEXT_TAGS))), rng.choice(hostile.TEXTS))


def text_around(tree: Tree, at: int, rng: Random) -> bytes:
    """A text with something odd put into it."""
    content, place = tree.content(at), rng.choice((0, -1, 1))
    odd = rng.choice(hostile.TEXTS[:-3])
    middle = len(content) if place < 0 else min(place, len(content))
    return wrap(rng.choice((tree.tag(at), 0x0C, 0x13)), content[:middle] + odd + content[middle:])


def deep(tree: Tree, at: int, rng: Random) -> bytes:
    der, tag = tree.der(at), rng.choice((0x30, 0x30, 0x31, 0xA0, 0xA3, 0x04, 0x24))
    for _ in range(rng.choice(_DEEP)):
        der = wrap(tag, der)
    return der


def version(tree: Tree, at: int, rng: Random) -> bytes:
    return wrap(0xA0, rng.choice([integer(0), integer(1), integer(2), integer(3), integer(255), integer(-1), b"",
                                  b"\2\2\0\2", b"\2\0", integer(2) + NULL, integer(2**64), NULL]))  # fmt: skip


def unique_identifiers(tree: Tree, at: int, rng: Random) -> bytes:
    """[1] and [2] before the extensions, after them, twice, or something else there (RFC 5280 section 4.1.2.8)."""
    odd = [b"\x81\2\0\1", b"\x82\2\0\1", b"\x81\2\0\1\x82\2\0\1", b"\xa1\3\x03\1\0", b"\x82\2\0\1\x81\2\0\1", b"\x81\0",
           b"\x84\0", NULL, b"\xa3\0", b"\xa3\2\x30\0", b"\x81\2\7\xff", b"\x81\2\x08\1"]  # fmt: skip
    children = tree.children(at)
    children.insert(len(children) - rng.choice((0, 1)), rng.choice(odd))
    return filled(tree, at, children)


def without_version(tree: Tree, at: int, rng: Random) -> bytes:
    children = tree.children(at)
    first = rng.choice((b"", b"\xa0\3\2\1\0", b"\xa0\3\2\1\1", b"\xa0\3\2\1\2"))
    return filled(tree, at, [first, *(child for child in children if child[0] != 0xA0)])


def no_extensions(tree: Tree, at: int, rng: Random) -> bytes:
    return rng.choice((b"", b"\xa3\0", b"\xa3\2\x30\0", b"\xa3\2\x31\0", wrap(0xA3, tree.der(at)), tree.der(at) * 2))
