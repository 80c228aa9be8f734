"""The texts of Nessus plugins about TLS: the certificate (10863), protocol versions (56984) and suites (21643).

The certificate's text ends with its PEM in newer feeds, which then is all that is taken. Older feeds, and cells a
spreadsheet cut off, leave the text. It is a list of sections; what a section says of the key of another is told
apart by order alone.
"""

from __future__ import annotations

import re

from certanalytics.model import CertificateRef, StatedCertificate
from certanalytics.sources._reading.text import hex_digits, ip_address, openssl_time
from certanalytics.sources.scanners._certificate_text import (
    distinguished_name,
    key_algorithm,
    key_bits,
    purposes,
    serial_of_octets,
    signature_hash,
    value_of,
)
from certanalytics.sources.scanners._cipher_suites import SUITES
from certanalytics.x509.containers import pem_to_der

_BEGIN = "-----BEGIN CERTIFICATE-----"
_NAMES = ("Subject Name", "Issuer Name")
_WRITTEN_OUT = "Subject Name: \\n"
"""How a feed of 2019 ended lines: with a backslash and an n, all but those it wrapped."""

_LINE = re.compile(r"^([A-Za-z0-9#.][A-Za-z0-9#./ -]*?)\s*:(?: (.*))?$")
_MORE_DIGITS = re.compile(r"\s*[0-9A-Fa-f]{2}( [0-9A-Fa-f]{2})*\s*")
_DIGITS = frozenset({"Serial Number", "Public Key", "Key Identifier", "Subject Key Identifier"})
_EXTENSION = re.compile(r"^Extension: .*?\(?(\d+(?:\.\d+)+)\)?$")
_SAN, _BASIC_CONSTRAINTS = "2.5.29.17", "2.5.29.19"
_PROTOCOL = re.compile(r"^\s*(?:SSL Version : )?((?:SSL|TLS|DTLS)v[\d.]+)\s*:?\s*$")
_VERSIONS = re.compile(r"\b(?:SSL|TLS|DTLS)v\d+(?:\.\d+)?")
_CODED_SUITE = re.compile(r"^\s+(\S+)\s+0x([0-9A-Fa-f]{2}), ?0x([0-9A-Fa-f]{2})(?=\s|$)")
_NAMED_SUITE = re.compile(r"^\s+(\S+)\s+(?:Kx=|0x[0-9A-Fa-f]{2}, ?0x[0-9A-Fa-f]{2}, ?0x)")


def plain(output: str) -> str:
    """A plugin's text without what exports put around it: a heading, tags, the apostrophe that guards a cell."""
    text = output.strip().removeprefix("'").strip().removeprefix("Plugin Output:").strip()
    return text.removeprefix("<plugin_output>").removesuffix("</plugin_output>").strip()


def says_certificate(output: str) -> bool:
    """Whether a plugin's text describes a certificate in full."""
    return _BEGIN in output or all(f"{name}:" in output for name in (*_NAMES, "Serial Number"))


def certificate(output: str) -> CertificateRef:
    """The DER from the PEM of a plugin's text, or what the text says of the certificate.

    Raises:
        ValueError: It says nothing of one, or something that cannot be.
    """
    if _BEGIN in output:
        try:
            return pem_to_der(output[output.index(_BEGIN) :])
        except ValueError:
            pass  # cut short, as spreadsheets do with long cells: the text before it is whole
    stated = _Text(output).stated()
    if stated == StatedCertificate():
        raise ValueError("the plugin's text says nothing of a certificate")
    return stated


def protocols(output: str) -> tuple[str, ...]:
    """Protocol versions of plugin 56984, which says ``This port supports TLSv1.0/TLSv1.1``."""
    return tuple(dict.fromkeys(map(_version, _VERSIONS.findall(output))))


def suites(output: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Protocol versions and suites of plugin 21643, each named once.

    Nessus gives suites names of its own, two of them the same one; with the code point beside it the name is IANA's.
    """
    offered: dict[str, None] = {}
    names: dict[str, None] = {}
    for line in output.splitlines():
        if found := _PROTOCOL.match(line):
            offered[_version(found[1])] = None
        elif found := _CODED_SUITE.match(line):
            code = int(found[2] + found[3], 16)
            names[SUITES.get(code) or f"{found[1]} (0x{code:04X})"] = None
        elif found := _NAMED_SUITE.match(line):
            names[found[1]] = None
    return tuple(offered), tuple(names)


def _version(written: str) -> str:
    """``TLSv1`` and ``TLSv12``, as the suites are grouped, in the form of the other plugin."""
    return re.sub(r"(?<=TLSv)(\d)(\d?)$", lambda found: f"{found[1]}.{found[2] or 0}", written)


class _Text:
    """The text of one certificate, taken apart."""

    def __init__(self, output: str) -> None:
        self.names: dict[str, list[tuple[str, str]]] = {name: [] for name in _NAMES}
        self.said: dict[str, str] = {}
        self.sans: list[tuple[str, str]] = []
        self.purposes: list[str] = []
        self.is_ca: bool | None = None
        self._read((output.replace("\\n", "\n") if _WRITTEN_OUT in output else output).splitlines())

    def _read(self, lines: list[str]) -> None:
        name = extension = last = None
        for line in lines:
            if not line.strip():
                name = None if name and self.names[name] else name  # a blank line stands before and after a name
                last = None
            elif last and _MORE_DIGITS.fullmatch(line):
                self.said[last] += f" {line.strip()}"
            elif found := _LINE.match(line.strip()):
                label, value = found[1], (found[2] or "").strip()
                if label in self.names and not self.names[label] and not value:
                    name, last = label, None
                elif name:
                    self.names[name].append((label, value))
                elif label == "Extension":
                    oid = _EXTENSION.match(line.strip())
                    extension, last = oid[1] if oid else value, None
                elif extension and "Fingerprint" not in label and label not in _DIGITS:
                    self._extension(extension, label, value)
                    last = None
                else:
                    # The authority key identifier may hold a serial number too: the certificate's own came first.
                    fresh = self.said.setdefault(label, value) is value
                    last = label if fresh and (label in _DIGITS or "Fingerprint" in label) else None

    def _extension(self, oid: str, label: str, value: str) -> None:
        if oid == _SAN:
            self.sans.append((label, value))
        elif oid == _BASIC_CONSTRAINTS and label == "CA":
            self.is_ca = {"true": True, "1": True, "false": False, "0": False}.get(value.casefold())
        elif label.startswith("Purpose#") and (found := re.search(r"(\d+(?:\.\d+)+)\)?$", value)):
            self.purposes.append(found[1])

    def stated(self) -> StatedCertificate:
        said, subject, issuer = self.said, self.names["Subject Name"], self.names["Issuer Name"]
        algorithm = key_algorithm(said.get("Algorithm"))
        serial, signature = said.get("Serial Number"), said.get("Signature Algorithm")
        begins, ends = said.get("Not Valid Before"), said.get("Not Valid After")
        return StatedCertificate(
            sha256=_digest(said.get("SHA-256 Fingerprint"), 32),
            sha1=_digest(said.get("SHA-1 Fingerprint"), 20),
            serial_hex=serial_of_octets(serial) if serial else None,
            subject_dn=distinguished_name(subject),
            subject_cn=value_of(subject, "CN"),
            subject_o=value_of(subject, "O"),
            issuer_dn=distinguished_name(issuer),
            issuer_cn=value_of(issuer, "CN"),
            issuer_o=value_of(issuer, "O"),
            subject_key_id=_digest(said.get("Subject Key Identifier")),
            authority_key_id=_digest(said.get("Key Identifier")),
            san_dns=tuple(value for label, value in self.sans if label == "DNS" and value),
            san_ip=tuple(filter(None, (ip_address(value) for label, value in self.sans if label.startswith("IP")))),
            not_before=openssl_time(begins) if begins else None,
            not_after=openssl_time(ends) if ends else None,
            key_algorithm=algorithm,
            key_bits=key_bits(self._size(algorithm), algorithm),
            signature_algorithm=signature,
            signature_hash=signature_hash(signature),
            is_ca=self.is_ca,
            extended_key_usage=purposes(self.purposes),
        )

    def _size(self, algorithm: str | None) -> int | None:
        """The size of the key: of an RSA key that of its modulus, which is what old feeds print alone."""
        length = re.match(r"\d+", self.said.get("Key Length", ""))
        modulus = self.said.get("Public Key", "")
        stated = int(length[0]) if length else None
        if algorithm == "RSA" and modulus:
            return _whole(modulus, stated)
        return stated


def _whole(modulus: str, stated: int | None) -> int | None:
    """Bits of a modulus; what is stated where the text of the modulus was cut short."""
    bits = int(hex_digits(modulus), 16).bit_length()
    return bits if stated is None or -(-bits // 8) * 8 == stated else stated


def _digest(written: str | None, octets: int | None = None) -> str | None:
    """Hexadecimal in the estate's form; nothing if it is not whole."""
    digits = hex_digits(written) if written else ""
    return digits if digits and octets in (None, len(digits) // 2) else None
