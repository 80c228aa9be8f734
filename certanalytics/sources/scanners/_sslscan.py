"""What sslscan's XML needs besides parsing: sound bytes, places and outcomes in its words, a certificate by its fields.

sslscan prints its XML, it does not build it. Names from a certificate go out as the bytes they are (a Latin-1 letter
or a control character would end the file for any XML parser), and 2.0.8 to 2.0.15 print one ``</certificate>`` too
many for a server that gave none.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO, Self

from certanalytics.model import Outcome, StatedCertificate
from certanalytics.sources._reading.text import ip_address, is_dns_name, openssl_time, serial_hex

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LONGEST_LINE = 1 << 16
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_KEY_ALGORITHMS = frozenset({"RSA", "DSA", "EC"})
_CURVES = {"prime256v1": "secp256r1", "prime192v1": "secp192r1"}
"""OpenSSL's names where they are not those of SEC 2, which it uses for all other curves."""

_TOO_LONG = 0xFFFFFFFF
"""What OpenSSL before 1.0 gives for a serial number longer than a C long; later ones give -1."""

_NAME_KINDS = "DNS|IP Address|email|URI|DirName|othername|Registered ID"
_ALT_NAME = re.compile(rf"(?:^|,)\s*+({_NAME_KINDS}):")
_ONE_LINE_NAME = re.compile(r"/[A-Za-z0-9.]+=")

# By sslscan's own words, first match. Until 2.0.9 it gives no reason why a connection could not be opened: then one
# that was refused and one that timed out read the same, as they do in testssl.sh; the detail keeps the words.
_OUTCOMES: tuple[tuple[str, Outcome], ...] = (
    (r"Could not resolve", "unresolvable"),
    (r"timed out|timeout", "timeout"),
    (r"did not appear to|did not respond with status|rejected TLS startup|STARTLS LDAP", "not tls"),
    (r"Could not open a connection .*(refused|on port \d+\.$)", "refused"),
)

_PLACES = (
    re.compile(r"Could not open a connection to host (?P<host>\S+) \((?P<ip>[^()\s]+)\) on port (?P<port>\d{1,5})"),
    re.compile(r"Could not resolve hostname (?P<host>\S+?)\.?$"),
    re.compile(r"The host (?P<host>\S+) on port (?P<port>\d{1,5}) did not appear"),
    re.compile(r"service on (?P<host>\S+) port (?P<port>\d{1,5}) did not"),
    re.compile(r"(?:from|to|at) (?P<host>\S+):(?P<port>\d{1,5})(?::|\s|$)"),
)


class Sound:
    r"""A binary stream that XML can be read from: what is no UTF-8 or no character of XML stands as ``\xNN``."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
        self._open = 0  # certificate elements
        self._ended = False

    def read(self, size: int = 1 << 16) -> bytes:
        """The next lines, about so many bytes of them; none only at the end."""
        parts, length = [], 0
        while length < size and not self._ended:
            line = self._stream.readline(_LONGEST_LINE)
            self._ended = not line
            if not self._is_closed_twice(line):
                parts.append(self._decoder.decode(line, final=self._ended))
            length += len(line)
        return _NO_XML.sub(lambda found: f"\\x{ord(found[0]):02X}", "".join(parts)).encode()

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_closed_twice(self, line: bytes) -> bool:
        start = line.lstrip()
        if start.startswith((b"<certificate ", b"<certificate>")):
            self._open += 1
        elif start.startswith(b"</certificate>"):
            self._open -= 1
            if self._open < 0:
                self._open = 0
                return True
        return False


def outcome(message: str) -> Outcome:
    """Why there was no certificate, by what sslscan says of it."""
    return next((means for words, means in _OUTCOMES if re.search(words, message, re.IGNORECASE)), "no certificate")


def place(message: str) -> tuple[str, str | None, str | None] | None:
    """Host, address and port an error is about; ``None`` if it names none."""
    for pattern in _PLACES:
        if found := pattern.search(message):
            said = found.groupdict()
            return said["host"], said.get("ip"), said.get("port")
    return None


def stated(full: Element | None, short: Element | None) -> StatedCertificate:
    """A certificate by what sslscan says of it; a full block says more, a short one says it more plainly.

    The ``bits`` of an EC key are a security level and none of its size, so the curve is all there is.

    Raises:
        ValueError: A number, a time or a name is none.
    """
    blocks = [block for block in (short, full) if block is not None]

    def said(name: str) -> str | None:
        return next((words for block in blocks if (words := (block.findtext(name) or "").strip())), None)

    key = next((found for block in blocks if (found := block.find("pk")) is not None), None)
    algorithm = key.get("type") if key is not None else None
    bits = key.get("bits", "") if key is not None and algorithm == "RSA" else ""
    curve = key.get("curve_name") if key is not None and algorithm == "EC" else None
    signature = (said("signature-algorithm") or "").removeprefix("Signature Algorithm:").split()
    digest = re.search(r"md5|sha\d+", signature[0], re.IGNORECASE) if signature else None
    names = alternative_names(said("altnames") or _extension(full, "X509v3 Subject Alternative Name"))
    subject_dn, subject_cn = _name([block.findtext("subject") for block in blocks])
    issuer_dn, issuer_cn = _name([block.findtext("issuer") for block in blocks])
    before, after = said("not-valid-before"), said("not-valid-after")
    certificate = StatedCertificate(
        serial_hex=_serial(said("serial")),
        subject_dn=subject_dn,
        subject_cn=subject_cn,
        issuer_dn=issuer_dn,
        issuer_cn=issuer_cn,
        san_dns=tuple(name for kind, name in names if kind == "DNS" and is_dns_name(name)),
        san_ip=tuple(address for kind, name in names if kind == "IP Address" and (address := ip_address(name))),
        san_email=tuple(name for kind, name in names if kind == "email"),
        san_uri=tuple(name for kind, name in names if kind == "URI"),
        not_before=openssl_time(before) if before else None,
        not_after=openssl_time(after) if after else None,
        key_algorithm=algorithm if algorithm in _KEY_ALGORITHMS else None,
        key_bits=int(bits) if bits else None,
        key_curve=_CURVES.get(curve, curve) if curve else None,
        signature_algorithm=signature[0] if signature else None,
        signature_hash=digest[0].lower() if digest else None,
    )
    if certificate == StatedCertificate():
        raise ValueError("it says nothing of the certificate")
    return certificate


def alternative_names(written: str) -> list[tuple[str, str]]:
    """Kind and value of each name in OpenSSL's list of them; a value may hold commas."""
    starts = [*_ALT_NAME.finditer(written)]
    ends = [*(start.start() for start in starts[1:]), len(written)]
    return [(start[1], written[start.end() : end].rstrip()) for start, end in zip(starts, ends, strict=False)]


def _name(written: list[str | None]) -> tuple[str | None, str | None]:
    """Distinguished and common name: the short block has the common name alone, or all of a name without one."""
    names = [name.strip() for name in written if name and name.strip()]
    whole = next((_unescape(name) for name in names if _ONE_LINE_NAME.match(name)), None)
    return whole, next((name for name in names if not _ONE_LINE_NAME.match(name)), None)


def _unescape(text: str) -> str:
    r"""UTF-8 bytes OpenSSL wrote as ``\xC3\xBC`` as the letters they are; an escaped ``/`` stays: it parts nothing."""
    return re.sub(
        r"(?:\\x[0-9A-F]{2})+",
        lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "backslashreplace"),
        text,
    )


def _extension(full: Element | None, name: str) -> str:
    if full is None:
        return ""
    return (full.findtext(f"X509v3-Extensions/extension[@name='{name}']") or "").strip()


def _serial(written: str | None) -> str | None:
    """``41:0d:8c``, or for a short one ``4660 (0x1234)``; 1.8 says ``4660``, and of a long one no number."""
    if not written:
        return None
    if re.fullmatch(r"-?\d+", written):
        number = int(written)
        return serial_hex(number) if number > 0 and number != _TOO_LONG else None
    found = re.fullmatch(r"-?\d+ \((-?)0x([0-9a-fA-F]+)\)", written)
    return serial_hex(found[1] + found[2]) if found else serial_hex(written)
