r"""DNS in presentation form (RFC 1035 section 5.1): words, names, and the data of a record in one spelling.

The estate's spelling has absolute names without the final dot in lower case, every text in quotes, hexadecimal in
lower case without spaces, and addresses in their shortest form. What is escaped stays escaped where it has to be
(``a\.b.example``) and is written out where it need not (``\042.example`` is ``*.example``: the digits are decimal).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence

_QUOTED = r'"(?:[^"\\]|\\.)*+"'
_WORD = rf'{_QUOTED}|(?:[^ \t;()"\\]++|\\.)(?:[^ \t;()"\\]++|\\.|{_QUOTED})*+'
_TOKEN = re.compile(rf"[ \t]*+(?:(?P<word>{_WORD})|(?P<mark>[()])|;.*|$)")
_ESCAPED = re.compile(r"\\(?:(\d{3})|(.))|([^\\])", re.DOTALL)
_PLAIN_NAME = re.compile(r"(?=.{1,253}\.?\Z)[A-Za-z0-9_*/-]{1,63}(?:\.[A-Za-z0-9_*/-]{1,63})*\.?")
_TIME = re.compile(r"(?:\d+[wdhms])+|\d+", re.IGNORECASE)
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}

ORIGIN_UNKNOWN = (
    "a relative name, and the file does not say of which zone: neither $ORIGIN nor the owner of its SOA record is "
    "absolute. Load it by itself with --origin <zone>, or put '$ORIGIN <zone>.' on its first line"
)


def words(line: str) -> Iterator[str]:
    """The words of one line as written, quotes and escapes included; parentheses are words of their own.

    Raises:
        ValueError: A quote is not closed, or the line ends in a backslash.
    """
    at = 0
    while at < len(line):
        found = _TOKEN.match(line, at)
        if not found:
            raise ValueError("a quote is not closed, or a backslash has nothing to escape")
        if token := found["word"] or found["mark"]:
            yield token
        at = found.end()


def dns_name(written: str, origin: str | None) -> str:
    """A name in the estate's spelling; the root is empty.

    Args:
        written: As it stands in the file; ``@`` is the origin.
        origin: What a name without a final dot stands below, in the estate's spelling; ``None`` if nobody knows.

    Raises:
        ValueError: It is no name, or relative to an origin nobody knows.
    """
    if written == ".":
        return ""
    if written == "@":
        name, is_absolute = "", False
    elif _PLAIN_NAME.fullmatch(written):
        is_absolute = written.endswith(".")
        name = written.lower().removesuffix(".")
    else:
        name, is_absolute = _unusual_name(written)
    if not is_absolute:
        if origin is None:
            raise ValueError(ORIGIN_UNKNOWN)
        name = f"{name}.{origin}" if name and origin else name or origin
    if len(name) > 253 and len(octets(name)) > 253:
        raise ValueError(f"a name of more than 255 octets: {name[:40]}...")
    return name


def seconds(written: str) -> int | None:
    """A time to live as RFC 1035 (``3600``) or BIND (``1h30m``) write it; ``None`` if it is none."""
    if not _TIME.fullmatch(written):
        return None
    parts = re.findall(r"(\d+)([a-z]?)", written.lower())
    total = sum(int(number) * _SECONDS[unit or "s"] for number, unit in parts)
    return total if total < 2**31 else None  # RFC 2181 section 8


def octets(written: str) -> bytes:
    """What a text with escapes means, without its quotes.

    Raises:
        ValueError: An escape is none.
    """
    made = bytearray()
    at = 0
    while at < len(written):
        found = _ESCAPED.match(written, at)
        if not found or (found[1] and int(found[1]) > 255) or (found[2] and found[2].isdigit()):
            raise ValueError(f"not an escape: {written[at : at + 4]}")
        made += bytes([int(found[1])]) if found[1] else (found[2] or found[3]).encode()
        at = found.end()
    return bytes(made)


def data(record_type: str, written: Sequence[str], origin: str | None) -> str:
    """The data of a record in the estate's spelling.

    Raises:
        ValueError: It is no data of this type, or names something relative to an origin nobody knows.
    """
    rest = list(written)
    if rest[:1] == ["\\#"]:
        return _generic(record_type, rest[1:])
    try:
        made = [_READERS[kind](rest, origin) for kind in FORMATS.get(record_type, "W")]
    except IndexError:
        raise ValueError(f"the data of {record_type} ends too early") from None
    if rest:
        raise ValueError(f"the data of {record_type} has words too many: {' '.join(rest)[:40]}")
    return " ".join(filter(None, made))


def _unusual_name(written: str) -> tuple[str, bool]:
    """A name with escapes or odd characters, label by label, and whether it is absolute."""
    labels = re.findall(r"((?:\\\d{3}|\\.|[^.\\])*)(\.|\Z)", written, re.DOTALL)
    if "".join(label + dot for label, dot in labels) != written:
        raise ValueError(f"not a name: {written[:40]}")
    if labels[-1] == ("", ""):
        labels.pop()
    wire = [octets(label) for label, _ in labels]
    if any(not 0 < len(label) < 64 for label in wire):
        raise ValueError(f"not a name, a label is empty or longer than 63 octets: {written[:40]}")
    return ".".join(_label(label) for label in wire), labels[-1][1] == "."


def _label(label: bytes) -> str:
    """One label as BIND prints it."""
    return "".join(
        f"\\{chr(octet)}" if octet in b'"().;\\@$' else chr(octet) if 0x20 < octet < 0x7F else f"\\{octet:03}"
        for octet in label.lower()
    )


def _name(rest: list[str], origin: str | None) -> str:
    return dns_name(rest.pop(0), origin) or "."


def _ip4(rest: list[str], _: str | None) -> str:
    return str(ipaddress.IPv4Address(rest.pop(0)))


def _ip6(rest: list[str], _: str | None) -> str:
    return str(ipaddress.IPv6Address(rest.pop(0)))


def _number(bits: int) -> Callable[[list[str], str | None], str]:
    def read(rest: list[str], _: str | None) -> str:
        written = rest.pop(0)
        if not re.fullmatch(r"\d{1,10}", written, re.ASCII) or int(written) >= 2**bits:
            raise ValueError(f"not a number of {bits} bits: {written[:40]}")
        return str(int(written))

    return read


def _period(rest: list[str], _: str | None) -> str:
    written = rest.pop(0)
    if (found := seconds(written)) is None:
        raise ValueError(f"not a time: {written[:40]}")
    return str(found)


def _hexadecimal(rest: list[str], _: str | None) -> str:
    digits = "".join(rest).lower()
    if not re.fullmatch(r"(?:[0-9a-f]{2})+", digits):
        raise ValueError(f"not hexadecimal: {' '.join(rest)[:40]}")
    rest.clear()
    return digits


def _quoted(rest: list[str], longest: int = 65_535) -> str:
    written = rest.pop(0)
    inner = written[1:-1] if written.startswith('"') else written
    if not written.startswith('"') and re.search(r'(?<!\\)(?:\\\\)*"', written):
        raise ValueError(f"a quote within a word: {written[:40]}")
    if len(octets(inner)) > longest:
        raise ValueError(f"a text of more than {longest} octets")
    return f'"{inner}"'


def _text(rest: list[str], _: str | None) -> str:
    return _quoted(rest, 255)  # RFC 1035 section 3.3


def _texts(rest: list[str], origin: str | None) -> str:
    made = [_text(rest, origin)]
    while rest:
        made.append(_text(rest, origin))
    return " ".join(made)


def _value(rest: list[str], _: str | None) -> str:
    return _quoted(rest)


def _tag(rest: list[str], _: str | None) -> str:
    written = rest.pop(0)
    if not re.fullmatch(r"[A-Za-z0-9]{1,255}", written):
        raise ValueError(f"not a property of CAA: {written[:40]}")
    return written.lower()


def _parameters(rest: list[str], _: str | None) -> str:
    """The SvcParams of RFC 9460: ``port=443``, ``alpn="h2,h3"``, in their order."""
    made = []
    for written in rest:
        key, sign, value = written.partition("=")
        if not re.fullmatch(r"[A-Za-z0-9-]{1,63}", key):
            raise ValueError(f"not a parameter: {written[:40]}")
        made.append(key.lower() + sign + value)
    rest.clear()
    return " ".join(made)


def _word(rest: list[str], _: str | None) -> str:
    return rest.pop(0)


def _as_written(rest: list[str], _: str | None) -> str:
    if not rest:
        raise IndexError
    made = " ".join(rest)
    rest.clear()
    return made


def _generic(record_type: str, rest: list[str]) -> str:
    r"""Data as octets (``\# 4 0a000001``, RFC 3597 section 5), written out for the types that matter here."""
    size = _number(16)(rest or [""], None)
    raw = bytes.fromhex(_hexadecimal(rest, None)) if rest else b""
    if int(size) != len(raw):
        raise ValueError(f"{len(raw)} octets where {size} are announced")
    if record_type in {"A", "AAAA"}:
        return str(ipaddress.IPv4Address(raw) if record_type == "A" else ipaddress.IPv6Address(raw))
    if record_type == "CAA" and len(raw) > 1 and len(raw) >= 2 + raw[1]:
        tag, value = raw[2 : 2 + raw[1]].decode("ascii"), raw[2 + raw[1] :]
        shown = "".join(
            f"\\{chr(octet)}" if octet in b'"\\' else chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03}"
            for octet in value
        )
        return data("CAA", (str(raw[0]), tag, f'"{shown}"'), None)
    return " ".join(filter(None, ("\\#", size, raw.hex())))


_READERS: dict[str, Callable[[list[str], str | None], str]] = {
    "4": _ip4,
    "6": _ip6,
    "n": _name,
    "b": _number(8),
    "d": _number(16),
    "q": _number(32),
    "t": _period,
    "x": _hexadecimal,
    "s": _text,
    "S": _texts,
    "v": _value,
    "g": _tag,
    "p": _parameters,
    "w": _word,
    "W": _as_written,
}

FORMATS = {
    **dict.fromkeys(("NS", "CNAME", "PTR", "DNAME", "ALIAS", "ANAME", "MB", "MD", "MF", "MG", "MR"), "n"),
    **dict.fromkeys(("MX", "AFSDB", "RT", "KX", "LP"), "dn"),
    **dict.fromkeys(("RP", "MINFO"), "nn"),
    **dict.fromkeys(("TXT", "SPF", "AVC"), "S"),
    **dict.fromkeys(("TLSA", "SMIMEA"), "bbbx"),
    **dict.fromkeys(("DS", "CDS", "DLV"), "dwbx"),
    **dict.fromkeys(("SVCB", "HTTPS"), "dnp"),
    **dict.fromkeys(("RRSIG", "SIG"), "wwwwwwwnW"),
    "A": "4",
    "AAAA": "6",
    "SOA": "nnqtttt",
    "SRV": "dddn",
    "CAA": "bgv",
    "SSHFP": "bbx",
    "NAPTR": "ddsssn",
    "HINFO": "ss",
    "PX": "dnn",
    "URI": "ddv",
    "NSEC": "nW",
}
"""Of what the data of a type consists, one letter each; ALIAS and ANAME are those of PowerDNS and others."""

_AS_WRITTEN = (
    ("A6", "AMTRELAY", "APL", "ATMA", "CDNSKEY", "CERT", "CSYNC", "DHCID", "DNSKEY", "DOA", "DSYNC", "EID", "EUI48"),
    ("EUI64", "GPOS", "HIP", "IPSECKEY", "ISDN", "KEY", "L32", "L64", "LOC", "NID", "NIMLOC", "NINFO", "NSAP"),
    ("NSAP-PTR", "NSEC3", "NSEC3PARAM", "NXT", "OPENPGPKEY", "RESINFO", "RKEY", "SINK", "TA", "TALINK", "WALLET"),
    ("WINS", "WINSR", "WKS", "X25", "ZONEMD"),
)
TYPES = frozenset(FORMATS).union(*_AS_WRITTEN)
"""The types a zone file may hold; the data of those without a format stays as it is written."""

BY_NUMBER = {"TYPE1": "A", "TYPE28": "AAAA", "TYPE52": "TLSA", "TYPE64": "SVCB", "TYPE65": "HTTPS", "TYPE257": "CAA"}
"""Types that older programs knew only by number (RFC 3597)."""
