"""A certificate as a tree of TLVs, any of which can be replaced: the ground `der_mutants` stands on."""

from __future__ import annotations

from dataclasses import dataclass

from certanalytics.x509.der import wrap

_FIELDS = ("serial", "algorithm", "issuer", "validity", "subject", "spki")
_OUTER = ("tbs", "outer algorithm", "signature")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Node:
    """One TLV of a certificate.

    Attributes:
        start: Where its tag stands.
        inside: Where its content begins.
        end: Where it ends.
        parent: Which node holds it; -1 for the certificate.
        role: The field of RFC 5280 it is or belongs to; within an extension the hexadecimal of the extension's OID.
        depth: How far below the node that has the role.
    """

    start: int
    inside: int
    end: int
    parent: int
    role: str
    depth: int


class Tree:
    """The TLVs of a certificate, those inside the OCTET STRINGs of extensions and inside the key included."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.nodes: list[Node] = []
        self._children: list[list[int]] = []
        if _header(data, 0, len(data)):
            self._add(0, len(data), -1, "certificate", 0)

    def tag(self, at: int) -> int:
        return self.data[self.nodes[at].start]

    def content(self, at: int) -> bytes:
        node = self.nodes[at]
        return self.data[node.inside : node.end]

    def der(self, at: int) -> bytes:
        node = self.nodes[at]
        return self.data[node.start : node.end]

    def children(self, at: int) -> list[bytes]:
        return [self.der(child) for child in self._children[at]]

    def with_replaced(self, at: int, new: bytes) -> bytes:
        """The certificate with other bytes for one node, the lengths around it set right."""
        data, node = self.data, self.nodes[at]
        while node.parent >= 0:
            around = self.nodes[node.parent]
            new = wrap(data[around.start], data[around.inside : node.start] + new + data[node.end : around.end])
            node = around
        return new + data[node.end :]

    def with_spliced(self, at: int, new: bytes) -> bytes:
        """The certificate with other bytes for one node, and all lengths as they were."""
        node = self.nodes[at]
        return self.data[: node.start] + new + self.data[node.end :]

    def _add(self, start: int, limit: int, parent: int, role: str, depth: int) -> int:
        inside, end = _header(self.data, start, limit) or (limit, limit)
        at = len(self.nodes)
        self.nodes.append(Node(start, inside, end, parent, role, depth))
        self._children.append([])
        tag = self.data[start]
        if depth >= _DEEPEST:
            return at
        if tag & 0x20 or (tag == 0x04 and (depth == 1 or self.tag(parent) == 0x04) and _fits(self.data, inside, end)):
            self._fill(at, inside, end)
        elif tag == 0x03 and role == "spki" and _fits(self.data, inside + 1, end):
            self._fill(at, inside + 1, end)
        return at

    def _fill(self, at: int, position: int, end: int) -> None:
        node, number, shift = self.nodes[at], 0, 0
        while position < end and _header(self.data, position, end):
            if node.role == "tbs" and number == 0 and self.data[position] != 0xA0:
                shift = 1
            role, depth = self._role(node, position, number + shift)
            child = self._add(position, end, at, role, depth)
            self._children[at].append(child)
            position, number = self.nodes[child].end, number + 1

    def _role(self, node: Node, position: int, number: int) -> tuple[str, int]:
        if node.role == "certificate":
            return (_OUTER[number] if number < len(_OUTER) else "beside the signature"), 0
        if node.role == "tbs":
            if number <= len(_FIELDS):
                return ("version", *_FIELDS)[number], 0
            return "extensions" if self.data[position] == 0xA3 else "unique identifier", 0
        if node.role == "extensions" and node.depth == 1:
            header = _header(self.data, position, node.end)
            oid = _header(self.data, header[0], header[1]) if header else None
            return self.data[oid[0] : oid[1]].hex() if oid else "extension", 0
        return node.role, node.depth + 1


def _header(data: bytes, at: int, limit: int) -> tuple[int, int] | None:
    """Where the content of a TLV of definite length begins and ends."""
    if at + 2 > limit or data[at] & 0x1F == 0x1F:
        return None
    length, inside = data[at + 1], at + 2
    if length > 0x80:
        inside += length - 0x80
        length = int.from_bytes(data[at + 2 : inside])
    return (inside, inside + length) if length != 0x80 and inside + length <= limit else None


def _fits(data: bytes, position: int, end: int) -> bool:
    """Whether these bytes are one TLV, so that it is worth looking inside."""
    header = _header(data, position, end)
    return header is not None and header[1] == end and data[position] not in {0, 0xFF}
